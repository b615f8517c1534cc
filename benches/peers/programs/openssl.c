/* OpenSSL, configured as a TLS server does: the purpose is ssl_client, and with a list
 * X509_V_FLAG_CRL_CHECK, so the leaf is looked up. With `ahead` certificates are parsed beforehand. */
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "peer.h"

static X509_STORE *store;
static X509 *parsed_root, *parsed_intermediate, *parsed_leaves[MAX_LEAVES];
static STACK_OF(X509) *presented;

static X509 *parse(const struct der *der) {
    const unsigned char *data = der->data;
    return d2i_X509(NULL, &data, (long)der->size);
}

static void load(void) {
    store = X509_STORE_new();
    parsed_root = parse(&root);
    if (parsed_root == NULL || !X509_STORE_add_cert(store, parsed_root))
        die("the CA");
    X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_CLIENT);
    if (list.size > 0) {
        const unsigned char *data = list.data;
        X509_CRL *crl = d2i_X509_CRL(NULL, &data, (long)list.size);
        if (crl == NULL || !X509_STORE_add_crl(store, crl))
            die("the list");
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK);
    }
    presented = sk_X509_new_null();
    if (intermediate.size > 0) {
        parsed_intermediate = parse(&intermediate);
        sk_X509_push(presented, parsed_intermediate);
    }
    for (size_t i = 0; i < leaf_count; i++)
        parsed_leaves[i] = parse(&leaves[i]);
}

static enum verdict verify(const struct der *der, size_t number) {
    int is_ahead = parsed_ahead && number < MAX_LEAVES;
    X509 *leaf = is_ahead ? parsed_leaves[number] : parse(der);
    STACK_OF(X509) *chain = presented;
    if (!is_ahead) {
        chain = sk_X509_new_null();
        if (intermediate.size > 0)
            sk_X509_push(chain, parse(&intermediate));
    }
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    enum verdict verdict = FAILS;
    if (leaf != NULL && X509_STORE_CTX_init(context, store, leaf, chain)) {
        if (X509_verify_cert(context) == 1)
            verdict = PASSES;
        else if (X509_STORE_CTX_get_error(context) == X509_V_ERR_CERT_REVOKED)
            verdict = REVOKED;
    }
    X509_STORE_CTX_free(context);
    if (!is_ahead) {
        sk_X509_pop_free(chain, X509_free);
        X509_free(leaf);
    }
    return verdict;
}

static int check(size_t number) {
    X509 *issuer = parsed_root;
    if (parsed_intermediate != NULL) {
        if (X509_verify(parsed_intermediate, X509_get0_pubkey(parsed_root)) != 1)
            return 0;
        issuer = parsed_intermediate;
    }
    return X509_verify(parsed_leaves[number], X509_get0_pubkey(issuer)) == 1;
}

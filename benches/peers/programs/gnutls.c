/* GnuTLS, as its TLS server does: what is presented is parsed and verified against a trust list, for
 * the purpose of a client. With a list, every certificate is looked up. */
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "peer.h"

static gnutls_x509_trust_list_t store;

/* What the bare checks need of a certificate. */
struct certificate {
    gnutls_pubkey_t key;
    gnutls_sign_algorithm_t algorithm;
    gnutls_datum_t signed_part, signature;
};

static struct certificate parsed_root, parsed_intermediate, parsed_leaves[MAX_LEAVES];

static gnutls_x509_crt_t parse(const struct der *der) {
    gnutls_x509_crt_t certificate;
    gnutls_datum_t data = {der->data, (unsigned)der->size};
    gnutls_x509_crt_init(&certificate);
    if (gnutls_x509_crt_import(certificate, &data, GNUTLS_X509_FMT_DER) < 0) {
        gnutls_x509_crt_deinit(certificate);
        return NULL;
    }
    return certificate;
}

/* The element at the start, its header included, and what is after it. */
static struct der element(struct der *rest, struct der *content) {
    unsigned char *at = rest->data + 2;
    size_t length = rest->data[1];
    if (length > 0x80) {
        size_t octets = length - 0x80;
        for (length = 0; octets > 0; octets--)
            length = length << 8 | *at++;
    }
    struct der whole = {rest->data, (size_t)(at - rest->data) + length};
    *content = (struct der){at, length};
    *rest = (struct der){rest->data + whole.size, rest->size - whole.size};
    return whole;
}

/* The signed part and the signature of a certificate (RFC 5280 4.1). */
static void parts(struct der certificate, struct der *signed_part, struct der *signature) {
    struct der content, inner;
    element(&certificate, &content);
    *signed_part = element(&content, &inner);
    element(&content, &inner);
    element(&content, signature);
    /* The BIT STRING's count of unused bits. */
    signature->data++;
    signature->size--;
}

static struct certificate prepare(const struct der *der) {
    struct certificate prepared;
    struct der signed_part, signature;
    gnutls_x509_crt_t certificate = parse(der);
    if (certificate == NULL)
        die("a certificate");
    gnutls_pubkey_init(&prepared.key);
    gnutls_pubkey_import_x509(prepared.key, certificate, 0);
    prepared.algorithm = (gnutls_sign_algorithm_t)gnutls_x509_crt_get_signature_algorithm(certificate);
    gnutls_x509_crt_deinit(certificate);
    parts(*der, &signed_part, &signature);
    prepared.signed_part = (gnutls_datum_t){signed_part.data, (unsigned)signed_part.size};
    prepared.signature = (gnutls_datum_t){signature.data, (unsigned)signature.size};
    return prepared;
}

static void load(void) {
    gnutls_x509_crt_t ca = parse(&root);
    gnutls_x509_trust_list_init(&store, 0);
    if (ca == NULL || gnutls_x509_trust_list_add_cas(store, &ca, 1, 0) != 1)
        die("the CA");
    parsed_root = prepare(&root);
    if (intermediate.size > 0)
        parsed_intermediate = prepare(&intermediate);
    for (size_t i = 0; i < leaf_count; i++)
        parsed_leaves[i] = prepare(&leaves[i]);
    if (list.size > 0) {
        gnutls_x509_crl_t crl;
        gnutls_datum_t data = {list.data, (unsigned)list.size};
        gnutls_x509_crl_init(&crl);
        if (gnutls_x509_crl_import(crl, &data, GNUTLS_X509_FMT_DER) < 0)
            die("the list");
        /* It verifies lists of CAs of the store alone. */
        unsigned flags = intermediate.size == 0 ? GNUTLS_TL_VERIFY_CRL : 0;
        if (gnutls_x509_trust_list_add_crls(store, &crl, 1, flags, 0) != 1)
            die("the list is not taken");
    }
}

static enum verdict verify(const struct der *leaf, size_t number) {
    gnutls_x509_crt_t chain[2] = {parse(leaf), NULL};
    gnutls_typed_vdata_st purpose = {
        GNUTLS_DT_KEY_PURPOSE_OID, (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT, 0};
    unsigned status = 0, count = 1;
    (void)number;
    if (chain[0] == NULL)
        return FAILS;
    if (intermediate.size > 0)
        chain[count++] = parse(&intermediate);
    int result = gnutls_x509_trust_list_verify_crt2(store, chain, count, &purpose, 1, 0, &status, NULL);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    if (result < 0)
        return FAILS;
    if (status == 0)
        return PASSES;
    return status & GNUTLS_CERT_REVOKED ? REVOKED : FAILS;
}

static int is_signed(const struct certificate *certificate, const struct certificate *issuer) {
    return gnutls_pubkey_verify_data2(issuer->key, certificate->algorithm, 0,
                                      &certificate->signed_part, &certificate->signature) >= 0;
}

static int check(size_t number) {
    if (intermediate.size == 0)
        return is_signed(&parsed_leaves[number], &parsed_root);
    return is_signed(&parsed_intermediate, &parsed_root) &&
           is_signed(&parsed_leaves[number], &parsed_intermediate);
}

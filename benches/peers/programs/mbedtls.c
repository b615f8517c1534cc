/* mbedTLS, as its TLS server does: what is presented is parsed, verified with the default profile,
 * and its key usage and extended key usage are looked at. With a list, every certificate is looked up. */
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>

#include "peer.h"

static mbedtls_x509_crt parsed_root, parsed_intermediate, parsed_leaves[MAX_LEAVES];
static mbedtls_x509_crl crl;

static void load(void) {
    mbedtls_x509_crt_init(&parsed_root);
    if (mbedtls_x509_crt_parse_der(&parsed_root, root.data, root.size) != 0)
        die("the CA");
    mbedtls_x509_crt_init(&parsed_intermediate);
    if (intermediate.size > 0 &&
        mbedtls_x509_crt_parse_der(&parsed_intermediate, intermediate.data, intermediate.size) != 0)
        die("the intermediate");
    mbedtls_x509_crl_init(&crl);
    if (list.size > 0 && mbedtls_x509_crl_parse_der(&crl, list.data, list.size) != 0)
        die("the list");
    for (size_t i = 0; i < leaf_count; i++) {
        mbedtls_x509_crt_init(&parsed_leaves[i]);
        if (mbedtls_x509_crt_parse_der(&parsed_leaves[i], leaves[i].data, leaves[i].size) != 0)
            die("a leaf");
    }
}

static enum verdict verify(const struct der *leaf, size_t number) {
    mbedtls_x509_crt chain;
    uint32_t flags = 0;
    (void)number;
    mbedtls_x509_crt_init(&chain);
    int failed = mbedtls_x509_crt_parse_der(&chain, leaf->data, leaf->size);
    if (!failed && intermediate.size > 0)
        failed = mbedtls_x509_crt_parse_der(&chain, intermediate.data, intermediate.size);
    if (!failed)
        failed = mbedtls_x509_crt_verify_with_profile(
            &chain, &parsed_root, list.size > 0 ? &crl : NULL, &mbedtls_x509_crt_profile_default,
            NULL, &flags, NULL, NULL);
    if (!failed)
        failed = mbedtls_x509_crt_check_key_usage(&chain, MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    if (!failed)
        failed = mbedtls_x509_crt_check_extended_key_usage(
            &chain, MBEDTLS_OID_CLIENT_AUTH, MBEDTLS_OID_SIZE(MBEDTLS_OID_CLIENT_AUTH));
    mbedtls_x509_crt_free(&chain);
    if (!failed)
        return PASSES;
    return flags & MBEDTLS_X509_BADCERT_REVOKED ? REVOKED : FAILS;
}

static int is_signed(mbedtls_x509_crt *certificate, mbedtls_x509_crt *issuer) {
    unsigned char hash[MBEDTLS_MD_MAX_SIZE];
    const mbedtls_md_info_t *kind = mbedtls_md_info_from_type(certificate->sig_md);
    return mbedtls_md(kind, certificate->tbs.p, certificate->tbs.len, hash) == 0 &&
           mbedtls_pk_verify_ext(certificate->sig_pk, certificate->sig_opts, &issuer->pk,
                                 certificate->sig_md, hash, mbedtls_md_get_size(kind),
                                 certificate->sig.p, certificate->sig.len) == 0;
}

static int check(size_t number) {
    if (intermediate.size == 0)
        return is_signed(&parsed_leaves[number], &parsed_root);
    return is_signed(&parsed_intermediate, &parsed_root) &&
           is_signed(&parsed_leaves[number], &parsed_intermediate);
}

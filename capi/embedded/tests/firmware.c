/* The interface for firmware, without a C library. chains.h, which the test script makes, holds the certificates in flash. */
#include "firmware.h"

#include "chains.h"

#include <portcullis_embedded.h>

/* 2026-12-01T00:00:00Z, when all of the certificates are valid, and 2100-01-01T00:00:00Z. */
#define AS_OF INT64_C(1796083200)
#define LATE INT64_C(4102444800)

#define CHECK(condition)                        \
  do {                                          \
    if (!(condition)) {                         \
      say("not so: " #condition "\n");          \
      failures++;                               \
    }                                           \
  } while (0)

static _Alignas(PORTCULLIS_STORE_ALIGN) unsigned char memory[PORTCULLIS_STORE_SIZE + 1];
static uint32_t list_index[16];
static int failures;

static int equal(const char *left, const char *right) {
  while (*left != '\0' && *left == *right) left++, right++;
  return *left == *right;
}

static portcullis_store *empty(portcullis_policy policy) {
  portcullis_store *store = NULL;
  CHECK(portcullis_store_init(memory, PORTCULLIS_STORE_SIZE, policy, &store) == PORTCULLIS_OK);
  CHECK(store != NULL);
  return store;
}

static const char *verdict(const portcullis_store *store, const unsigned char *leaf, size_t leaf_length,
                           const unsigned char *issuer, size_t issuer_length, int64_t now) {
  const uint8_t *certificates[] = {leaf, issuer};
  const size_t lengths[] = {leaf_length, issuer_length};
  portcullis_status status = PORTCULLIS_STATUS_SUCCESS;
  CHECK(portcullis_store_verify(store, certificates, lengths, 2, now, &status) == PORTCULLIS_OK);
  return portcullis_status_str(status);
}

#define VERDICT(store, leaf, issuer, now) verdict(store, leaf, sizeof leaf, issuer, sizeof issuer, now)

static void memory_has_to_be_large_and_aligned(void) {
  portcullis_store *store = NULL;
  CHECK(portcullis_store_init(NULL, PORTCULLIS_STORE_SIZE, PORTCULLIS_POLICY_ALB, &store) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_init(memory, PORTCULLIS_STORE_SIZE, PORTCULLIS_POLICY_ALB, NULL) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_init(memory, PORTCULLIS_STORE_SIZE - 1, PORTCULLIS_POLICY_ALB, &store) == PORTCULLIS_ERROR_MEMORY);
  CHECK(portcullis_store_init(memory + 1, PORTCULLIS_STORE_SIZE, PORTCULLIS_POLICY_ALB, &store) == PORTCULLIS_ERROR_MEMORY);
  /* STRICT needs another library. */
  CHECK(portcullis_store_init(memory, PORTCULLIS_STORE_SIZE, 3, &store) == PORTCULLIS_ERROR_VALUE);
  CHECK(store == NULL);
}

static void chains_of_both_kinds_of_key_are_judged(void) {
  portcullis_store *store = empty(PORTCULLIS_POLICY_RFC5280);
  CHECK(portcullis_store_add_ca(store, rsa_root, sizeof rsa_root) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(store, p256_root, sizeof p256_root) == PORTCULLIS_OK);
  CHECK(equal("Success", VERDICT(store, rsa_device, rsa_issuing, AS_OF)));
  CHECK(equal("Success", VERDICT(store, p256_device, p256_issuing, AS_OF)));
  CHECK(equal("Failed:ClientCertUntrusted", VERDICT(store, rsa_forged, rsa_issuing, AS_OF)));
  CHECK(equal("Failed:ClientCertUntrusted", VERDICT(store, p256_forged, p256_issuing, AS_OF)));
  CHECK(equal("Failed:ClientCertUntrusted", VERDICT(store, p256_device, rsa_issuing, AS_OF)));
  CHECK(equal("Failed:ClientCertExpired", VERDICT(store, rsa_device, rsa_issuing, LATE)));
  CHECK(equal("Failed:UnmappedConnectionError", VERDICT(store, rsa_device, rsa_issuing, PORTCULLIS_NOW)));
}

static void a_device_without_clock_can_do_without_time(void) {
  portcullis_store *store = empty(PORTCULLIS_POLICY_ALB);
  CHECK(portcullis_store_choose(store, PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW) == PORTCULLIS_OK);
  CHECK(portcullis_store_choose(store, 1) == PORTCULLIS_ERROR_VALUE);
  CHECK(portcullis_store_add_ca(store, rsa_root, sizeof rsa_root) == PORTCULLIS_OK);
  CHECK(portcullis_store_choose(store, PORTCULLIS_CHOICE_MISSING_CLOCK_DENY) == PORTCULLIS_ERROR_ORDER);
  CHECK(portcullis_store_limit(store, PORTCULLIS_LIMIT_DEPTH, 1) == PORTCULLIS_ERROR_ORDER);
  CHECK(equal("Success", VERDICT(store, rsa_device, rsa_issuing, PORTCULLIS_NOW)));
  CHECK(equal("Failed:ClientCertExpired", VERDICT(store, rsa_device, rsa_issuing, LATE)));
}

static void a_revoked_client_is_refused(void) {
  size_t words = 0;
  portcullis_store *store = empty(PORTCULLIS_POLICY_ALB);
  CHECK(portcullis_store_add_ca(store, pki_root, sizeof pki_root) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(store, pki_signing, sizeof pki_signing) == PORTCULLIS_OK);
  CHECK(equal("Success", VERDICT(store, pki_revoked, pki_signing, AS_OF)));
  CHECK(portcullis_crl_index_words(pki_list, sizeof pki_list, &words) == PORTCULLIS_OK);
  CHECK(words > 1 && words <= sizeof list_index / sizeof *list_index);
  CHECK(portcullis_crl_index_words(pki_list, sizeof pki_list - 1, &words) == PORTCULLIS_ERROR_CRL && words == 0);
  CHECK(portcullis_crl_index_words(pki_list, sizeof pki_list, &words) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_crl(store, pki_list, sizeof pki_list, NULL, words) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_add_crl(store, pki_list, sizeof pki_list, list_index, words - 1) == PORTCULLIS_ERROR_MEMORY);
  CHECK(portcullis_store_add_crl(store, pki_list, sizeof pki_list, list_index, words) == PORTCULLIS_OK);
  CHECK(equal("Failed:ClientCertCrlHit", VERDICT(store, pki_revoked, pki_signing, AS_OF)));
  CHECK(equal("Success", VERDICT(store, pki_client, pki_signing, AS_OF)));

  /* With the index that was made before. */
  store = empty(PORTCULLIS_POLICY_RFC5280);
  CHECK(portcullis_store_add_ca(store, pki_signing, sizeof pki_signing) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_indexed_crl(store, pki_list, sizeof pki_list, list_index, words - 1) == PORTCULLIS_ERROR_CRL);
  CHECK(portcullis_store_add_indexed_crl(store, pki_list, sizeof pki_list, list_index, words) == PORTCULLIS_OK);
  CHECK(equal("Failed:ClientCertCrlHit", VERDICT(store, pki_revoked, pki_signing, AS_OF)));

  /* Signed by somebody else. */
  store = empty(PORTCULLIS_POLICY_RFC5280);
  CHECK(portcullis_store_add_ca(store, pki_signing, sizeof pki_signing) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_crl(store, pki_forged_list, sizeof pki_forged_list, list_index, words) == PORTCULLIS_ERROR_CRL_UNUSABLE);
  CHECK(equal("Failed:ClientCertCrlProcessingError", VERDICT(store, pki_client, pki_signing, AS_OF)));
}

static void whatever_goes_wrong_nobody_passes(void) {
  const uint8_t *certificates[] = {rsa_device, rsa_issuing};
  size_t lengths[] = {sizeof rsa_device, sizeof rsa_issuing};
  portcullis_status status = PORTCULLIS_STATUS_SUCCESS;
  portcullis_store *store = empty(PORTCULLIS_POLICY_ALB);
  CHECK(portcullis_store_add_ca(store, rsa_root, sizeof rsa_root) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(NULL, rsa_root, sizeof rsa_root) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_add_ca(store, NULL, 1) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_add_ca(store, NULL, 0) == PORTCULLIS_ERROR_CERTIFICATE);
  CHECK(portcullis_store_add_ca(store, rsa_root, SIZE_MAX) == PORTCULLIS_ERROR_LENGTH);
  CHECK(portcullis_store_add_ca(store, rsa_root, sizeof rsa_root - 1) == PORTCULLIS_ERROR_CERTIFICATE);
  CHECK(portcullis_store_verify(NULL, certificates, lengths, 2, AS_OF, &status) == PORTCULLIS_ERROR_NULL && status == 0);
  CHECK(portcullis_store_verify(store, certificates, lengths, 2, AS_OF, NULL) == PORTCULLIS_ERROR_NULL);
  status = PORTCULLIS_STATUS_SUCCESS;
  CHECK(portcullis_store_verify(store, NULL, lengths, 2, AS_OF, &status) == PORTCULLIS_ERROR_NULL && status == 0);
  status = PORTCULLIS_STATUS_SUCCESS;
  CHECK(portcullis_store_verify(store, certificates, lengths, 2, -1, &status) == PORTCULLIS_ERROR_TIME && status == 0);
  CHECK(portcullis_store_verify(store, NULL, NULL, 0, AS_OF, &status) == PORTCULLIS_OK && status == 0);
  CHECK(portcullis_store_verify(store, certificates, lengths, 17, AS_OF, &status) == PORTCULLIS_OK);
  CHECK(status == PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED);
  lengths[0] = SIZE_MAX;
  CHECK(portcullis_store_verify(store, certificates, lengths, 2, AS_OF, &status) == PORTCULLIS_ERROR_LENGTH && status == 0);
}

static void a_store_has_room_for_four(void) {
  portcullis_store *store = empty(PORTCULLIS_POLICY_ALB);
  CHECK(portcullis_store_add_ca(store, rsa_root, sizeof rsa_root) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(store, rsa_issuing, sizeof rsa_issuing) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(store, p256_root, sizeof p256_root) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(store, p256_issuing, sizeof p256_issuing) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca(store, pki_root, sizeof pki_root) == PORTCULLIS_ERROR_FULL);
  CHECK(equal("Success", VERDICT(store, rsa_device, rsa_issuing, AS_OF)));
  /* A CA whose signatures this library was not built to verify. */
  store = empty(PORTCULLIS_POLICY_RFC5280);
  CHECK(portcullis_store_add_ca(store, ed25519_root, sizeof ed25519_root) == PORTCULLIS_ERROR_CA);
}

static void a_subject_is_written(void) {
  char text[64];
  size_t needed = 0;
  CHECK(portcullis_subject(pki_client, sizeof pki_client, text, sizeof text, &needed) == PORTCULLIS_OK);
  CHECK(equal("CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP", text));
  CHECK(portcullis_subject(pki_client, sizeof pki_client, text, needed - 1, NULL) == PORTCULLIS_ERROR_BUFFER);
  CHECK(equal("", text));
  CHECK(equal("0.1.0", portcullis_version()));
}

int run(void) {
  memory_has_to_be_large_and_aligned();
  chains_of_both_kinds_of_key_are_judged();
  a_device_without_clock_can_do_without_time();
  a_revoked_client_is_refused();
  whatever_goes_wrong_nobody_passes();
  a_store_has_room_for_four();
  a_subject_is_written();
  say(failures == 0 ? "every check held\n" : "checks failed\n");
  return failures;
}

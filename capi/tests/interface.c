/* The interface from C: `interface FOLDER` with the folder of the test certificates. */
#include "support.h"

#include "borders.h"

#include <time.h>

static void the_three_configurations_and_a_revoked_client(void) {
  static const portcullis_policy policies[] = {PORTCULLIS_POLICY_ALB, PORTCULLIS_POLICY_RFC5280};
  chain c = read_chain("chain-C.pem"), e = read_chain("chain-E.pem");
  chain h = read_chain("chain-H.pem"), r = read_chain("chain-R.pem");
  for (size_t index = 0; index < 2; index++) {
    portcullis_store *store = bundle_store(policies[index], NULL);
    CHECK_TEXT("Success", verdict(store, &c, AS_OF));
    CHECK_TEXT("Success", verdict(store, &e, AS_OF));
    CHECK_TEXT("Failed:ClientCertUntrusted", verdict(store, &h, AS_OF));
    CHECK_TEXT("Success", verdict(store, &r, AS_OF));
    portcullis_store_free(store);

    store = bundle_store(policies[index], NULL);
    add_list(store, "B-xca.crl");
    CHECK_TEXT("Success", verdict(store, &c, AS_OF));
    CHECK_TEXT("Failed:ClientCertCrlHit", verdict(store, &r, AS_OF));
    CHECK_TEXT("Failed:ClientCertNotYetValid", verdict(store, &c, 0));
    /* 2028-01-01 */
    CHECK_TEXT("Failed:ClientCertExpired", verdict(store, &c, INT64_C(1830297600)));
    CHECK_TEXT("Failed:ClientCertExpired", verdict(store, &c, INT64_MAX));
    /* Now, whenever that is. */
    CHECK(verdict(store, &c, PORTCULLIS_NOW) == verdict(store, &c, (int64_t)time(NULL)));
    portcullis_store_free(store);
  }
  free_chain(&c), free_chain(&e), free_chain(&h), free_chain(&r);
}

static void policies_and_statuses_that_there_are_not(void) {
  CHECK(portcullis_store_new(0, NULL) == NULL);
  CHECK(portcullis_store_new(4, NULL) == NULL);
  portcullis_store *strict = portcullis_store_new(PORTCULLIS_POLICY_STRICT, NULL);
  CHECK(strict != NULL);
  portcullis_store_free(strict);
  CHECK_TEXT("Success", portcullis_status_str(PORTCULLIS_STATUS_SUCCESS));
  CHECK_TEXT("Failed:UnmappedConnectionError", portcullis_status_str(0));
  CHECK_TEXT("Failed:UnmappedConnectionError", portcullis_status_str(14));
  CHECK_TEXT("no error", portcullis_error_str(PORTCULLIS_OK));
  CHECK_TEXT("an unknown error", portcullis_error_str(99));
  CHECK_TEXT("0.1.0", portcullis_version());
  CHECK(strcmp(portcullis_backend(), "aws-lc-rs") == 0 || strcmp(portcullis_backend(), "ring") == 0);
}

static portcullis_error verify(const portcullis_store *store, const chain *chain, int64_t now, portcullis_status expected) {
  portcullis_status status = PORTCULLIS_STATUS_SUCCESS;
  portcullis_error error =
      portcullis_store_verify(store, chain->certificates, chain->lengths, chain->count, now, &status);
  CHECK(status == expected);
  return error;
}

static void whatever_goes_wrong_nobody_passes(void) {
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_ALB, NULL);
  chain c = read_chain("chain-C.pem"), bad = c;
  portcullis_status status = PORTCULLIS_STATUS_SUCCESS;

  CHECK(verify(NULL, &c, AS_OF, 0) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_verify(store, c.certificates, c.lengths, c.count, AS_OF, NULL) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_verify(store, NULL, c.lengths, 1, AS_OF, &status) == PORTCULLIS_ERROR_NULL && status == 0);
  status = PORTCULLIS_STATUS_SUCCESS;
  CHECK(portcullis_store_verify(store, c.certificates, NULL, 1, AS_OF, &status) == PORTCULLIS_ERROR_NULL && status == 0);
  CHECK(verify(store, &c, -1, 0) == PORTCULLIS_ERROR_TIME);

  bad.certificates[1] = NULL;
  CHECK(verify(store, &bad, AS_OF, 0) == PORTCULLIS_ERROR_NULL);
  bad.lengths[1] = 0;
  CHECK(verify(store, &bad, AS_OF, PORTCULLIS_STATUS_CLIENT_CERT_INVALID) == PORTCULLIS_OK);
  bad = c;
  bad.lengths[0] = (size_t)PTRDIFF_MAX + 1;
  CHECK(verify(store, &bad, AS_OF, 0) == PORTCULLIS_ERROR_LENGTH);
  bad.lengths[0] = SIZE_MAX;
  CHECK(verify(store, &bad, AS_OF, 0) == PORTCULLIS_ERROR_LENGTH);
  bad = c;
  bad.count = SIZE_MAX;
  CHECK(verify(store, &bad, AS_OF, 0) == PORTCULLIS_ERROR_LENGTH);
  bad.count = SIZE_MAX / sizeof(void *) + 2;
  CHECK(verify(store, &bad, AS_OF, 0) == PORTCULLIS_ERROR_LENGTH);

  bad = c;
  bad.count = 0;
  CHECK(verify(store, &bad, AS_OF, 0) == PORTCULLIS_OK);
  CHECK(portcullis_store_verify(store, NULL, NULL, 0, AS_OF, &status) == PORTCULLIS_OK && status == 0);
  bad = c;
  bad.lengths[0]--;
  CHECK(verify(store, &bad, AS_OF, PORTCULLIS_STATUS_CLIENT_CERT_INVALID) == PORTCULLIS_OK);

  /* More than lie on the stack, and more than may be. */
  for (bad.count = 2; bad.count < CHAIN_MAX; bad.count++) {
    bad.certificates[bad.count] = c.certificates[1];
    bad.lengths[bad.count] = c.lengths[1];
  }
  bad.lengths[0] = c.lengths[0];
  CHECK(verify(store, &bad, AS_OF, PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED) == PORTCULLIS_OK);
  portcullis_store_free(store);

  store = portcullis_store_new(PORTCULLIS_POLICY_ALB, NULL);
  CHECK_TEXT("Failed:ClientCertUntrusted", verdict(store, &c, AS_OF));
  portcullis_store_free(store);
  free_chain(&c);
}

static void choices_and_limits_come_first(void) {
  chain c = read_chain("chain-C.pem");
  bytes bundle = read_file("bundle.pem");
  portcullis_store *store = portcullis_store_new(PORTCULLIS_POLICY_ALB, NULL);
  CHECK(portcullis_store_choose(store, PORTCULLIS_CHOICE_EXPIRY_IGNORE) == PORTCULLIS_OK);
  CHECK(portcullis_store_choose(store, 7) == PORTCULLIS_ERROR_VALUE);
  CHECK(portcullis_store_choose(NULL, PORTCULLIS_CHOICE_EXPIRY_IGNORE) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_limit(store, PORTCULLIS_LIMIT_DEPTH, 65) == PORTCULLIS_ERROR_VALUE);
  CHECK(portcullis_store_limit(NULL, PORTCULLIS_LIMIT_DEPTH, 1) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, NULL, NULL, 0) == PORTCULLIS_OK);
  CHECK(portcullis_store_choose(store, PORTCULLIS_CHOICE_EXPIRY_ENFORCE) == PORTCULLIS_ERROR_ORDER);
  CHECK(portcullis_store_limit(store, PORTCULLIS_LIMIT_DEPTH, 1) == PORTCULLIS_ERROR_ORDER);
  /* 2028-01-01 */
  CHECK_TEXT("Success", verdict(store, &c, INT64_C(1830297600)));

  /* The verdict sealed it. */
  CHECK(portcullis_store_choose(store, PORTCULLIS_CHOICE_EXPIRY_ENFORCE) == PORTCULLIS_ERROR_SEALED);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, NULL, NULL, 0) == PORTCULLIS_ERROR_SEALED);
  CHECK_TEXT("Success", verdict(store, &c, INT64_C(1830297600)));
  portcullis_store_free(store);

  store = portcullis_store_new(PORTCULLIS_POLICY_ALB, NULL);
  CHECK(portcullis_store_limit(store, PORTCULLIS_LIMIT_DEPTH, 1) == PORTCULLIS_OK);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, NULL, NULL, 0) == PORTCULLIS_OK);
  CHECK_TEXT("Failed:ClientCertMaxChainDepthExceeded", verdict(store, &c, AS_OF));
  portcullis_store_free(store);
  free(bundle.start), free_chain(&c);
}

static void what_is_wrong_with_a_bundle_is_told(void) {
  chain c = read_chain("chain-C.pem");
  bytes bundle = read_file("bundle.pem");
  portcullis_store *store = portcullis_store_new(PORTCULLIS_POLICY_RFC5280, NULL);
  size_t added = 9;
  char detail[80] = "#", little[6] = "#";

  CHECK(portcullis_store_add_ca_pem(NULL, bundle.start, bundle.length, &added, detail, sizeof detail) == PORTCULLIS_ERROR_NULL);
  CHECK_TEXT("null is given for the store", detail);
  CHECK(portcullis_store_add_ca_pem(store, NULL, 5, &added, detail, sizeof detail) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_add_ca_pem(store, NULL, 0, &added, detail, sizeof detail) == PORTCULLIS_ERROR_PEM);
  CHECK_TEXT("the input is empty", detail);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, SIZE_MAX, &added, detail, sizeof detail) == PORTCULLIS_ERROR_LENGTH);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length - 10, &added, detail, sizeof detail) == PORTCULLIS_ERROR_PEM);
  CHECK_TEXT("certificate 2: its END line is missing", detail);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length - 10, &added, little, sizeof little) == PORTCULLIS_ERROR_PEM);
  CHECK_TEXT("certi", little);
  CHECK(added == 0);
  CHECK(portcullis_store_add_ca_der(store, c.certificates[1], c.lengths[1] - 1, &added, detail, sizeof detail) == PORTCULLIS_ERROR_CERTIFICATE);
  CHECK_TEXT("not a DER-encoded certificate", detail);
  /* None was added. */
  CHECK(portcullis_store_add_ca_der(store, c.certificates[1], c.lengths[1], &added, detail, sizeof detail) == PORTCULLIS_OK);
  CHECK(added == 1);
  CHECK_TEXT("", detail);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, &added, NULL, 7) == PORTCULLIS_OK);
  CHECK(added == 1);
  CHECK_TEXT("Success", verdict(store, &c, AS_OF));
  portcullis_store_free(store);
  free(bundle.start), free_chain(&c);
}

static void lists_that_cannot_be_used_are_told(void) {
  chain c = read_chain("chain-C.pem"), e = read_chain("chain-E.pem");
  bytes list = read_file("B-v2.crl");
  bytes der = decode(strstr((char *)list.start, "CRL-----") + 8);
  bytes bundle = read_file("bundle.pem");
  portcullis_crl_state state = 99;
  char detail[80] = "#";

  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_ALB, NULL);
  CHECK(portcullis_store_add_crl_der(store, der.start, der.length, &state, detail, sizeof detail) == PORTCULLIS_OK);
  CHECK(state == PORTCULLIS_CRL_USABLE);
  CHECK(portcullis_store_add_crl_pem(store, list.start, list.length, &state, NULL, 0) == PORTCULLIS_OK);
  CHECK(state == PORTCULLIS_CRL_DUPLICATE);
  state = PORTCULLIS_CRL_USABLE;
  CHECK(portcullis_store_add_crl_pem(store, bundle.start, bundle.length, &state, detail, sizeof detail) == PORTCULLIS_ERROR_PEM);
  CHECK(state == PORTCULLIS_CRL_UNUSABLE);
  CHECK_TEXT("there is PEM, but no CRL in it", detail);
  CHECK(portcullis_store_add_crl_der(store, der.start, der.length - 1, &state, detail, sizeof detail) == PORTCULLIS_ERROR_CRL);
  CHECK(portcullis_store_add_crl_der(store, NULL, 1, NULL, NULL, 0) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_add_crl_der(NULL, NULL, 0, NULL, NULL, 0) == PORTCULLIS_ERROR_NULL);
  CHECK_TEXT("Success", verdict(store, &c, AS_OF));
  CHECK(portcullis_store_add_crl_der(store, der.start, der.length, &state, NULL, 0) == PORTCULLIS_ERROR_SEALED);
  portcullis_store_free(store);

  der.start[der.length - 1] ^= 1;
  store = bundle_store(PORTCULLIS_POLICY_ALB, NULL);
  state = PORTCULLIS_CRL_USABLE;
  CHECK(portcullis_store_add_crl_der(store, der.start, der.length, &state, detail, sizeof detail) == PORTCULLIS_ERROR_CRL_UNUSABLE);
  CHECK(state == PORTCULLIS_CRL_UNUSABLE);
  CHECK_TEXT("its signature is not by a CA of that name in the store", detail);
  CHECK_TEXT("Failed:ClientCertCrlProcessingError", verdict(store, &c, AS_OF));
  CHECK_TEXT("Success", verdict(store, &e, AS_OF));
  portcullis_store_free(store);

  store = portcullis_store_new(PORTCULLIS_POLICY_ALB, NULL);
  CHECK(portcullis_store_add_crl_pem(store, list.start, list.length, &state, NULL, 0) == PORTCULLIS_OK);
  CHECK(state == PORTCULLIS_CRL_UNVERIFIED);
  portcullis_store_free(store);
  free(list.start), free(der.start), free(bundle.start), free_chain(&c), free_chain(&e);
}

static void names_and_numbers_are_as_alb_writes_them(void) {
  chain c = read_chain("chain-C.pem");
  char text[100];
  size_t needed = 99;
  CHECK(portcullis_subject(c.certificates[0], c.lengths[0], text, sizeof text, &needed) == PORTCULLIS_OK);
  CHECK_TEXT("CN=User2,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP", text);
  CHECK(needed == strlen(text) + 1);
  CHECK(portcullis_issuer(c.certificates[0], c.lengths[0], text, sizeof text, NULL) == PORTCULLIS_OK);
  CHECK_TEXT("CN=Signing B,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP", text);
  CHECK(portcullis_validity(c.certificates[0], c.lengths[0], text, sizeof text, NULL) == PORTCULLIS_OK);
  CHECK(strncmp(text, "NotBefore=2026-11-24T", 21) == 0 && strstr(text, "Z;NotAfter=2027-11-24T") != NULL);
  CHECK(portcullis_serial_number(c.certificates[0], c.lengths[0], text, sizeof text, NULL) == PORTCULLIS_OK);
  CHECK(strlen(text) == 16 && strspn(text, "0123456789ABCDEF") == 16);

  /* All of it or nothing. */
  strcpy(text, "CN=Somebody Else");
  CHECK(portcullis_subject(c.certificates[0], c.lengths[0], text, needed - 1, &needed) == PORTCULLIS_ERROR_BUFFER);
  CHECK_TEXT("", text);
  CHECK(portcullis_subject(c.certificates[0], c.lengths[0], text, needed, NULL) == PORTCULLIS_OK);
  CHECK(portcullis_subject(c.certificates[0], c.lengths[0], NULL, 0, &needed) == PORTCULLIS_ERROR_BUFFER);
  CHECK(needed == strlen(text) + 1);
  CHECK(portcullis_subject(c.certificates[0], c.lengths[0] - 1, text, sizeof text, &needed) == PORTCULLIS_ERROR_CERTIFICATE);
  CHECK_TEXT("", text);
  CHECK(needed == 0);
  CHECK(portcullis_subject(NULL, 1, text, sizeof text, &needed) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_subject(NULL, 0, text, sizeof text, &needed) == PORTCULLIS_ERROR_CERTIFICATE);
  CHECK(portcullis_subject(c.certificates[0], SIZE_MAX, text, sizeof text, &needed) == PORTCULLIS_ERROR_LENGTH);
  free_chain(&c);
}

static void a_verdict_can_be_explained(void) {
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_RFC5280, NULL);
  chain h = read_chain("chain-H.pem");
  char *json = NULL;
  CHECK(portcullis_store_explain_json(store, h.certificates, h.lengths, h.count, AS_OF, &json) == PORTCULLIS_OK);
  CHECK(json != NULL && strstr(json, "\"status\":\"Failed:ClientCertUntrusted\"") != NULL);
  CHECK(json != NULL && strstr(json, "\"check\":\"issuer\"") != NULL);
  portcullis_string_free(json);
  CHECK(portcullis_store_explain_json(NULL, h.certificates, h.lengths, h.count, AS_OF, &json) == PORTCULLIS_ERROR_NULL);
  CHECK(json == NULL);
  CHECK(portcullis_store_explain_json(store, h.certificates, h.lengths, h.count, AS_OF, NULL) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_store_explain_json(store, NULL, NULL, 0, AS_OF, &json) == PORTCULLIS_OK);
  CHECK(json != NULL && strstr(json, "\"check\":\"presence\"") != NULL);
  portcullis_string_free(json);
  CHECK(portcullis_store_explain_json(store, h.certificates, h.lengths, SIZE_MAX, AS_OF, &json) == PORTCULLIS_ERROR_LENGTH);
  portcullis_store_free(store);
  free_chain(&h);
}

static void a_store_is_replaced_while_it_is_in_use(void) {
  chain r = read_chain("chain-R.pem");
  portcullis_status status = 0;
  portcullis_store *before = bundle_store(PORTCULLIS_POLICY_ALB, NULL);
  portcullis_store *after = bundle_store(PORTCULLIS_POLICY_ALB, NULL);
  add_list(after, "B-v1.crl");
  portcullis_handle *handle = portcullis_handle_new(before);
  portcullis_store_free(before);
  CHECK(portcullis_handle_verify(handle, r.certificates, r.lengths, r.count, AS_OF, &status) == PORTCULLIS_OK);
  CHECK(status == PORTCULLIS_STATUS_SUCCESS);
  const portcullis_store *held = portcullis_handle_load(handle);
  CHECK(portcullis_handle_replace(handle, after) == PORTCULLIS_OK);
  CHECK(portcullis_store_choose(after, PORTCULLIS_CHOICE_EXPIRY_IGNORE) == PORTCULLIS_ERROR_SEALED);
  portcullis_store_free(after);
  CHECK(portcullis_handle_verify(handle, r.certificates, r.lengths, r.count, AS_OF, &status) == PORTCULLIS_OK);
  CHECK(status == PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT);
  /* Who has the old one still has it, the handle's end included. */
  CHECK_TEXT("Success", verdict(held, &r, AS_OF));
  CHECK(portcullis_handle_replace(handle, NULL) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_handle_replace(NULL, held) == PORTCULLIS_ERROR_NULL);
  CHECK(portcullis_handle_verify(NULL, r.certificates, r.lengths, r.count, AS_OF, &status) == PORTCULLIS_ERROR_NULL);
  CHECK(status == PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR);
  CHECK(portcullis_handle_new(NULL) == NULL);
  CHECK(portcullis_handle_load(NULL) == NULL);
  portcullis_handle_free(handle);
  CHECK_TEXT("Success", verdict(held, &r, AS_OF));
  portcullis_store_free(held);
  free_chain(&r);
}

static void a_memo_lives_as_long_as_its_stores(void) {
  chain c = read_chain("chain-C.pem"), h = read_chain("chain-H.pem");
  portcullis_memo *memo = portcullis_memo_new(64);
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_ALB, memo);
  portcullis_store *other = bundle_store(PORTCULLIS_POLICY_ALB, memo);
  portcullis_memo_free(memo);
  for (int round = 0; round < 3; round++) {
    CHECK_TEXT("Success", verdict(store, &c, AS_OF));
    CHECK_TEXT("Success", verdict(other, &c, AS_OF));
    CHECK_TEXT("Failed:ClientCertUntrusted", verdict(store, &h, AS_OF));
  }
  portcullis_store_free(store);
  CHECK_TEXT("Success", verdict(other, &c, AS_OF));
  portcullis_store_free(other);
  CHECK(portcullis_memo_new(SIZE_MAX) == NULL);
  CHECK(portcullis_memo_new(PORTCULLIS_MEMO_MAX_ENTRIES + 1) == NULL);
  memo = portcullis_memo_new(0);
  CHECK(memo != NULL);
  portcullis_memo_free(memo);
  free_chain(&c), free_chain(&h);
}

static void null_is_freed_without_ado(void) {
  portcullis_store_free(NULL);
  portcullis_handle_free(NULL);
  portcullis_memo_free(NULL);
  portcullis_string_free(NULL);
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  pki = arguments[1];
  the_three_configurations_and_a_revoked_client();
  policies_and_statuses_that_there_are_not();
  whatever_goes_wrong_nobody_passes();
  choices_and_limits_come_first();
  what_is_wrong_with_a_bundle_is_told();
  lists_that_cannot_be_used_are_told();
  names_and_numbers_are_as_alb_writes_them();
  a_verdict_can_be_explained();
  a_store_is_replaced_while_it_is_in_use();
  a_memo_lives_as_long_as_its_stores();
  null_is_freed_without_ado();
  at_the_borders();
  printf("%s: %d checks failed\n", portcullis_backend(), failures);
  return failures == 0 ? 0 : 1;
}

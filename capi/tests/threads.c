/* Two threads verify while a third replaces the store: `threads FOLDER SWAPS`. One more makes two threads seal a store at once. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

static portcullis_handle *handle;
static chain c, r;
static atomic_int is_over;

static void *judge(void *unused) {
  unsigned long verdicts = 0;
  (void)unused;
  do {
    portcullis_status good = 0, revoked = 0;
    CHECK(portcullis_handle_verify(handle, c.certificates, c.lengths, c.count, AS_OF, &good) == PORTCULLIS_OK);
    CHECK(portcullis_handle_verify(handle, r.certificates, r.lengths, r.count, AS_OF, &revoked) == PORTCULLIS_OK);
    /* In every store C may pass; R is in one of two on the list. */
    CHECK(good == PORTCULLIS_STATUS_SUCCESS);
    CHECK(revoked == PORTCULLIS_STATUS_SUCCESS || revoked == PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT);
    const portcullis_store *store = portcullis_handle_load(handle);
    CHECK_TEXT("Success", verdict(store, &c, AS_OF));
    portcullis_store_free(store);
    verdicts += 3;
  } while (!atomic_load(&is_over));
  return (void *)(uintptr_t)verdicts;
}

static void *seal(void *store) {
  CHECK_TEXT("Success", verdict(store, &c, AS_OF));
  return NULL;
}

/* Two that judge and one that adds, which comes too late or not. */
static void a_store_is_sealed_by_two_threads_at_once(int rounds) {
  bytes list = read_file("B-v1.crl");
  for (int round = 0; round < rounds; round++) {
    portcullis_store *store = bundle_store(PORTCULLIS_POLICY_ALB, NULL);
    pthread_t first, second;
    pthread_create(&first, NULL, seal, store);
    pthread_create(&second, NULL, seal, store);
    portcullis_error error = portcullis_store_add_crl_pem(store, list.start, list.length, NULL, NULL, 0);
    CHECK(error == PORTCULLIS_OK || error == PORTCULLIS_ERROR_SEALED);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    CHECK_TEXT(error == PORTCULLIS_OK ? "Failed:ClientCertCrlHit" : "Success", verdict(store, &r, AS_OF));
    portcullis_store_free(store);
  }
  free(list.start);
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  pki = arguments[1];
  long swaps = strtol(arguments[2], NULL, 10);
  c = read_chain("chain-C.pem"), r = read_chain("chain-R.pem");
  portcullis_memo *memo = portcullis_memo_new(64);
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_RFC5280, memo);
  handle = portcullis_handle_new(store);
  portcullis_store_free(store);

  pthread_t first, second;
  pthread_create(&first, NULL, judge, NULL);
  pthread_create(&second, NULL, judge, NULL);
  for (long swap = 0; swap < swaps; swap++) {
    store = bundle_store(PORTCULLIS_POLICY_RFC5280, memo);
    if (swap % 2 == 0) add_list(store, "B-v1.crl");
    CHECK(portcullis_handle_replace(handle, store) == PORTCULLIS_OK);
    portcullis_store_free(store);
  }
  atomic_store(&is_over, 1);
  void *by_first, *by_second;
  pthread_join(first, &by_first);
  pthread_join(second, &by_second);
  portcullis_handle_free(handle);
  portcullis_memo_free(memo);
  a_store_is_sealed_by_two_threads_at_once((int)(swaps / 50 + 1));
  free_chain(&c), free_chain(&r);
  printf("%ld swaps, %lu verdicts: %d checks failed\n", swaps,
         (unsigned long)((uintptr_t)by_first + (uintptr_t)by_second), failures);
  return failures == 0 ? 0 : 1;
}

/* Input at the borders of what can be: ends of files, ends of certificates, full stores, other processes, small stacks. */
#ifndef BORDERS_H
#define BORDERS_H

#include "support.h"

#include <pthread.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A copy with nothing behind it, so that AddressSanitizer and valgrind see who reads on. */
static bytes exactly(const void *start, size_t length) {
  bytes copy = {malloc(length), length};
  if (copy.start == NULL) abort();
  memcpy(copy.start, start, length);
  return copy;
}

/* The same with an octet more. */
static bytes and_one_more(const void *start, size_t length) {
  bytes copy = {malloc(length + 1), length + 1};
  if (copy.start == NULL) abort();
  memcpy(copy.start, start, length);
  copy.start[length] = 0;
  return copy;
}

/* As a file of Windows has it. */
static bytes with_cr_lf(bytes text) {
  bytes read = {malloc(2 * text.length), 0};
  if (read.start == NULL) abort();
  for (size_t index = 0; index < text.length; index++) {
    if (text.start[index] == '\n') read.start[read.length++] = '\r';
    read.start[read.length++] = text.start[index];
  }
  return read;
}

static bytes without_end_of_line(bytes text) {
  size_t length = text.length;
  while (length > 0 && (text.start[length - 1] == '\n' || text.start[length - 1] == '\r')) length--;
  return exactly(text.start, length);
}

static void pem_may_end_without_a_line_break_and_have_those_of_windows(void) {
  bytes bundle = read_file("bundle.pem"), list = read_file("B-v2.crl");
  bytes bundles[] = {without_end_of_line(bundle), with_cr_lf(bundle), exactly(bundle.start, bundle.length)};
  bytes lists[] = {without_end_of_line(list), with_cr_lf(list), exactly(list.start, list.length)};
  chain c = read_chain("chain-C.pem"), r = read_chain("chain-R.pem");
  for (size_t index = 0; index < 3; index++) {
    portcullis_store *store = portcullis_store_new(PORTCULLIS_POLICY_RFC5280, NULL);
    portcullis_crl_state state = PORTCULLIS_CRL_UNUSABLE;
    size_t added = 0;
    CHECK(portcullis_store_add_ca_pem(store, bundles[index].start, bundles[index].length, &added, NULL, 0) == PORTCULLIS_OK);
    CHECK(added == 2);
    CHECK(portcullis_store_add_crl_pem(store, lists[index].start, lists[index].length, &state, NULL, 0) == PORTCULLIS_OK);
    CHECK(state == PORTCULLIS_CRL_USABLE);
    free(bundles[index].start), free(lists[index].start);
    /* Both were copied. */
    CHECK_TEXT("Success", verdict(store, &c, AS_OF));
    CHECK_TEXT("Failed:ClientCertCrlHit", verdict(store, &r, AS_OF));
    portcullis_store_free(store);
  }
  free(bundle.start), free(list.start), free_chain(&c), free_chain(&r);
}

static void nothing_may_follow_der(void) {
  chain c = read_chain("chain-C.pem"), longer = c;
  bytes list = read_file("B-v2.crl");
  bytes der = decode(strstr((char *)list.start, "CRL-----") + 8);
  bytes ca = and_one_more(c.certificates[1], c.lengths[1]), leaf = and_one_more(c.certificates[0], c.lengths[0]);
  bytes crl = and_one_more(der.start, der.length);
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_RFC5280, NULL);
  char detail[80] = "#";
  CHECK(portcullis_store_add_ca_der(store, ca.start, ca.length, NULL, detail, sizeof detail) == PORTCULLIS_ERROR_CERTIFICATE);
  CHECK_TEXT("there is data after the end of the certificate", detail);
  CHECK(portcullis_store_add_crl_der(store, crl.start, crl.length, NULL, detail, sizeof detail) == PORTCULLIS_ERROR_CRL);
  CHECK_TEXT("there is data after the end of the CRL", detail);
  CHECK(portcullis_subject(leaf.start, leaf.length, detail, sizeof detail, NULL) == PORTCULLIS_ERROR_CERTIFICATE);
  longer.certificates[0] = leaf.start;
  longer.lengths[0] = leaf.length;
  CHECK_TEXT("Failed:ClientCertInvalid", verdict(store, &longer, AS_OF));
  CHECK_TEXT("Success", verdict(store, &c, AS_OF));
  portcullis_store_free(store);
  free(list.start), free(der.start), free(ca.start), free(leaf.start), free(crl.start), free_chain(&c);
}

static void a_list_that_comes_before_its_ca_counts(void) {
  bytes bundle = read_file("bundle.pem"), list = read_file("B-v2.crl");
  chain c = read_chain("chain-C.pem"), r = read_chain("chain-R.pem");
  portcullis_crl_state state = PORTCULLIS_CRL_USABLE;
  portcullis_store *store = portcullis_store_new(PORTCULLIS_POLICY_RFC5280, NULL);
  CHECK(portcullis_store_add_crl_pem(store, list.start, list.length, &state, NULL, 0) == PORTCULLIS_OK);
  CHECK(state == PORTCULLIS_CRL_UNVERIFIED);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, NULL, NULL, 0) == PORTCULLIS_OK);
  CHECK_TEXT("Success", verdict(store, &c, AS_OF));
  CHECK_TEXT("Failed:ClientCertCrlHit", verdict(store, &r, AS_OF));
  portcullis_store_free(store);
  free(bundle.start), free(list.start), free_chain(&c), free_chain(&r);
}

static void a_store_that_is_full_says_so_and_serves(void) {
  chain c = read_chain("chain-C.pem");
  bytes bundle = read_file("bundle.pem"), list = read_file("B-v2.crl");
  bytes ca = exactly(c.certificates[1], c.lengths[1]), der = decode(strstr((char *)list.start, "CRL-----") + 8);
  portcullis_store *store = portcullis_store_new(PORTCULLIS_POLICY_RFC5280, NULL);
  char detail[80] = "#";
  size_t added = 9;
  /* Nobody looks at an anchor's own signature, so each is another one. */
  for (int octet = 0; octet < 25; octet++) {
    ca.start[ca.length - 1] = (unsigned char)octet;
    CHECK(portcullis_store_add_ca_der(store, ca.start, ca.length, &added, detail, sizeof detail) == PORTCULLIS_OK && added == 1);
  }
  ca.start[ca.length - 1] = 25;
  CHECK(portcullis_store_add_ca_der(store, ca.start, ca.length, &added, detail, sizeof detail) == PORTCULLIS_ERROR_FULL && added == 0);
  CHECK_TEXT("the store holds 25 CA certificates, which is all it can", detail);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, &added, NULL, 0) == PORTCULLIS_ERROR_FULL && added == 0);
  /* What is there already needs no room. */
  ca.start[ca.length - 1] = 24;
  CHECK(portcullis_store_add_ca_der(store, ca.start, ca.length, &added, NULL, 0) == PORTCULLIS_OK && added == 0);
  /* Of nobody's signature, each of them another one. */
  for (int octet = 0; octet < 31; octet++) {
    der.start[der.length - 1] = (unsigned char)octet;
    CHECK(portcullis_store_add_crl_der(store, der.start, der.length, NULL, detail, sizeof detail) ==
          (octet < 30 ? PORTCULLIS_ERROR_CRL_UNUSABLE : PORTCULLIS_ERROR_FULL));
  }
  CHECK_TEXT("the store holds 30 CRLs, which is all it can", detail);
  CHECK_TEXT("Failed:ClientCertCrlProcessingError", verdict(store, &c, AS_OF));
  portcullis_store_free(store);
  free(bundle.start), free(list.start), free(ca.start), free(der.start), free_chain(&c);
}

/* As many as a TLS library would never hand over. */
static void a_chain_of_any_length_is_judged(void) {
  enum { MANY = 100000 };
  chain c = read_chain("chain-C.pem");
  const uint8_t **certificates = calloc(MANY, sizeof *certificates);
  size_t *lengths = calloc(MANY, sizeof *lengths);
  portcullis_status status = PORTCULLIS_STATUS_SUCCESS;
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_RFC5280, NULL);
  if (certificates == NULL || lengths == NULL) abort();
  /* Null for each is as none of them. */
  CHECK(portcullis_store_verify(store, certificates, lengths, MANY, AS_OF, &status) == PORTCULLIS_OK);
  CHECK(status == PORTCULLIS_STATUS_CLIENT_CERT_MAX_SIZE_EXCEEDED);
  for (size_t index = 0; index < MANY; index++) {
    certificates[index] = c.certificates[index == 0 ? 0 : 1];
    lengths[index] = c.lengths[index == 0 ? 0 : 1];
  }
  CHECK(portcullis_store_verify(store, certificates, lengths, MANY, AS_OF, &status) == PORTCULLIS_OK);
  CHECK(status == PORTCULLIS_STATUS_CLIENT_CERT_MAX_SIZE_EXCEEDED);
  lengths[MANY - 1] = SIZE_MAX;
  status = PORTCULLIS_STATUS_SUCCESS;
  CHECK(portcullis_store_verify(store, certificates, lengths, MANY, AS_OF, &status) == PORTCULLIS_ERROR_LENGTH && status == 0);
  lengths[MANY - 1] = 1;
  certificates[MANY - 1] = NULL;
  status = PORTCULLIS_STATUS_SUCCESS;
  CHECK(portcullis_store_verify(store, certificates, lengths, MANY, AS_OF, &status) == PORTCULLIS_ERROR_NULL && status == 0);
  portcullis_store_free(store);
  free((void *)certificates), free(lengths), free_chain(&c);
}

/* As a server does that reads its files before it starts its workers. */
static void a_store_serves_the_processes_that_are_forked_off(void) {
  chain c = read_chain("chain-C.pem"), r = read_chain("chain-R.pem");
  portcullis_memo *memo = portcullis_memo_new(64);
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_RFC5280, memo);
  add_list(store, "B-v2.crl");
  portcullis_handle *handle = portcullis_handle_new(store);
  portcullis_store_free(store);
  portcullis_memo_free(memo);
  pid_t child = fork();
  portcullis_status good = 0, revoked = 0;
  CHECK(portcullis_handle_verify(handle, c.certificates, c.lengths, c.count, AS_OF, &good) == PORTCULLIS_OK);
  CHECK(portcullis_handle_verify(handle, r.certificates, r.lengths, r.count, AS_OF, &revoked) == PORTCULLIS_OK);
  int is_right = good == PORTCULLIS_STATUS_SUCCESS && revoked == PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT;
  CHECK(is_right);
  portcullis_handle_free(handle);
  free_chain(&c), free_chain(&r);
  if (child == 0) _exit(is_right ? 0 : 1);
  int ended = -1;
  CHECK(child > 0 && waitpid(child, &ended, 0) == child && ended == 0);
}

static void *judge_on_a_small_stack(void *chains) {
  chain *c = chains;
  portcullis_store *store = bundle_store(PORTCULLIS_POLICY_STRICT, NULL);
  add_list(store, "B-v2.crl");
  CHECK_TEXT("Success", verdict(store, &c[0], AS_OF));
  CHECK_TEXT("Failed:ClientCertUntrusted", verdict(store, &c[1], AS_OF));
  portcullis_store_free(store);
  return NULL;
}

/* musl gives a thread 128 KiB. */
static void a_thread_with_a_small_stack_can_verify(void) {
  chain chains[] = {read_chain("chain-C.pem"), read_chain("chain-H.pem")};
  pthread_attr_t attributes;
  pthread_t thread;
  CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 128 * 1024) == 0);
  int started = pthread_create(&thread, &attributes, judge_on_a_small_stack, chains);
  CHECK(started == 0);
  if (started == 0) pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
  free_chain(&chains[0]), free_chain(&chains[1]);
}

static void at_the_borders(void) {
  pem_may_end_without_a_line_break_and_have_those_of_windows();
  nothing_may_follow_der();
  a_list_that_comes_before_its_ca_counts();
  a_store_that_is_full_says_so_and_serves();
  a_chain_of_any_length_is_judged();
  a_store_serves_the_processes_that_are_forked_off();
  a_thread_with_a_small_stack_can_verify();
}

#endif

/* What the tests in C share: checks that count, and files. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <portcullis.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 2026-12-01T00:00:00Z, when the test certificates are valid. */
#define AS_OF INT64_C(1796083200)

#define CHAIN_MAX 20

typedef struct {
  unsigned char *start;
  size_t length;
} bytes;

typedef struct {
  const uint8_t *certificates[CHAIN_MAX];
  size_t lengths[CHAIN_MAX];
  size_t count;
} chain;

static int failures = 0;
static const char *pki = NULL;

#define CHECK(condition)                                                   \
  do {                                                                     \
    if (!(condition)) {                                                    \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);      \
      failures++;                                                          \
    }                                                                      \
  } while (0)

#define CHECK_TEXT(expected, text)                                         \
  do {                                                                     \
    const char *have = (text);                                             \
    if (strcmp((expected), have) != 0) {                                   \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, have);            \
      failures++;                                                          \
    }                                                                      \
  } while (0)

/* Reads a file of the test certificates; a NUL follows. */
static bytes read_file(const char *name) {
  char path[4096];
  bytes read = {NULL, 0};
  snprintf(path, sizeof path, "%s/%s", pki, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(2);
  }
  for (int byte; (byte = getc(file)) != EOF;) {
    if (read.length % 4096 == 0) {
      read.start = realloc(read.start, read.length + 4097);
      if (read.start == NULL) abort();
    }
    read.start[read.length++] = (unsigned char)byte;
  }
  fclose(file);
  if (read.length == 0) {
    fprintf(stderr, "%s is empty\n", path);
    exit(2);
  }
  read.start[read.length] = '\0';
  return read;
}

/* Decodes base64 up to a dash. */
static bytes decode(const char *text) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  bytes der = {malloc(strlen(text)), 0};
  unsigned long buffer = 0;
  int bits = 0;
  if (der.start == NULL) abort();
  for (; *text != '-' && *text != '=' && *text != '\0'; text++) {
    const char *digit = strchr(digits, *text);
    if (digit == NULL) continue;
    buffer = (buffer << 6 | (unsigned long)(digit - digits)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      der.start[der.length++] = (unsigned char)(buffer >> bits & 0xff);
    }
  }
  return der;
}

/* Reads the certificates of a PEM file. */
static chain read_chain(const char *name) {
  static const char begin[] = "-----BEGIN CERTIFICATE-----";
  bytes pem = read_file(name);
  chain read = {{NULL}, {0}, 0};
  for (char *at = (char *)pem.start; (at = strstr(at, begin)) != NULL;) {
    at += sizeof begin - 1;
    bytes der = decode(at);
    read.certificates[read.count] = der.start;
    read.lengths[read.count++] = der.length;
  }
  free(pem.start);
  return read;
}

static void free_chain(chain *chain) {
  for (size_t index = 0; index < chain->count; index++) free((void *)(uintptr_t)chain->certificates[index]);
  chain->count = 0;
}

/* A store of root A and signing CA B. */
static portcullis_store *bundle_store(portcullis_policy policy, const portcullis_memo *memo) {
  bytes bundle = read_file("bundle.pem");
  portcullis_store *store = portcullis_store_new(policy, memo);
  size_t added = 9;
  char detail[200] = "#";
  CHECK(store != NULL);
  CHECK(portcullis_store_add_ca_pem(store, bundle.start, bundle.length, &added, detail, sizeof detail) == PORTCULLIS_OK);
  CHECK(added == 2);
  CHECK_TEXT("", detail);
  free(bundle.start);
  return store;
}

/* What a store says of a chain. */
static const char *verdict(const portcullis_store *store, const chain *chain, int64_t now) {
  portcullis_status status = 99;
  CHECK(portcullis_store_verify(store, chain->certificates, chain->lengths, chain->count, now, &status) == PORTCULLIS_OK);
  return portcullis_status_str(status);
}

/* Adds B's list. */
static void add_list(portcullis_store *store, const char *name) {
  bytes list = read_file(name);
  portcullis_crl_state state = 99;
  CHECK(portcullis_store_add_crl_pem(store, list.start, list.length, &state, NULL, 0) == PORTCULLIS_OK);
  CHECK(state == PORTCULLIS_CRL_USABLE);
  free(list.start);
}

#endif

/*
 * A TLS server on OpenSSL whose clients are judged by Portcullis. Build and try:
 *
 *   cc openssl_server.c -o openssl_server $(pkg-config --cflags --libs portcullis openssl)
 *   ./openssl_server 8443 server.pem server.key bundle.pem [signing.crl ...]
 *
 * It answers every request with the client's subject, one client at a time, and logs each connection in a line: status and subject.
 * SIGHUP makes it read bundle and lists again. PORTCULLIS_TIME, in seconds since 1970, stands in for the clock, for tests.
 */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <portcullis.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* More certificates than this no policy accepts. */
#define MOST_CERTIFICATES 64

/* What the callback has to say of a connection, in the SSL's ex-data. */
typedef struct {
  portcullis_status status;
  char subject[1024];
} verdict;

static portcullis_handle *trust;
static int64_t now = PORTCULLIS_NOW;
static int verdict_index;
static volatile sig_atomic_t reload;

static int verify_client(X509_STORE_CTX *context, void *unused);
static int openssl_error(portcullis_status status);
static portcullis_store *load(char **files);
static void serve(SSL_CTX *tls, int client);
static void hang_up(int client);

static void on_hangup(int signal) { reload = signal; }

static void set_up_clients(SSL_CTX *tls) {
  /* A client without certificate never comes to the callback, so it has to be refused here. */
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback(tls, verify_client, NULL);
  /* A resumed session brings no certificate, and nobody would be asked: a client that was revoked meanwhile would get in. */
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(tls, 0);
  /* ALB's limit of 64 KiB is the policy's to check: OpenSSL's must not be the smaller one. */
  SSL_CTX_set_max_cert_list(tls, 128 * 1024);
  verdict_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

/* OpenSSL calls this in place of its own verification. */
static int verify_client(X509_STORE_CTX *context, void *unused) {
  SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
  verdict *said = SSL_get_ex_data(ssl, verdict_index);
  /* All that the client sent, leaf first, in the order of the wire. */
  STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(context);
  unsigned char *certificates[MOST_CERTIFICATES + 1] = {NULL};
  size_t lengths[MOST_CERTIFICATES + 1] = {0};
  size_t count = 0;
  (void)unused;

  /* An SSL that serve() did not make. */
  if (said == NULL) return 0;
  said->status = PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR;
  for (int index = 0; index < sk_X509_num(sent) && count <= MOST_CERTIFICATES; index++) {
    int length = i2d_X509(sk_X509_value(sent, index), &certificates[count]);
    if (length <= 0) goto end;
    lengths[count++] = (size_t)length;
  }
  if (portcullis_handle_verify(trust, (const uint8_t *const *)certificates, lengths, count, now, &said->status) != PORTCULLIS_OK)
    goto end;
  if (portcullis_subject(certificates[0], lengths[0], said->subject, sizeof said->subject, NULL) != PORTCULLIS_OK)
    strcpy(said->subject, "-");
end:
  for (size_t index = 0; index <= MOST_CERTIFICATES; index++) OPENSSL_free(certificates[index]);
  X509_STORE_CTX_set_error(context, openssl_error(said->status));
  return said->status == PORTCULLIS_STATUS_SUCCESS;
}

/* OpenSSL's word for a status, which is what SSL_get_verify_result gives, and by which OpenSSL chooses the alert. */
static int openssl_error(portcullis_status status) {
  switch (status) {
    case PORTCULLIS_STATUS_SUCCESS:
      return X509_V_OK;
    case PORTCULLIS_STATUS_CLIENT_CERT_UNTRUSTED: /* unknown_ca */
      return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case PORTCULLIS_STATUS_CLIENT_CERT_CRL_PROCESSING_ERROR: /* unknown_ca */
      return X509_V_ERR_UNABLE_TO_GET_CRL;
    case PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED: /* unknown_ca */
      return X509_V_ERR_CERT_CHAIN_TOO_LONG;
    case PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT: /* certificate_revoked */
      return X509_V_ERR_CERT_REVOKED;
    case PORTCULLIS_STATUS_CLIENT_CERT_EXPIRED: /* certificate_expired */
      return X509_V_ERR_CERT_HAS_EXPIRED;
    case PORTCULLIS_STATUS_CLIENT_CERT_NOT_YET_VALID: /* bad_certificate */
      return X509_V_ERR_CERT_NOT_YET_VALID;
    case PORTCULLIS_STATUS_CLIENT_CERT_INVALID: /* bad_certificate */
      return X509_V_ERR_CERT_REJECTED;
    case PORTCULLIS_STATUS_CLIENT_CERT_PURPOSE_INVALID: /* unsupported_certificate */
    case PORTCULLIS_STATUS_CLIENT_CERT_TYPE_UNSUPPORTED:
    case PORTCULLIS_STATUS_CLIENT_CERT_INCOMPATIBLE:
      return X509_V_ERR_INVALID_PURPOSE;
    default: /* handshake_failure */
      return X509_V_ERR_APPLICATION_VERIFICATION;
  }
}

static void serve(SSL_CTX *tls, int client) {
  static const struct timeval patience = {5, 0};
  verdict said = {PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR, "-"};
  char request[4096];
  SSL *ssl = SSL_new(tls);
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (ssl == NULL || SSL_set_ex_data(ssl, verdict_index, &said) != 1 || SSL_set_fd(ssl, client) != 1) goto end;
  int is_complete = SSL_accept(ssl) == 1;
  /* It may have been said before the client failed to prove that it holds the key. */
  if (!is_complete && said.status == PORTCULLIS_STATUS_SUCCESS) said.status = PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR;
  printf("%s %s \"%s\" %ld\n", SSL_get_version(ssl), portcullis_status_str(said.status), said.subject, SSL_get_verify_result(ssl));
  if (is_complete && said.status == PORTCULLIS_STATUS_SUCCESS && SSL_read(ssl, request, sizeof request) > 0) {
    char answer[2048];
    int length = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s\n",
                          strlen(said.subject) + 1, said.subject);
    SSL_write(ssl, answer, length);
    SSL_shutdown(ssl);
  }
end:
  ERR_clear_error();
  SSL_free(ssl);
  hang_up(client);
}

/* To close a connection on which the client has sent more resets it, and the client may never read the alert. */
static void hang_up(int client) {
  char rest[4096];
  shutdown(client, SHUT_WR);
  for (int reads = 0; reads < 16 && read(client, rest, sizeof rest) > 0; reads++) continue;
  close(client);
}

static char *read_file(const char *name, size_t *length) {
  FILE *file = fopen(name, "rb");
  char *content = NULL;
  *length = 0;
  for (size_t got = 1; file != NULL && got > 0; *length += got) {
    char *larger = realloc(content, *length + 65536);
    if (larger == NULL) break;
    content = larger;
    got = fread(content + *length, 1, 65536, file);
  }
  if (file == NULL) perror(name);
  if (file != NULL) fclose(file);
  return content;
}

/* Reads the bundle, and after it the lists. NULL, and a line that says why, if one of them cannot be used. */
static portcullis_store *load(char **files) {
  portcullis_store *store = portcullis_store_new(PORTCULLIS_POLICY_RFC5280, NULL);
  for (char **file = files; *file != NULL; file++) {
    char detail[256] = "cannot be read";
    size_t length;
    char *content = read_file(*file, &length);
    portcullis_error error = PORTCULLIS_ERROR_NULL;
    if (content != NULL && file == files)
      error = portcullis_store_add_ca_pem(store, content, length, NULL, detail, sizeof detail);
    else if (content != NULL)
      error = portcullis_store_add_crl_pem(store, content, length, NULL, detail, sizeof detail);
    free(content);
    if (error != PORTCULLIS_OK) {
      fprintf(stderr, "%s: %s\n", *file, detail);
      portcullis_store_free(store);
      return NULL;
    }
  }
  return store;
}

static int listen_on(const char *port) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)atoi(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 64) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
    perror(port);
    exit(1);
  }
  printf("listening on %d\n", ntohs(address.sin_port));
  return listener;
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: %s PORT CERTIFICATE KEY BUNDLE [CRL ...]\n", arguments[0]);
    return 2;
  }
  if (getenv("PORTCULLIS_TIME") != NULL) now = strtoll(getenv("PORTCULLIS_TIME"), NULL, 10);
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGPIPE, SIG_IGN);
  /* Without SA_RESTART, so that accept() comes back. */
  struct sigaction hangup = {0};
  hangup.sa_handler = on_hangup;
  sigaction(SIGHUP, &hangup, NULL);

  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  portcullis_store *store = load(arguments + 4);
  if (store == NULL) return 1;
  trust = portcullis_handle_new(store);
  portcullis_store_free(store);
  if (tls == NULL || SSL_CTX_use_certificate_chain_file(tls, arguments[2]) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, arguments[3], SSL_FILETYPE_PEM) != 1) {
    ERR_print_errors_fp(stderr);
    return 1;
  }
  set_up_clients(tls);

  int listener = listen_on(arguments[1]);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (reload != 0) {
      reload = 0;
      store = load(arguments + 4);
      /* What cannot be used does not take the place of what serves. */
      int is_new = store != NULL && portcullis_handle_replace(trust, store) == PORTCULLIS_OK;
      portcullis_store_free(store);
      puts(is_new ? "reloaded" : "not reloaded");
    }
    if (client >= 0) serve(tls, client);
  }
}

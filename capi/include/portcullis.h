/*
 * Portcullis: whether a TLS client's certificate chain may pass, in the words of AWS ALB's mutual TLS.
 *
 * A store is made, filled with CA certificates and CRLs, and then used by any number of threads. The first use seals it: from
 * then on it cannot be changed. A server that is to take new CAs or CRLs makes another store and puts it into a handle, from
 * which others verify in the meantime.
 *
 * Ownership: what a function ..._new, ..._load or ..._json gives is the caller's, who gives it back exactly once, to the ..._free
 * of its kind. What is given to a function stays the caller's; a store keeps its memo, and a handle its store, as long as they
 * need them. Bytes that are given are copied or done with when the function returns. To use something after it was freed, or to
 * free it twice, is undefined. To free null does nothing.
 *
 * Threads: every function may be called from any thread at any time, for the same object too, but ..._free while another thread
 * uses that very pointer. A stack of 128 KiB is enough. After a fork() the child may use and free what the parent has made, unless
 * another thread of the parent was in one of these functions meanwhile. None of them may be called by a signal handler.
 *
 * Errors: functions give PORTCULLIS_OK or a PORTCULLIS_ERROR_*. A verdict is no error: it is a status. Whatever goes wrong, the
 * status is one that lets nobody pass. Only want of memory ends the process.
 */

#ifndef PORTCULLIS_H
#define PORTCULLIS_H

/* Made from the Rust sources by cbindgen: do not edit. */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define PORTCULLIS_MUST_USE __attribute__((warn_unused_result))
#else
#define PORTCULLIS_MUST_USE
#endif

/**
 * The most entries a memo can have: 512 MiB.
 */
#define PORTCULLIS_MEMO_MAX_ENTRIES 16777216

/**
 * In place of a time: now, by the system's clock. The library for firmware has no clock; there it says that there is no time,
 * and the policy decides what becomes of that.
 */
#define PORTCULLIS_NOW INT64_MIN

/**
 * Holds a store, in whose place another can be put while threads verify: none of them waits for a lock.
 */
typedef struct portcullis_handle portcullis_handle;

/**
 * Signatures that verified, so that a known intermediate or a client that returns costs no signature check. Only the
 * arithmetic is remembered: a verdict is the same with a memo as without.
 */
typedef struct portcullis_memo portcullis_memo;

/**
 * CA certificates, CRLs and rules: up to 25 certificates and 30 CRLs, which are ALB's quotas.
 */
typedef struct portcullis_store portcullis_store;

/**
 * What became of a call: `PORTCULLIS_OK` or one of `PORTCULLIS_ERROR_*`. There may be more of them in a later version.
 */
typedef uint32_t portcullis_error;

/**
 * A verdict: one of `PORTCULLIS_STATUS_*`. Zero is not success, so memory that was only cleared lets nobody pass.
 */
typedef uint32_t portcullis_status;

/**
 * The rules of a store: one of `PORTCULLIS_POLICY_*`. None is the default.
 */
typedef uint32_t portcullis_policy;

/**
 * A choice that differs from the policy's: one of `PORTCULLIS_CHOICE_*`. Of two about the same thing the later one holds.
 */
typedef uint32_t portcullis_choice;

/**
 * A limit that differs from the policy's: one of `PORTCULLIS_LIMIT_*`.
 */
typedef uint32_t portcullis_limit;

/**
 * What a CRL comes to in a store: one of `PORTCULLIS_CRL_*`.
 */
typedef uint32_t portcullis_crl_state;

/**
 * It cannot be trusted, and lets no certificate of its issuer pass.
 */
#define PORTCULLIS_CRL_UNUSABLE 0

/**
 * Its signature is that of a CA of the store.
 */
#define PORTCULLIS_CRL_USABLE 1

/**
 * No CA of the store is its issuer: its signature is verified when a client presents that.
 */
#define PORTCULLIS_CRL_UNVERIFIED 2

/**
 * The very same list was there already, and is there once.
 */
#define PORTCULLIS_CRL_DUPLICATE 3

/**
 * It did what it is for.
 */
#define PORTCULLIS_OK 0

/**
 * A pointer is null that must not be.
 */
#define PORTCULLIS_ERROR_NULL 1

/**
 * A length is greater than `PTRDIFF_MAX` allows, or runs past the end of memory.
 */
#define PORTCULLIS_ERROR_LENGTH 2

/**
 * A policy, choice or limit that there is not, or a value out of its range.
 */
#define PORTCULLIS_ERROR_VALUE 3

/**
 * A time before 1970, or a system clock that says so.
 */
#define PORTCULLIS_ERROR_TIME 4

/**
 * The store is in use, so it stays as it is.
 */
#define PORTCULLIS_ERROR_SEALED 5

/**
 * Choices and limits come before the first certificate.
 */
#define PORTCULLIS_ERROR_ORDER 6

/**
 * PEM that cannot be read.
 */
#define PORTCULLIS_ERROR_PEM 7

/**
 * A certificate that does not parse.
 */
#define PORTCULLIS_ERROR_CERTIFICATE 8

/**
 * A CA certificate that the store refuses: too large, or with a key that could verify nothing.
 */
#define PORTCULLIS_ERROR_CA 9

/**
 * The store holds as many CA certificates, CRLs or entries as it can.
 */
#define PORTCULLIS_ERROR_FULL 10

/**
 * A CRL that does not parse, or is too large.
 */
#define PORTCULLIS_ERROR_CRL 11

/**
 * The CRL was added, cannot be trusted, and lets no certificate of its issuer pass. Do not put such a store in the place of one
 * that serves.
 */
#define PORTCULLIS_ERROR_CRL_UNUSABLE 12

/**
 * The text does not fit into the buffer.
 */
#define PORTCULLIS_ERROR_BUFFER 13

/**
 * The library has a bug, which ended the call.
 */
#define PORTCULLIS_ERROR_PANIC 15

/**
 * Every presented certificate but the leaf counts towards the depth limit.
 */
#define PORTCULLIS_CHOICE_DEPTH_COUNT_ISSUERS 257

/**
 * Every presented certificate counts (ALB).
 */
#define PORTCULLIS_CHOICE_DEPTH_COUNT_PRESENTED 258

/**
 * Other paths are tried when one fails, within a budget (RFC5280, STRICT).
 */
#define PORTCULLIS_CHOICE_SEARCH_BACKTRACK 513

/**
 * One path: at each step the first candidate (ALB).
 */
#define PORTCULLIS_CHOICE_SEARCH_FIRST 514

/**
 * Every certificate of the path must still be valid (ALB).
 */
#define PORTCULLIS_CHOICE_EXPIRY_ENFORCE 769

/**
 * No certificate of the path need still be valid; notBefore is checked all the same.
 */
#define PORTCULLIS_CHOICE_EXPIRY_IGNORE 770

/**
 * The leaf need not still be valid, its CAs must.
 */
#define PORTCULLIS_CHOICE_EXPIRY_IGNORE_LEAF 771

/**
 * The second that notAfter names is the first that is not valid (ALB).
 */
#define PORTCULLIS_CHOICE_NOT_AFTER_EXCLUDED 1025

/**
 * It is the last that is valid (RFC5280, STRICT).
 */
#define PORTCULLIS_CHOICE_NOT_AFTER_INCLUDED 1026

/**
 * Without a time, validity is not checked: for devices that have no clock. An expired certificate passes.
 */
#define PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW 1281

/**
 * Without a time, nobody passes.
 */
#define PORTCULLIS_CHOICE_MISSING_CLOCK_DENY 1282

/**
 * A certificate signed with SHA-1 is `Failed:ClientCertIncompatible`.
 */
#define PORTCULLIS_CHOICE_SHA1_INCOMPATIBLE 1537

/**
 * A certificate signed with SHA-1 is `Failed:ClientCertUntrusted`.
 */
#define PORTCULLIS_CHOICE_SHA1_UNTRUSTED 1538

/**
 * The algorithms of the certificates of the path must be allowed (RFC5280, STRICT).
 */
#define PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PATH 1793

/**
 * The algorithms of every presented certificate must be allowed (ALB).
 */
#define PORTCULLIS_CHOICE_ALGORITHM_SCOPE_PRESENTED 1794

/**
 * A leaf's key is RSA or ECDSA on P-256, P-384 or P-521 (ALB).
 */
#define PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED 2049

/**
 * These and Ed25519 (RFC5280, STRICT).
 */
#define PORTCULLIS_CHOICE_LEAF_KEYS_DOCUMENTED_AND_ED25519 2050

/**
 * A leaf may be X.509 version 1, 2 or 3.
 */
#define PORTCULLIS_CHOICE_LEAF_VERSION_ANY 2305

/**
 * A leaf must be X.509 version 3.
 */
#define PORTCULLIS_CHOICE_LEAF_VERSION_V3 2306

/**
 * A leaf without extended key usage may pass (ALB, RFC5280).
 */
#define PORTCULLIS_CHOICE_MISSING_EKU_ALLOW 2561

/**
 * It may not (STRICT).
 */
#define PORTCULLIS_CHOICE_MISSING_EKU_DENY 2562

/**
 * anyExtendedKeyUsage stands for clientAuth.
 */
#define PORTCULLIS_CHOICE_ANY_EKU_ALLOW 2817

/**
 * It does not.
 */
#define PORTCULLIS_CHOICE_ANY_EKU_DENY 2818

/**
 * A certificate that no CRL covers counts as not revoked (ALB, RFC5280).
 */
#define PORTCULLIS_CHOICE_MISSING_CRL_ALLOW 3073

/**
 * It is `Failed:ClientCertCrlProcessingError`.
 */
#define PORTCULLIS_CHOICE_MISSING_CRL_DENY 3074

/**
 * The same, once there is any CRL in the store (STRICT).
 */
#define PORTCULLIS_CHOICE_MISSING_CRL_DENY_ONCE_THERE_IS_ONE 3075

/**
 * A CRL past its nextUpdate, or before its thisUpdate, cannot be used.
 */
#define PORTCULLIS_CHOICE_EXPIRED_CRL_ENFORCE 3329

/**
 * It decides as any other.
 */
#define PORTCULLIS_CHOICE_EXPIRED_CRL_IGNORE 3330

/**
 * The leaf is looked up in CRLs.
 */
#define PORTCULLIS_CHOICE_CRL_REACH_LEAF 3585

/**
 * Every certificate of the path is.
 */
#define PORTCULLIS_CHOICE_CRL_REACH_PATH 3586

/**
 * How many certificates may be presented, 1 to 64. ALB: 4; RFC5280 and STRICT: 16.
 */
#define PORTCULLIS_LIMIT_DEPTH 1

/**
 * The largest Certificate message in octets, framed as in TLS 1.3. ALB: 65536.
 */
#define PORTCULLIS_LIMIT_MESSAGE_SIZE 2

/**
 * The largest CA certificate in octets that a store takes. ALB: 16384.
 */
#define PORTCULLIS_LIMIT_CA_SIZE 3

/**
 * The largest CRL in octets that a store takes. ALB: 52428800.
 */
#define PORTCULLIS_LIMIT_CRL_SIZE 4

/**
 * How many entries the CRLs of a store may have together. ALB: 500000.
 */
#define PORTCULLIS_LIMIT_CRL_ENTRIES 5

/**
 * For predicting and mimicking AWS ALB: the path that s2n-tls and AWS-LC choose, no backtracking, their edges.
 */
#define PORTCULLIS_POLICY_ALB 1

/**
 * For protecting something: every path within a budget, notAfter inclusive, Ed25519 too.
 */
#define PORTCULLIS_POLICY_RFC5280 2

/**
 * For protecting something: RFC5280, and a second validator (webpki) must accept the path as well; a leaf needs an extended key
 * usage, and once the store holds a CRL, each certificate needs one that covers it. Not in the library for firmware.
 */
#define PORTCULLIS_POLICY_STRICT 3

/**
 * Everything else; no client certificate at all, and a call that failed, too.
 */
#define PORTCULLIS_STATUS_UNMAPPED_CONNECTION_ERROR 0

/**
 * The chain leads to a certificate of the store and every check passed. The client may pass once its handshake is complete.
 */
#define PORTCULLIS_STATUS_SUCCESS 1

/**
 * More certificates presented than the depth limit.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_MAX_CHAIN_DEPTH_EXCEEDED 2

/**
 * The presented certificates are larger than the limit.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_MAX_SIZE_EXCEEDED 3

/**
 * The leaf or an issuing CA of the path is on a CRL.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_CRL_HIT 4

/**
 * A CRL that decides could not be used.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_CRL_PROCESSING_ERROR 5

/**
 * No trusted path.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_UNTRUSTED 6

/**
 * A certificate of the path is not valid yet.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_NOT_YET_VALID 7

/**
 * A certificate of the path is not valid any more.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_EXPIRED 8

/**
 * The leaf's key is of a type that is not allowed.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_TYPE_UNSUPPORTED 9

/**
 * A presented certificate does not parse.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_INVALID 10

/**
 * The certificate is not for authenticating TLS clients.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_PURPOSE_INVALID 11

/**
 * The application said no; this library never says so by itself.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_REJECTED 12

/**
 * A key size or signature algorithm that the policy does not allow.
 */
#define PORTCULLIS_STATUS_CLIENT_CERT_INCOMPATIBLE 13

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Whose signature algorithms it was built with: "aws-lc-rs" or "ring". The string is static.
 */
PORTCULLIS_MUST_USE const char *portcullis_backend(void);

/**
 * Verifies in the way of portcullis_store_verify, and gives how the verdict comes about, as JSON in ASCII: the members `status`,
 * `check`, `explanation`, `failed_at`, `path`, `presented`, `crl` and others that `portcullis explain --format json` has, and its
 * schema describes. It takes longer than verifying, so it is for those that were refused.
 *
 * `json` gets a string, to be given to portcullis_string_free; on an error it gets null.
 *
 * # Safety
 *
 * That of portcullis_store_verify; `json` is null or can be written.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_explain_json(const portcullis_store *store,
                                               const uint8_t *const *certificates,
                                               const size_t *lengths,
                                               size_t count,
                                               int64_t now,
                                               char **json);

/**
 * Gives a string back.
 *
 * # Safety
 *
 * `string` is null or comes from portcullis_store_explain_json, is as it was, and has not been freed.
 */
void portcullis_string_free(char *string);

/**
 * Makes a handle that holds this store, and seals the store. Gives null for null. The handle keeps the store as long as it
 * needs it; the pointer to it stays the caller's, to be freed.
 *
 * # Safety
 *
 * `store` is null or a store that has not been freed.
 */
PORTCULLIS_MUST_USE
portcullis_handle *portcullis_handle_new(const portcullis_store *store);

/**
 * Gives a handle back, and with it the store, unless that is in use elsewhere.
 *
 * # Safety
 *
 * `handle` is null or comes from portcullis_handle_new and has not been freed.
 */
void portcullis_handle_free(portcullis_handle *handle);

/**
 * Puts another store in the place of the one in use, and seals it. Every verification that begins after that is by the new one;
 * the old one is freed when the last that uses it has ended. Do not put in a store with a CRL that is unusable: the one in use
 * is better.
 *
 * # Safety
 *
 * `handle` is null or a handle, and `store` null or a store; neither has been freed.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_handle_replace(portcullis_handle *handle,
                                           const portcullis_store *store);

/**
 * Gives the store in use, to verify and explain with the same one. It is the caller's, to be freed. Gives null for null.
 *
 * # Safety
 *
 * `handle` is null or a handle that is not freed meanwhile.
 */
PORTCULLIS_MUST_USE
const portcullis_store *portcullis_handle_load(const portcullis_handle *handle);

/**
 * Verifies with the store in use, in the way of portcullis_store_verify.
 *
 * # Safety
 *
 * That of portcullis_store_verify, for the handle.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_handle_verify(const portcullis_handle *handle,
                                          const uint8_t *const *certificates,
                                          const size_t *lengths,
                                          size_t count,
                                          int64_t now,
                                          portcullis_status *status);

/**
 * Makes a memo of so many entries, of 32 octets each; twice as many as there are certificates to remember is a good choice.
 * One memo best serves all stores of a program, so that a store that is put in the place of another does not begin anew.
 *
 * Gives null for more than PORTCULLIS_MEMO_MAX_ENTRIES.
 */
PORTCULLIS_MUST_USE
portcullis_memo *portcullis_memo_new(size_t entries);

/**
 * Gives a memo back. Stores that were made with it keep it as long as they need it.
 *
 * # Safety
 *
 * `memo` is null or comes from portcullis_memo_new and has not been freed.
 */
void portcullis_memo_free(portcullis_memo *memo);

/**
 * Makes an empty store, which trusts nobody. `memo` is null or a memo, which the store keeps as long as it needs it.
 *
 * Gives null for a policy that there is not.
 *
 * # Safety
 *
 * `memo` is null or a memo that has not been freed.
 */
PORTCULLIS_MUST_USE
portcullis_store *portcullis_store_new(portcullis_policy policy,
                                       const portcullis_memo *memo);

/**
 * Gives a store back. A handle that it was put into keeps it as long as it needs it.
 *
 * # Safety
 *
 * `store` is null, or comes from portcullis_store_new or portcullis_handle_load and has not been freed.
 */
void portcullis_store_free(const portcullis_store *store);

/**
 * Makes a choice that differs from the policy's, before the first certificate or CRL is added.
 *
 * # Safety
 *
 * `store` is null or a store that has not been freed.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_choose(portcullis_store *store,
                                         portcullis_choice choice);

/**
 * Sets a limit that differs from the policy's, before the first certificate or CRL is added.
 *
 * # Safety
 *
 * `store` is null or a store that has not been freed.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_limit(portcullis_store *store,
                                        portcullis_limit what,
                                        uint32_t value);

/**
 * Adds every certificate of a PEM bundle, or one in DER, root or not: all of them, or if one is refused none. Each is an anchor.
 *
 * `added`, unless it is null, gets how many were new. `detail`, unless it is null, gets `detail_size` octets at most of what is
 * wrong and with which certificate, as a string: "certificate 2: ...".
 *
 * # Safety
 *
 * `store` is null or a store that has not been freed; `pem` is `length` octets; `added` is null or can be written; `detail` is
 * null or `detail_size` octets to write.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_ca_pem(portcullis_store *store,
                                             const void *pem,
                                             size_t length,
                                             size_t *added,
                                             char *detail,
                                             size_t detail_size);

/**
 * Adds one certificate in DER, in the way of portcullis_store_add_ca_pem.
 *
 * # Safety
 *
 * That of portcullis_store_add_ca_pem.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_ca_der(portcullis_store *store,
                                             const void *der,
                                             size_t length,
                                             size_t *added,
                                             char *detail,
                                             size_t detail_size);

/**
 * Adds the one CRL of a PEM file, or one in DER. Add the CAs first: its signature is verified here, once, with those of them
 * that are its issuer.
 *
 * A list that reads well but cannot be trusted is kept all the same, and gives PORTCULLIS_ERROR_CRL_UNUSABLE. `state`, unless it
 * is null, gets what became of the list; `detail` gets what is wrong.
 *
 * # Safety
 *
 * `store` is null or a store that has not been freed; `pem` is `length` octets; `state` is null or can be written; `detail` is
 * null or `detail_size` octets to write.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_crl_pem(portcullis_store *store,
                                              const void *pem,
                                              size_t length,
                                              portcullis_crl_state *state,
                                              char *detail,
                                              size_t detail_size);

/**
 * Adds one CRL in DER, in the way of portcullis_store_add_crl_pem.
 *
 * # Safety
 *
 * That of portcullis_store_add_crl_pem.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_crl_der(portcullis_store *store,
                                              const void *der,
                                              size_t length,
                                              portcullis_crl_state *state,
                                              char *detail,
                                              size_t detail_size);

/**
 * Verifies what a client presents: `count` certificates in DER, leaf first, in the order of the wire, each with its length.
 *
 * `now` is seconds since 1970-01-01T00:00:00Z, or PORTCULLIS_NOW for the system clock. `status` gets the verdict. Success counts
 * when the client has proved that it holds the key, which is when its handshake is complete, and not before. The first use of a
 * store seals it.
 *
 * PORTCULLIS_OK says that there is a verdict, whichever. On an error `status` lets nobody pass.
 *
 * # Safety
 *
 * `store` is null or a store that is not freed meanwhile; `certificates` and `lengths` are arrays of `count`, each of the
 * certificates as long as its length says; `status` is null or can be written.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_verify(const portcullis_store *store,
                                         const uint8_t *const *certificates,
                                         const size_t *lengths,
                                         size_t count,
                                         int64_t now,
                                         portcullis_status *status);

/**
 * Writes a certificate's subject as ALB's logs and headers have it, pure ASCII: "CN=User2,OU=BLOG,O=SKYARCH".
 *
 * `text` gets all of it, with a NUL, or if `size` is too small the empty string; `needed`, unless it is null, gets the octets
 * that it takes, the NUL included. To ask for that alone, give null and 0.
 *
 * Nothing is verified: whose certificate that is, the status says, and the handshake.
 *
 * # Safety
 *
 * `certificate` is `length` octets of DER, `text` is `size` octets to write, `needed` is null or can be written.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_subject(const void *certificate,
                                    size_t length,
                                    char *text,
                                    size_t size,
                                    size_t *needed);

/**
 * Writes a certificate's issuer, as portcullis_subject writes the subject.
 *
 * # Safety
 *
 * That of portcullis_subject.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_issuer(const void *certificate,
                                   size_t length,
                                   char *text,
                                   size_t size,
                                   size_t *needed);

/**
 * Writes a certificate's serial number in upper hex, "03A5B1", in the way of portcullis_subject.
 *
 * # Safety
 *
 * That of portcullis_subject.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_serial_number(const void *certificate,
                                          size_t length,
                                          char *text,
                                          size_t size,
                                          size_t *needed);

/**
 * Writes a certificate's validity, "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z", in the way of
 * portcullis_subject.
 *
 * # Safety
 *
 * That of portcullis_subject.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_validity(const void *certificate,
                                     size_t length,
                                     char *text,
                                     size_t size,
                                     size_t *needed);

/**
 * What an error means, in English. The string is static.
 */
PORTCULLIS_MUST_USE const char *portcullis_error_str(portcullis_error error);

/**
 * The verdict in ALB's words: "Success", "Failed:ClientCertUntrusted", ... The string is static. A number that is none of
 * `PORTCULLIS_STATUS_*` is "Failed:UnmappedConnectionError".
 */
PORTCULLIS_MUST_USE
const char *portcullis_status_str(portcullis_status status);

/**
 * The version of the library: "0.1.0". The string is static.
 */
PORTCULLIS_MUST_USE const char *portcullis_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PORTCULLIS_H */

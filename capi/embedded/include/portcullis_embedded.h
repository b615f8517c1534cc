/*
 * Portcullis for firmware: whether a TLS client's certificate chain may pass, in the words of AWS ALB's mutual TLS. It needs no
 * C library, no allocator and no clock.
 *
 * A store lies in memory that the caller gives, for instance
 *
 *     static _Alignas(PORTCULLIS_STORE_ALIGN) unsigned char memory[PORTCULLIS_STORE_SIZE];
 *
 * It is filled with CA certificates and CRLs, none of which it copies, and then used. Nothing has to be freed. While it is filled
 * nobody else may use it; then any number of threads may verify with it.
 *
 * Errors: functions give PORTCULLIS_OK or a PORTCULLIS_ERROR_*. A verdict is no error: it is a status. Whatever goes wrong, the
 * status is one that lets nobody pass.
 *
 * Do not link it together with libportcullis: some functions have the same names.
 */

#ifndef PORTCULLIS_EMBEDDED_H
#define PORTCULLIS_EMBEDDED_H

/* Made from the Rust sources by cbindgen: do not edit. */

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define PORTCULLIS_MUST_USE __attribute__((warn_unused_result))
#else
#define PORTCULLIS_MUST_USE
#endif

#if UINTPTR_MAX > 0xffffffff
#define PORTCULLIS_POINTERS_OF_64_BITS
#else
#define PORTCULLIS_POINTERS_OF_32_BITS
#endif

#if defined(PORTCULLIS_POINTERS_OF_32_BITS)
/**
 * How many octets a store takes at most, with room to grow in a later version.
 */
#define PORTCULLIS_STORE_SIZE 1408
#endif

#if defined(PORTCULLIS_POINTERS_OF_64_BITS)
/**
 * How many octets a store takes at most, with room to grow in a later version.
 */
#define PORTCULLIS_STORE_SIZE 1536
#endif

/**
 * What its address is a multiple of.
 */
#define PORTCULLIS_STORE_ALIGN 8

/**
 * In place of a time: now, by the system's clock. The library for firmware has no clock; there it says that there is no time,
 * and the policy decides what becomes of that.
 */
#define PORTCULLIS_NOW INT64_MIN

/**
 * CA certificates, CRLs and rules, in memory that the caller gives: up to 4 certificates and 2 CRLs.
 */
typedef struct portcullis_store portcullis_store;

/**
 * What became of a call: `PORTCULLIS_OK` or one of `PORTCULLIS_ERROR_*`. There may be more of them in a later version.
 */
typedef uint32_t portcullis_error;

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
 * A verdict: one of `PORTCULLIS_STATUS_*`. Zero is not success, so memory that was only cleared lets nobody pass.
 */
typedef uint32_t portcullis_status;

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
 * Choices and limits come before the first certificate.
 */
#define PORTCULLIS_ERROR_ORDER 6

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
 * Memory that is too small or not aligned for a store.
 */
#define PORTCULLIS_ERROR_MEMORY 14

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
 * Says how many words of 32 bits the index of a CRL in DER has.
 *
 * # Safety
 *
 * `der` is `length` octets; `words` is null or can be written.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_crl_index_words(const void *der,
                                            size_t length,
                                            size_t *words);

/**
 * Adds a CRL in DER and makes its index in `words` words of memory. Neither is copied. Add the CAs first: its signature is
 * verified here, once, with those of them that are its issuer.
 *
 * A list that reads well but cannot be trusted is kept all the same, lets no certificate of its issuer pass, and gives
 * PORTCULLIS_ERROR_CRL_UNUSABLE.
 *
 * # Safety
 *
 * `store` is null or a store that nobody else uses meanwhile; `der` is `length` octets and `index` `words` words, both of which
 * stay as they are as long as the store is used, and nobody else uses the words until this returns.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_crl(portcullis_store *store,
                                          const void *der,
                                          size_t length,
                                          uint32_t *index,
                                          size_t words);

/**
 * Adds a CRL in DER with an index that was made before, by `portcullis index`; both can be in flash. All else is as with
 * portcullis_store_add_crl.
 *
 * # Safety
 *
 * `store` is null or a store that nobody else uses meanwhile; `der` is `length` octets and `index` `words` words, both of which
 * stay as they are as long as the store is used.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_indexed_crl(portcullis_store *store,
                                                  const void *der,
                                                  size_t length,
                                                  const uint32_t *index,
                                                  size_t words);

/**
 * Makes an empty store, which trusts nobody, in `size` octets of memory, which have to be PORTCULLIS_STORE_SIZE at least and
 * aligned to PORTCULLIS_STORE_ALIGN. `store` gets a pointer to it, or null. The memory is the store's from then on; there is
 * nothing to be freed.
 *
 * # Safety
 *
 * `memory` is null or `size` octets to write, and nobody else uses them as long as the store is used; `store` is null or can be
 * written.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_init(void *memory,
                                       size_t size,
                                       portcullis_policy rules,
                                       portcullis_store **store);

/**
 * Makes a choice that differs from the policy's, before the first certificate or CRL is added.
 *
 * # Safety
 *
 * `store` is null or a store that nobody else uses meanwhile.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_choose(portcullis_store *store,
                                         portcullis_choice choice);

/**
 * Sets a limit that differs from the policy's, before the first certificate or CRL is added. Whatever the depth, no more than 16
 * certificates are looked at.
 *
 * # Safety
 *
 * `store` is null or a store that nobody else uses meanwhile.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_limit(portcullis_store *store,
                                        portcullis_limit what,
                                        uint32_t value);

/**
 * Adds a CA certificate in DER, root or not. It is not copied: it can be in flash.
 *
 * # Safety
 *
 * `store` is null or a store that nobody else uses meanwhile; `der` is `length` octets that stay as they are as long as the store
 * is used.
 */
PORTCULLIS_MUST_USE
portcullis_error portcullis_store_add_ca(portcullis_store *store,
                                         const void *der,
                                         size_t length);

/**
 * Verifies what a client presents: `count` certificates in DER, leaf first, in the order of the wire, each with its length.
 *
 * `now` is seconds since 1970-01-01T00:00:00Z. PORTCULLIS_NOW says that there is no clock: nobody passes then, unless
 * PORTCULLIS_CHOICE_MISSING_CLOCK_ALLOW was chosen. `status` gets the verdict. Success counts when the client has proved that it
 * holds the key, which is when its handshake is complete, and not before.
 *
 * PORTCULLIS_OK says that there is a verdict, whichever. On an error `status` lets nobody pass.
 *
 * # Safety
 *
 * `store` is null or a store that nobody changes meanwhile; `certificates` and `lengths` are arrays of `count`, each of the
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

#endif  /* PORTCULLIS_EMBEDDED_H */

# Sourced by .ci/clients: every status that a client can bring about with OpenSSL, in TLS 1.2 and 1.3. A certificate that
# does not parse takes a client that sends what it likes, and is tested elsewhere.
# shellcheck shell=bash

statuses() {
    bad=0
    local test_store="--trust-store $pki/bundle.pem" own_store="--trust-store $scratch/ca.pem"
    local at="--time $as_of" weak="-cipher DEFAULT@SECLEVEL=0" name

    expect_status Success "four certificates" "$test_store $at" "$pki/C.crt" "$scratch/C.key" "-cert_chain $scratch/three.cas"
    expect_status Failed:ClientCertMaxChainDepthExceeded "five certificates" "$test_store $at" "$pki/C.crt" "$scratch/C.key" \
        "-cert_chain $scratch/four.cas"
    # What is too large is not read.
    leaf=none expect_status Failed:ClientCertMaxSizeExceeded "over 64 KiB" "$own_store" "$scratch/large.pem" "$scratch/large.key"

    for name in B-v1 B-v2 B-xca; do
        expect_status Failed:ClientCertCrlHit "revoked, $name.crl" "$test_store $at --crl $pki/$name.crl" "$pki/R.crt" "$scratch/R.key"
        expect_status Success "not revoked, $name.crl" "$test_store $at --crl $pki/$name.crl" "$pki/C.crt" "$scratch/C.key"
    done
    expect_status Success "no CRL" "$test_store $at" "$pki/R.crt" "$scratch/R.key"
    expect_status Failed:ClientCertCrlProcessingError "a forged CRL" "$test_store $at --crl $scratch/forged.crl" "$pki/C.crt" "$scratch/C.key"
    expect_status Failed:ClientCertCrlProcessingError "a CRL is missing" "$test_store $at --crl $pki/B-v2.crl --missing-crl deny" \
        "$pki/E.crt" "$scratch/E.key" "-cert_chain $scratch/E.cas"

    expect_status Failed:ClientCertUntrusted "unknown root" "$test_store $at" "$pki/H.crt" "$scratch/H.key" "-cert_chain $scratch/H.cas"
    expect_status Failed:ClientCertUntrusted "signing CA not sent" "$test_store $at" "$pki/E.crt" "$scratch/E.key"
    expect_status Failed:ClientCertUntrusted "self-signed" "$test_store" "$scratch/self_signed.pem" "$scratch/self_signed.key"
    expect_status Failed:ClientCertNotYetValid "too early" "$test_store --time 2026-11-01T00:00:00Z" "$pki/C.crt" "$scratch/C.key"
    expect_status Failed:ClientCertExpired "too late" "$test_store --time 2028-01-01T00:00:00Z" "$pki/C.crt" "$scratch/C.key"
    expect_status Success "too late, ignored" "$test_store --time 2028-01-01T00:00:00Z --ignore-expiry" "$pki/C.crt" "$scratch/C.key"

    for name in plain p256 p384 p521; do
        expect_status Success "$name" "$own_store" "$scratch/$name.pem" "$scratch/$name.key"
    done
    expect_status Failed:ClientCertTypeUnsupported ed25519 "$own_store" "$scratch/ed25519.pem" "$scratch/ed25519.key"
    # TLS 1.3 has no signature scheme for these.
    for name in p224 secp256k1; do
        expect_status -tls1_2 Failed:ClientCertTypeUnsupported "$name" "$own_store" "$scratch/$name.pem" "$scratch/$name.key"
    done
    expect_status Failed:ClientCertInvalid "X.509 v1" "$own_store" "$scratch/v1.pem" "$scratch/v1.key"
    expect_status Failed:ClientCertPurposeInvalid "for servers" "$own_store" "$scratch/for_servers.pem" "$scratch/for_servers.key"
    expect_status Failed:ClientCertPurposeInvalid "for encryption" "$own_store" "$scratch/for_encryption.pem" "$scratch/for_encryption.key"
    expect_status Failed:ClientCertIncompatible "RSA-1024" "$own_store" "$scratch/small.pem" "$scratch/small.key" "$weak"
    expect_status Failed:ClientCertIncompatible "SHA-1" "$own_store" "$scratch/sha1.pem" "$scratch/sha1.key" "$weak"
    expect_status Failed:UnmappedConnectionError "no certificate" "$test_store" none none
    [ "$bad" -eq 0 ]
}

# expect_status [-VERSION] STATUS WHAT SERVER CERTIFICATE KEY [CLIENT]: SERVER and CLIENT are split at blanks.
expect_status() {
    local versions=(-tls1_2 -tls1_3) version expected server_arguments client_arguments=() more found answer
    if [[ $1 = -tls* ]]; then
        versions=("$1")
        shift
    fi
    read -ra server_arguments <<<"$3"
    read -ra more <<<"${6-}"
    [ "$4" = none ] || client_arguments=(-cert "$4" -key "$5" "${more[@]}")
    for version in "${versions[@]}"; do
        serve "${server_arguments[@]}" --fixed-response "200:$greeting" || { bad=1; return; }
        answer=$(s_client "$version" "${client_arguments[@]}")
        wait_for 5 has_lines "$connections" 1 || true
        stop
        expected=$(expected_connection "$1" "${version/-tls1_/TLSv1.}" '*' '*' "${leaf:-$4}")
        found=$(mask_connection <"$connections" | mask_tls . '*' '*')
        printf '%-8s %-24s %-42s %s\n' "${version#-}" "$2" "$1" "$(tail -1 <<<"$answer")"
        expect "connection log" "$expected" "$found" || bad=1
        if [ "$1" = Success ]; then
            expect "answer" "answer 200 $greeting" "$(tail -1 <<<"$answer")" || bad=1
        else
            grep -qxE "$(words_for openssl)" <<<"$answer" || expect "answer" "a reset" "$answer" || bad=1
            expect "access log" "" "$(cat "$accesses")" || bad=1
        fi
    done
}

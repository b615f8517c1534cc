#!/usr/bin/env bash
# Writes chains.h for the test of the library for firmware: certificates and a CRL as arrays. `chains.sh ROOT`, the root of the
# repository.
set -euo pipefail

root=$1

main() {
    local key name
    echo '/* Made by chains.sh. */'
    for key in rsa p256; do
        for name in root issuing device forged; do
            array "${key}_$name" <"$root/firmware/data/kinds/$key/$name.der"
        done
    done
    array ed25519_root <"$root/firmware/data/kinds/ed25519/root.der"
    certificate pki_root A
    certificate pki_signing B
    certificate pki_client C
    certificate pki_revoked R
    openssl crl -in "$root/tests/data/pki/B-v2.crl" -outform DER | array pki_list
    # Without its last octet but one as it was, the signature is nobody's.
    openssl crl -in "$root/tests/data/pki/B-v2.crl" -outform DER | octets |
        awk '{ $(NF - 1) = ($(NF - 1) + 1) % 256; print }' | named pki_forged_list
}

certificate() { openssl x509 -in "$root/tests/data/pki/$2.crt" -outform DER | array "$1"; }

array() { octets | named "$1"; }

# The octets of standard input as numbers on one line.
octets() { od -An -v -tu1 | tr -s ' \n' ' '; }

named() { printf 'static const unsigned char %s[] = {%s};\n' "$1" "$(sed 's/^ //; s/ $//; s/ /,/g')"; }

main

#!/usr/bin/env bash
# Makes the chains of this folder anew, with new keys that are thrown away: for each kind of key a root, a CA below it and
# a client, and the client once more with another signature than its issuer's.
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# issue KIND NAME ISSUER EXTENSIONS...: signs a certificate for a new key and leaves it as KIND/NAME.der
issue() {
    local kind=$1 name=$2 issuer=$3 signer algorithm hash=(-sha256)
    shift 3
    case $kind in
    rsa) algorithm=(RSA -pkeyopt rsa_keygen_bits:2048) ;;
    p256) algorithm=(EC -pkeyopt ec_paramgen_curve:P-256) ;;
    p384) algorithm=(EC -pkeyopt ec_paramgen_curve:P-384) hash=(-sha384) ;;
    ed25519) algorithm=(ED25519) hash=() ;;
    esac
    openssl genpkey -quiet -algorithm "${algorithm[@]}" -out "$scratch/$name.key"
    openssl req -new -key "$scratch/$name.key" -subj "/C=JP/ST=Tokyo/O=Portcullis/OU=Firmware/CN=$name" -out "$scratch/$name.csr"
    signer=(-CA "$scratch/$issuer.pem" -CAkey "$scratch/$issuer.key")
    [ "$name" != "$issuer" ] || signer=(-signkey "$scratch/$name.key")
    printf '%s\n' "$@" 'subjectKeyIdentifier = hash' >"$scratch/extensions"
    openssl x509 -req -in "$scratch/$name.csr" "${signer[@]}" "${hash[@]}" -days 9000 -set_serial "0x$(openssl rand -hex 8)" \
        -extfile "$scratch/extensions" -out "$scratch/$name.pem" 2>"$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
    openssl x509 -in "$scratch/$name.pem" -outform DER -out "$kind/$name.der"
}

ca=('basicConstraints = critical, CA:TRUE' 'keyUsage = critical, keyCertSign, cRLSign')
client=('basicConstraints = CA:FALSE' 'keyUsage = critical, digitalSignature' 'extendedKeyUsage = clientAuth'
    'subjectAltName = DNS:device.example.com, URI:spiffe://fleet.example.com/device' 'authorityKeyIdentifier = keyid')
for kind in rsa p256 p384 ed25519; do
    mkdir -p "$kind"
    issue "$kind" root root "${ca[@]}"
    issue "$kind" issuing root "${ca[@]}" 'authorityKeyIdentifier = keyid'
    issue "$kind" device issuing "${client[@]}"
    # The last octet but one belongs to s, or to an RSA signature.
    size=$(stat -c %s "$kind/device.der")
    octet=$(tail -c 2 "$kind/device.der" | head -c 1 | xxd -p)
    { head -c $((size - 2)) "$kind/device.der"; printf '%b' "\\x$(printf '%02x' $((0x$octet ^ 1)))"; tail -c 1 "$kind/device.der"; } >"$kind/forged.der"
done

#!/usr/bin/env bash
# Makes the certificates of this folder anew, with new keys that are thrown away: a root, three CAs below it with the
# extensions that a client's chain has in practice (and a constraint of each kind), and two leaves of the last CA.
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$scratch/$1.key"; }

# issue NAME ISSUER EXTENSIONS: signs a certificate for the key of NAME and leaves it as NAME.der
issue() {
    local name=$1 issuer=$2
    cat >"$scratch/$name.cnf"
    openssl req -new -key "$scratch/$name.key" -subj "/C=JP/ST=Tokyo/O=Portcullis/OU=Firmware/CN=$name" \
        -out "$scratch/$name.csr"
    local signer=(-CA "$scratch/$issuer.pem" -CAkey "$scratch/$issuer.key")
    [ "$name" != "$issuer" ] || signer=(-signkey "$scratch/$name.key")
    openssl x509 -req -in "$scratch/$name.csr" "${signer[@]}" -sha256 -days 9000 -set_serial "0x$(openssl rand -hex 8)" \
        -extfile "$scratch/$name.cnf" -out "$scratch/$name.pem" 2>"$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
    openssl x509 -in "$scratch/$name.pem" -outform DER -out "$name.der"
}

key root
issue root root <<'X'
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
X

key policy
issue policy root <<'X'
basicConstraints = critical, CA:TRUE, pathlen:2
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
certificatePolicies = 1.3.6.1.4.1.55555.1
nameConstraints = critical, permitted;DNS:example.com, permitted;email:.example.com, permitted;URI:.example.com, permitted;IP:192.0.2.0/255.255.255.0, permitted;dirName:allowed, excluded;DNS:secret.example.com
[allowed]
C = JP
ST = Tokyo
X

key region
issue region policy <<'X'
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid, issuer
crlDistributionPoints = URI:http://crl.example.com/policy.crl
X

key issuing
issue issuing region <<'X'
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = clientAuth, serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
X

leaf_extensions='basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://crl.example.com/issuing.crl
subjectAltName = DNS:device.example.com, DNS:backup.example.com, email:device@mail.example.com, URI:spiffe://fleet.example.com/device, IP:192.0.2.7'
key device
issue device issuing <<<"$leaf_extensions"
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$scratch/device-rsa.key"
issue device-rsa issuing <<<"$leaf_extensions"

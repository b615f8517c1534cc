# Sourced by .ci/clients: keys and certificates, made with OpenSSL in $scratch.
# shellcheck shell=bash

certificates() {
    server_certificate
    test_clients
    odd_clients
}

server_certificate() {
    openssl req -x509 "${p256[@]}" -nodes -keyout "$scratch/server-ca.key" -out "$scratch/server-ca.pem" -days 30 \
        -subj "/CN=CA of the test server" -addext keyUsage=critical,keyCertSign 2>/dev/null
    openssl req "${p256[@]}" -nodes -keyout "$scratch/server.key" -out "$scratch/server.csr" -subj /CN=localhost 2>/dev/null
    openssl x509 -req -in "$scratch/server.csr" -CA "$scratch/server-ca.pem" -CAkey "$scratch/server-ca.key" -days 30 \
        -out "$scratch/server.pem" -extfile - 2>/dev/null <<<$'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE'
}

# Of each test client the key, the PKCS#12 file, and the CA certificate that it sends along.
test_clients() {
    local name
    cp "$pki/B.crt" "$scratch/C.cas"
    cp "$pki/D.crt" "$scratch/E.cas"
    cp "$pki/G.crt" "$scratch/H.cas"
    cp "$pki/B.crt" "$scratch/R.cas"
    for name in C E H; do
        openssl pkcs12 -in "$pki/$name.p12" -passin "pass:$password" -nodes -nocerts 2>/dev/null |
            openssl pkey -out "$scratch/$name.key"
        cp "$pki/$name.p12" "$scratch/$name.p12"
    done
    cp "$pki/R.key" "$scratch/R.key"
    openssl pkcs12 -export -in "$pki/chain-R.pem" -inkey "$pki/R.key" -out "$scratch/R.p12" -passout "pass:$password"
}

# Clients of a CA of their own, one oddity each.
odd_clients() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/ca.key" -out "$scratch/ca.pem" -days 30 \
        -subj "/O=Clients/CN=Odd CA" -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null

    odd_client plain "-newkey rsa:2048"
    odd_client p256 "${p256[*]}"
    odd_client p384 "-newkey ec -pkeyopt ec_paramgen_curve:P-384"
    odd_client p521 "-newkey ec -pkeyopt ec_paramgen_curve:P-521"
    odd_client p224 "-newkey ec -pkeyopt ec_paramgen_curve:P-224"
    odd_client secp256k1 "-newkey ec -pkeyopt ec_paramgen_curve:secp256k1"
    odd_client ed25519 "-newkey ed25519"
    odd_client small "-newkey rsa:1024"
    odd_client sha1 "-newkey rsa:2048" "$for_clients" -sha1
    odd_client for_servers "-newkey rsa:2048" extendedKeyUsage=serverAuth
    odd_client for_encryption "-newkey rsa:2048" keyUsage=critical,keyEncipherment
    # More than 64 KiB in one certificate, so that the number of certificates has no say.
    odd_client large "-newkey rsa:2048" "nsComment=$(printf '%070000d' 0)"
    # Without extensions OpenSSL writes X.509 v1.
    odd_client v1 "-newkey rsa:2048" ""
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/self_signed.key" -out "$scratch/self_signed.pem" -days 30 \
        -subj "/O=Clients/CN=self_signed" 2>/dev/null

    # Behind C, the longest chain that may be, and one certificate more.
    cat "$pki"/{B,A,D}.crt >"$scratch/three.cas"
    cat "$pki"/{B,A,D,G}.crt >"$scratch/four.cas"
    # Another last octet, and the signature is nobody's.
    openssl crl -in "$pki/B-v2.crl" -outform DER | python3 -c '
import sys
crl = bytearray(sys.stdin.buffer.read())
crl[-1] ^= 1
sys.stdout.buffer.write(crl)' | openssl crl -inform DER -out "$scratch/forged.crl"
}

readonly for_clients=$'basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth'
readonly p256=(-newkey ec -pkeyopt ec_paramgen_curve:P-256)

# odd_client NAME KEY [EXTENSIONS [ARGUMENT]]
odd_client() {
    local name=$1 key extensions=${3-$for_clients} arguments=()
    read -ra key <<<"$2"
    [ -z "$extensions" ] || arguments=(-extfile "$scratch/$name.extensions")
    echo "$extensions" >"$scratch/$name.extensions"
    openssl req "${key[@]}" -nodes -keyout "$scratch/$name.key" -out "$scratch/$name.csr" -subj "/O=Clients/CN=$name" 2>/dev/null
    openssl x509 -req -in "$scratch/$name.csr" -CA "$scratch/ca.pem" -CAkey "$scratch/ca.key" -days 30 \
        -out "$scratch/$name.pem" "${arguments[@]}" "${@:4}" 2>/dev/null || { echo "no certificate for $name"; return 1; }
}

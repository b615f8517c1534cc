# Sourced by .ci/clients: what has to be in the logs, to the octet but for what no one can foretell.
# shellcheck shell=bash

# expected_connection STATUS VERSION CIPHER GROUP CERTIFICATE: the line, masked; the certificate's words are OpenSSL's.
expected_connection() {
    local latency=- leaf='"-" - -' group=$4
    [ "$1" != Success ] || latency=LATENCY
    # In TLS 1.2 the certificate comes first, and the client's share of the key exchange is never read.
    [ "$1" = Success ] || [ "$2" != TLSv1.2 ] || group=-
    [ "$5" = none ] || leaf=$(leaf_words "$5")
    echo "TIME 127.0.0.1 PORT $port $2 $3 $latency $leaf $1 TID $group $balancer 127.0.0.1"
}

# leaf_words CERTIFICATE: fields 8 to 10.
leaf_words() {
    local facts
    facts=$(openssl x509 -in "$1" -noout -subject -nameopt RFC2253 -serial -dates -dateopt iso_8601)
    awk -F= '
        { name = $1; sub(/^[^=]*=/, "") }
        name == "notBefore" || name == "notAfter" { sub(/ /, "T") }
        { fact[name] = $0 }
        END { printf "\"%s\" NotBefore=%s;NotAfter=%s %s\n", fact["subject"], fact["notBefore"], fact["notAfter"], fact["serial"] }
    ' <<<"$facts"
}

mask_connection() {
    sed -E '
        s/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z (127\.0\.0\.1) [0-9]+ /TIME \1 PORT /
        s/^((\S+ ){6})[0-9]+\.[0-9]{3} "/\1LATENCY "/
        s/ TID_[0-9a-f]{32} / TID /'
}

# mask_tls VERSION CIPHER GROUP: hides those of a connection line that are "*", for where a client does not say; what is
# hidden has to have the right form.
mask_tls() {
    local hide=()
    [ "$1" != '*' ] || hide+=(-e 's/^((\S+ ){4})TLSv1\.[23] /\1* /')
    [ "$2" != '*' ] || hide+=(-e 's/^((\S+ ){5})[A-Z0-9_-]{10,} /\1* /')
    [ "$3" != '*' ] || hide+=(-e 's/ TID (x25519|secp(256|384|521)r1|X25519MLKEM768) / TID * /')
    sed -E -e '' "${hide[@]}"
}

# expected_access KIND CIPHER VERSION TRACE: a fixed response to the one request, of kind "https" or "h2".
expected_access() {
    local version=HTTP/1.1
    [ "$1" != h2 ] || version=HTTP/2.0
    echo "$1 TIME $balancer 127.0.0.1:PORT - -1 -1 -1 200 - BYTES BYTES \"GET https://localhost:$port/ $version\" \"test\"" \
        "$2 $3 - \"$4\" \"localhost\" \"-\" 0 TIME \"fixed-response\" \"-\" \"-\" \"-\" \"-\" \"-\" \"-\" $4 \"-\" \"-\" \"-\""
}

mask_access() {
    sed -E '
        s/\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z /TIME /g
        s/ 127\.0\.0\.1:[0-9]+ / 127.0.0.1:PORT /
        s/^((\S+ ){10})[1-9][0-9]* [1-9][0-9]* "/\1BYTES BYTES "/
        s/"Mozilla[^"]*"/"test"/'
}

# expect WHAT EXPECTED FOUND
expect() {
    [ "$2" = "$3" ] && return
    printf '%s:\n    expected  %s\n    found     %s\n' "$1" "$2" "$3"
    return 1
}

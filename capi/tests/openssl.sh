# Sourced by .ci/capi: examples/openssl_server.c with real clients.
# shellcheck shell=bash

openssl_tls12() { openssl_matrix 1.2; }

openssl_tls13() { openssl_matrix 1.3; }

# What the clients get, what the server says of them, and OpenSSL's number for it: by alb.md's words the three configurations,
# one that is revoked, one without certificate, and one that is early or late.
openssl_matrix() {
    prepare || return 1
    local bad=0
    listen "$as_of" "$pki/bundle.pem" "$pki/B-xca.crl" || return 1
    client "$1" C Success 0 || bad=1
    client "$1" E Success 0 || bad=1
    client "$1" H Failed:ClientCertUntrusted 20 "unknown ca" || bad=1
    client "$1" R Failed:ClientCertCrlHit 23 "certificate revoked" || bad=1
    client "$1" none Failed:UnmappedConnectionError 0 "$([ "$1" = 1.3 ] && echo "certificate required" || echo "handshake failure")" || bad=1
    nobody_resumes "$1" || bad=1
    stop
    listen 4102444800 "$pki/bundle.pem" || return 1
    client "$1" C Failed:ClientCertExpired 10 "certificate expired" || bad=1
    stop
    listen 0 "$pki/bundle.pem" || return 1
    client "$1" C Failed:ClientCertNotYetValid 9 "bad certificate" || bad=1
    stop
    [ "$bad" -eq 0 ]
}

# Another list takes effect at SIGHUP, and one that cannot be used does not.
reload() {
    prepare || return 1
    local bad=0
    cp "$pki/bundle.pem" "$scratch/bundle.pem"
    openssl ca -gencrl -config <(empty_list) -cert "$scratch/server-ca.pem" -keyfile "$scratch/server-ca.key" -out "$scratch/list.crl" 2>/dev/null
    listen "$as_of" "$scratch/bundle.pem" "$scratch/list.crl" || return 1
    client 1.3 R Success 0 || bad=1
    cp "$pki/B-v2.crl" "$scratch/list.crl"
    kill -HUP "$server"
    wait_for 10 grep -qx reloaded "$log" || true
    client 1.3 R Failed:ClientCertCrlHit 23 "certificate revoked" || bad=1
    forge <"$pki/B-v2.crl" >"$scratch/list.crl"
    kill -HUP "$server"
    wait_for 10 grep -qx 'not reloaded' "$log" || true
    # With the forged list C would not pass, and without a list R would.
    client 1.3 C Success 0 || bad=1
    client 1.3 R Failed:ClientCertCrlHit 23 "certificate revoked" || bad=1
    stop
    [ "$(grep -cx reloaded "$log")" = 1 ] && [ "$(grep -cx 'not reloaded' "$log")" = 1 ] || { echo "not reloaded as it should be"; bad=1; }
    grep -q 'list.crl: its signature is not by a CA of that name in the store' "$log" || { echo "why, is not told"; bad=1; }
    [ "$bad" -eq 0 ]
}

readonly as_of=1796083200

# client TLS CASE STATUS NUMBER [ALERT]: curl and s_client, both.
client() {
    local tls=$1 case=$2 status=$3 number=$4 alert=${5-} answer before said bad=0 credentials=()
    local subject=-
    [ "$case" = none ] || credentials=(-cert "$pki/chain-$case.pem" -key "$scratch/$case.key")
    [ "$case" = none ] || subject=$(openssl x509 -in "$pki/$case.crt" -noout -subject -nameopt RFC2253 | sed 's/^subject=//')
    before=$(wc -l <"$log")
    answer=$(curl --silent --show-error --max-time 10 "--tlsv$tls" --tls-max "$tls" --cacert "$scratch/server-ca.pem" \
        "${credentials[@]/#-/--}" "https://localhost:$port/" 2>&1) || true
    if [ "$status" = Success ]; then
        [ "$answer" = "$subject" ] || { echo "curl: $answer"; bad=1; }
    else
        # Of certificate_expired in TLS 1.2 it makes an error of its own.
        [[ $answer = *"alert $alert"* || $answer = "curl: (60) "* && $alert = "certificate expired" ]] || { echo "curl: $answer"; bad=1; }
    fi
    answer=$({ printf 'GET / HTTP/1.0\r\n\r\n'; sleep 0.5; } | timeout 10 openssl s_client "-tls${tls/./_}" -connect "localhost:$port" \
        -CAfile "$scratch/server-ca.pem" -verify_return_error -quiet \
        $([ "$case" = none ] || echo "-cert $pki/$case.crt -cert_chain $pki/chain-$case.pem -key $scratch/$case.key") 2>&1) || true
    if [ "$status" = Success ]; then
        grep -qxF "$subject" <<<"$answer" || { echo "s_client: $answer"; bad=1; }
    else
        grep -q "alert $alert" <<<"$answer" || { echo "s_client: $answer"; bad=1; }
    fi
    wait_for 5 has_lines "$log" $((before + 2)) || true
    said=$(tail -n "+$((before + 1))" "$log" | grep '^TLS' | sort -u)
    [ "$said" = "TLSv$tls $status \"$subject\" $number" ] || { echo "log: $said"; bad=1; }
    printf '%-5s %-36s %3s %s\n' "$case" "$status" "$number" "$alert"
    return "$bad"
}

# A client that tries to resume has a new session each time.
nobody_resumes() {
    local output
    output=$({ printf 'GET / HTTP/1.0\r\n\r\n'; sleep 0.5; } | timeout 20 openssl s_client "-tls${1/./_}" -connect "localhost:$port" -reconnect \
        -cert "$pki/C.crt" -cert_chain "$pki/chain-C.pem" -key "$scratch/C.key" 2>/dev/null) || true
    ! grep -q '^Reused' <<<"$output" || { echo "a session was resumed"; return 1; }
    grep -q '^New, ' <<<"$output" || { echo "no session"; return 1; }
}

# The server, and keys for it and for the clients.
prepare() {
    [ ! -x "$scratch/openssl_server" ] || return 0
    gcc -std=c11 -D_POSIX_C_SOURCE=200809L -g "${warnings[@]}" "${sanitizers[@]}" -Icapi/include capi/examples/openssl_server.c \
        "$debug" -lssl -lcrypto "${system[@]}" -o "$scratch/openssl_server"
    local p256=(-newkey ec -pkeyopt ec_paramgen_curve:P-256) name
    openssl req -x509 "${p256[@]}" -nodes -keyout "$scratch/server-ca.key" -out "$scratch/server-ca.pem" -days 30 \
        -subj "/CN=CA of the test server" -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
    openssl req "${p256[@]}" -nodes -keyout "$scratch/server.key" -out "$scratch/server.csr" -subj /CN=localhost 2>/dev/null
    openssl x509 -req -in "$scratch/server.csr" -CA "$scratch/server-ca.pem" -CAkey "$scratch/server-ca.key" -days 30 \
        -out "$scratch/server.pem" -extfile <(echo "subjectAltName=DNS:localhost") 2>/dev/null
    for name in C E H; do
        openssl pkcs12 -in "$pki/$name.p12" -passin pass:blog -nodes -nocerts 2>/dev/null | openssl pkey -out "$scratch/$name.key"
    done
    cp "$pki/R.key" "$scratch/R.key"
}

# listen TIME BUNDLE [CRL]: starts the server; then $port, $server and $log are this run's.
listen() {
    log=$(mktemp "$scratch/log.XXXXXX")
    PORTCULLIS_TIME=$1 "$scratch/openssl_server" 0 "$scratch/server.pem" "$scratch/server.key" "${@:2}" >>"$log" 2>&1 </dev/null &
    server=$!
    echo "$server" >"$log.pid"
    wait_for 10 grep -q '^listening on ' "$log" || { cat "$log"; echo "the server does not listen"; return 1; }
    port=$(sed -n 's/^listening on //p' "$log")
}

stop() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -f "$log.pid"
}

# wait_for SECONDS COMMAND...: whether the command comes to succeed in that time.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -le "$end" ] || return 1
        sleep 0.02
    done
}

has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# The PEM of a CRL whose signature is nobody's.
forge() {
    echo '-----BEGIN X509 CRL-----'
    openssl crl -outform DER | head -c -1 | { cat; printf '\0'; } | base64
    echo '-----END X509 CRL-----'
}

empty_list() {
    : >"$scratch/index.txt"
    printf '[ca]\ndefault_ca=it\n[it]\ndatabase=%s\ndefault_md=sha256\ndefault_crl_days=30\n' "$scratch/index.txt"
}

# Sourced by .ci/clients: each client as a function that makes one GET of https://localhost:$port/ with the certificate of a
# test client ("none" for no certificate). It prints
#     tls VERSION CIPHER GROUP     what the client says of the connection, "-" for what it does not say
#     answer STATUS BODY
# or "error" and the client's own words.
# shellcheck shell=bash

readonly chromium_policy=/etc/chromium/policies/managed/portcullis-clients.json
readonly password=blog

# programs_for CLIENT: what has to be installed for it.
programs_for() {
    case $1 in
    curl_*) echo curl ;;
    openssl_*) echo openssl ;;
    python) echo python3 ;;
    firefox*) echo firefox-esr python3 certutil pk12util ;;
    chromium) echo chromium python3 certutil pk12util ;;
    *) echo "$1" ;;
    esac
}

# words_for CLIENT: what the client says (an extended regular expression) when the server resets the connection. In TLS 1.3
# a client is through with the handshake before the server is, and may hear of the reset when it reads, when it writes, or,
# since it is told once only, as a broken pipe or the end of the stream after that.
words_for() {
    case $1 in
    curl_tls12) echo 'error 35 .*Connection reset by peer.*' ;;
    # Receiving, sending, sending within HTTP/2.
    curl_tls13) echo 'error (56|55|16) .*(Connection reset by peer|Broken pipe).*' ;;
    openssl*) echo 'error (read|write):errno=(104|32)' ;;
    # Python up to 3.12 takes a reset within TLS for the end of the stream.
    python) echo 'error ((RemoteDisconnected )?ConnectionResetError|BrokenPipeError|SSLEOFError) .*' ;;
    node) echo 'error (ECONNRESET|EPIPE) .*' ;;
    # An HTTP/2 connection that is reset right after the handshake ends the navigation without an error page.
    firefox) echo 'error (NS_ERROR_ABORT|PR_CONNECT_RESET_ERROR)' ;;
    firefox_http1) echo 'error PR_CONNECT_RESET_ERROR' ;;
    chromium) echo 'error net::ERR_(CONNECTION_RESET|CONNECTION_CLOSED|SOCKET_NOT_CONNECTED)' ;;
    esac
}

client_curl_tls12() { with_curl 1.2 "$1"; }
client_curl_tls13() { with_curl 1.3 "$1"; }
client_openssl_tls12() { with_openssl -tls1_2 "$1"; }
client_openssl_tls13() { with_openssl -tls1_3 "$1"; }
client_python() { with_script python3 tests/clients/https.py "$1"; }
client_node() { with_script node tests/clients/https.js "$1"; }

client_firefox() { with_firefox "$1"; }
client_firefox_http1() { with_firefox "$1" network.http.http2.enabled=false; }

client_chromium() {
    local home
    home=$(mktemp -d "$scratch/chromium.XXXXXX")
    mkdir -p "$home/.pki/nssdb"
    nss_database "$home/.pki/nssdb" "$1"
    python3 tests/clients/chromium.py "https://localhost:$port/" "$home"
}

# Chromium asks which certificate to send unless a policy says so, and reads policies from one place only.
prepare_chromium() {
    mkdir -p "$(dirname "$chromium_policy")" || return
    touch "$scratch/policy"
    echo '{"AutoSelectCertificateForUrls": ["{\"pattern\":\"https://localhost\",\"filter\":{}}"]}' >"$chromium_policy"
}

# with_firefox CASE [PREFERENCE=VALUE]
with_firefox() {
    local profile
    profile=$(mktemp -d "$scratch/firefox.XXXXXX")
    nss_database "$profile" "$1"
    python3 tests/clients/firefox.py "https://localhost:$port/" "$profile" "${@:2}"
}

# with_curl VERSION CASE
with_curl() {
    local arguments=() status=0
    [ "$2" = none ] || arguments=(--cert "$pki/chain-$2.pem" --key "$scratch/$2.key")
    curl --silent --show-error --verbose --user-agent test --max-time 10 --tlsv"$1" --tls-max "$1" \
        --cacert "$scratch/server-ca.pem" "${arguments[@]}" --write-out 'answer %{http_code} ' \
        --output "$scratch/body" "https://localhost:$port/" >"$scratch/answer" 2>"$scratch/words" || status=$?
    if [ "$status" -eq 0 ]; then
        sed -nE 's|^\* SSL connection using (TLSv[0-9.]+) / ([A-Z0-9_-]+)( / ([^ ]+))?.*|tls \1 \2 \4|p' "$scratch/words" | sed 's/ $/ -/'
        cat "$scratch/answer" "$scratch/body"
        echo
    else
        echo "error $status $(sed -n 's/^curl: //p' "$scratch/words")"
    fi
}

# with_openssl -VERSION CASE
with_openssl() {
    local arguments=()
    [ "$2" = none ] || arguments=(-cert "$pki/$2.crt" -cert_chain "$scratch/$2.cas" -key "$scratch/$2.key")
    s_client "$1" "${arguments[@]}"
}

# s_client ARGUMENTS...: openssl s_client, its output put into a client's words.
s_client() {
    printf 'GET / HTTP/1.1\r\nHost: localhost:%d\r\nUser-Agent: test\r\nConnection: close\r\n\r\n' "$port" |
        timeout 10 openssl s_client -connect "localhost:$port" -servername localhost -CAfile "$scratch/server-ca.pem" \
            -verify_return_error -ign_eof "$@" >"$scratch/words" 2>&1 || true
    awk '
        { sub(/\r$/, "") }
        /^(Server|Peer) Temp Key: / { group = $4 == "ECDH," ? $5 : $4; sub(/,$/, "", group) }
        /^New, TLSv.*, Cipher is / { version = $2; cipher = $5; sub(/,$/, "", version) }
        /^(read|write):errno=|:error:.*alert/ && !words { words = $0 }
        /^HTTP\/1\.1 / { status = $2; head = 1; next }
        head && $0 == "" { head = 0; body = 1; next }
        body { sub(/closed$/, ""); text = text $0; body = 0 }
        END {
            if (!status) { print "error", words; exit }
            print "tls", version, cipher, group ? group : "-"
            print "answer", status, text
        }
    ' "$scratch/words"
}

# with_script INTERPRETER SCRIPT CASE
with_script() {
    local certificate=()
    [ "$3" = none ] || certificate=("$pki/chain-$3.pem" "$scratch/$3.key")
    "$1" "$2" "https://localhost:$port/" "$scratch/server-ca.pem" "${certificate[@]}"
}

# nss_database FOLDER CASE: the server's CA, and the client's certificate with its key.
nss_database() {
    certutil -N -d "sql:$1" --empty-password
    certutil -A -d "sql:$1" -n "server CA" -t C,, -i "$scratch/server-ca.pem"
    [ "$2" = none ] || pk12util -i "$scratch/$2.p12" -d "sql:$1" -W "$password" >/dev/null
}

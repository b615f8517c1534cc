# Sourced by .ci/clients: a client and the five test cases. Each case has a server of its own, so that every line in the
# logs is the case's.
# shellcheck shell=bash

readonly cases=(C E H R none)

# matrix CLIENT
matrix() {
    local client=$1 program case bad=0
    for program in $(programs_for "$client"); do
        command -v "$program" >/dev/null || { echo "missing: $program"; return "$not_available"; }
    done
    if is_browser "$client" && ! openssl x509 -in "$pki/C.crt" -noout -checkend 0 >/dev/null; then
        echo "missing: test certificates that have not expired, browsers send no others"
        return "$not_available"
    fi
    if [ "$client" = chromium ] && ! prepare_chromium; then
        echo "missing: leave to write $chromium_policy"
        return "$not_available"
    fi
    # What the client says of the connection when it succeeds holds for its other connections too.
    said=(tls '*' '*' '*')
    for case in "${cases[@]}"; do
        matrix_case "$client" "$case" "$(status_of "$client" "$case")" || bad=1
    done
    if [ "$client" = chromium ]; then
        echo "with the names of the CAs in the request:"
        matrix_case "$client" E Success --advertise-ca-names || bad=1
    fi
    [ "$bad" -eq 0 ]
}

# status_of CLIENT CASE
status_of() {
    case $1/$2 in
    # On Linux, Chromium sends CA certificates along only if the server names the CAs that it takes.
    chromium/E) echo Failed:ClientCertUntrusted ;;
    */C | */E) echo Success ;;
    */H) echo Failed:ClientCertUntrusted ;;
    */R) echo Failed:ClientCertCrlHit ;;
    */none) echo Failed:UnmappedConnectionError ;;
    esac
}

# matrix_case CLIENT CASE STATUS [ARGUMENT]: with one more argument for the server.
matrix_case() {
    local client=$1 case=$2 status=$3 output answer bad=0
    serve "${@:4}" --trust-store "$pki/bundle.pem" --crl "$pki/B-xca.crl" --time "$as_of" --fixed-response "200:$greeting" || return 1
    output=$("client_$client" "$case") || true
    wait_for 5 has_lines "$connections" 1 || true
    [ "$status" != Success ] || wait_for 5 has_lines "$accesses" 1 || true
    stop

    answer=$(tail -1 <<<"$output")
    printf '%-6s %-32s %s\n' "$case" "$status" "$answer"
    if [ "$status" = Success ]; then
        [ "$case" != C ] || remember "$(grep '^tls ' <<<"$output")"
        expect "answer" "answer 200 $greeting" "$answer" || bad=1
    else
        grep -qxE "$(words_for "$client")" <<<"$answer" || expect "answer" "$(words_for "$client")" "$answer" || bad=1
    fi
    check_connections "$client" "$case" "$status" || bad=1
    check_accesses "$client" "$status" || bad=1
    [ "$bad" -eq 0 ]
}

# remember LINE: what a client said of its connection, in the words of the log.
remember() {
    read -ra said <<<"${1:-tls - - -}"
    case ${said[3]} in
    X25519 | x25519) said[3]=x25519 ;;
    P-256 | prime256v1) said[3]=secp256r1 ;;
    mlkem768x25519 | [Xx]25519[Mm][Ll][Kk][Ee][Mm]768) said[3]=X25519MLKEM768 ;;
    esac
    local index
    for index in 1 2 3; do
        [ "${said[index]}" != - ] || said[index]='*'
    done
    echo "       ${said[*]}"
}

# A browser may connect more often than it has to; all its lines have to be right.
is_browser() { [[ $1 = firefox* || $1 = chromium ]]; }

# kind_of CLIENT: these speak HTTP/2 where the server does.
kind_of() {
    case $1 in
    curl_* | firefox | chromium) echo h2 ;;
    *) echo https ;;
    esac
}

# check_connections CLIENT CASE STATUS
check_connections() {
    local certificate=none expected line count bad=0
    [ "$2" = none ] || certificate=$pki/$2.crt
    expected=$(expected_connection "$3" "${said[@]:1:3}" "$certificate")
    ! is_browser "$1" || without_extras "$1" "$2"
    while read -r line; do
        expect "connection log" "$expected" "$line" || bad=1
    done < <(mask_connection <"$connections" | mask_tls "${said[@]:1:3}" | sort -u)
    count=$(wc -l <"$connections")
    [ "$count" -eq 1 ] || { [ "$count" -gt 1 ] && is_browser "$1"; } || { echo "connection log: $count lines"; bad=1; }
    [ "$bad" -eq 0 ] || cat "$complaints"
    return "$bad"
}

# without_extras BROWSER CASE: browsers open more connections than they need. Some they give up, Chromium each that asks it
# for a certificate, to choose one; Firefox now and then opens two at once and has no certificate for the second. Where the
# server says so, their lines are taken out of the connection log.
without_extras() {
    local line port_of why='The client closed the connection\.'
    [[ $1 != firefox* || $2 = none ]] || why="($why|The client presented no certificate\..*)"
    while read -r line; do
        port_of=$(cut -d ' ' -f 3 <<<"$line")
        if grep -qE "^portcullis: 127\.0\.0\.1:$port_of: Failed:UnmappedConnectionError: $why$" "$complaints" &&
            [[ $line = *' - "-" - - Failed:UnmappedConnectionError TID_'* ]]; then
            continue
        fi
        echo "$line"
    done <"$connections" >"$connections.rest"
    mv "$connections.rest" "$connections"
}

# check_accesses CLIENT STATUS
check_accesses() {
    local lines trace expected bad=0
    lines=$(cat "$accesses")
    if [ "$2" != Success ]; then
        expect "access log" "" "$lines"
        return
    fi
    ! is_browser "$1" || lines=$(grep -v '"GET https://localhost:[0-9]*/favicon.ico HTTP/' <<<"$lines")
    # The trace id of the access line has to stand in the connection log.
    trace=$(awk 'NF > 3 { print $(NF - 3) }' <<<"$lines")
    grep -qF " $trace " "$connections" || { echo "access log: no connection has the trace id $trace"; bad=1; }
    expected=$(expected_access "$(kind_of "$1")" "${said[2]}" "${said[1]}" "$trace")
    expect "access log" "$expected" "$(mask_access <<<"$lines")" || bad=1
    return "$bad"
}

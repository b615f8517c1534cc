# Sourced by .ci/clients: what cannot be used is told in a line, and what a client does wrong harms no other client.
# shellcheck shell=bash

bad_input() {
    bad=0
    refuses_to_start
    outlives_clients
    tells_of_a_target_that_is_down
    [ "$bad" -eq 0 ]
}

refuses_to_start() {
    local good=(--trust-store "$pki/bundle.pem" --cert "$scratch/server.pem" --key "$scratch/server.key" --fixed-response "200:$greeting")
    : >"$scratch/empty"
    serve --trust-store "$pki/bundle.pem" --fixed-response "200:$greeting"
    refuses "port in use" "127\.0\.0\.1:$port.*in use" --listen "127.0.0.1:$port" "${good[@]}"
    stop
    refuses "key not there" "$scratch/none\.key.*No such file" --listen 127.0.0.1:0 "${good[@]}" --key "$scratch/none.key"
    refuses "no key in the file" "$scratch/server\.pem" --listen 127.0.0.1:0 "${good[@]}" --key "$scratch/server.pem"
    refuses "key of another" "key" --listen 127.0.0.1:0 "${good[@]}" --key "$scratch/H.key"
    refuses "empty certificate" "$scratch/empty" --listen 127.0.0.1:0 "${good[@]}" --cert "$scratch/empty"
    refuses "empty trust store" "$scratch/empty" --listen 127.0.0.1:0 "${good[@]}" --trust-store "$scratch/empty"
    refuses "CRL is none" "$scratch/empty" --listen 127.0.0.1:0 "${good[@]}" --crl "$scratch/empty"
    refuses "log not to be written" "$scratch/none/log" --listen 127.0.0.1:0 "${good[@]}" --connection-log "$scratch/none/log"
}

# refuses WHAT PATTERN ARGUMENTS...: one line on standard error, exit code 2. An option given twice is the last one's.
refuses() {
    local what=$1 pattern=$2 status=0 words arguments
    mapfile -t arguments < <(last_of_each "${@:3}")
    words=$(timeout 5 "$portcullis" serve "${arguments[@]}" 2>&1 </dev/null) || status=$?
    printf '%-24s exit %s: %s\n' "$what" "$status" "$words"
    expect "exit code" 2 "$status" || bad=1
    grep -qxE "portcullis: .*$pattern.*" <<<"$words" || expect "standard error" "$pattern" "$words" || bad=1
    expect "lines on standard error" 1 "$(wc -l <<<"$words")" || bad=1
}

last_of_each() {
    local -A value=()
    while [ "$#" -gt 0 ]; do
        value[$1]=$2
        shift 2
    done
    local option
    for option in "${!value[@]}"; do
        printf '%s\n' "$option" "${value[$option]}"
    done
}

outlives_clients() {
    local answer version half silent line
    serve --trust-store "$pki/bundle.pem" --time "$as_of" --fixed-response "200:$greeting" --handshake-timeout 2

    # Half a handshake, and nothing at all, until the server has had enough.
    exec {half}<>"/dev/tcp/127.0.0.1/$port" {silent}<>"/dev/tcp/127.0.0.1/$port"
    printf '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' >&"$half"
    still_serves "beside silent clients"

    answer=$(curl --silent --show-error --max-time 10 "http://127.0.0.1:$port/" 2>&1) || true
    printf '%-24s %s\n' "HTTP without TLS" "$answer"
    grep -qE '^curl: \((1|52|56)\)|400' <<<"$answer" || expect "HTTP without TLS" "an error" "$answer" || bad=1
    still_serves "after HTTP without TLS"

    head -c 4096 /dev/urandom 2>/dev/null >"/dev/tcp/127.0.0.1/$port" || true
    still_serves "after noise"

    { printf 'X-Large: '; head -c 1000000 /dev/zero | tr '\0' x; } >"$scratch/large_header"
    for version in --http1.1 --http2; do
        answer=$(request "$version" --header @"$scratch/large_header" --output /dev/null --write-out '%{http_code}')
        printf '%-24s %s\n' "1 MB of header, ${version#--}" "$answer"
        # In HTTP/2 so many frames of header end the connection.
        [[ $answer = 431 || $answer = 400 || $version = --http2 && $answer = *"curl: (56)"* ]] ||
            expect "a header of 1 MB" "431 or 400" "$answer" || bad=1
        still_serves "after it"
    done

    for half in "$half" "$silent"; do
        timeout 5 cat <&"$half" >/dev/null 2>&1 || [ $? -ne 124 ] || expect "silent client" "it is ended" "it is not" || bad=1
    done
    still_serves "after silent clients"
    stop
    expect "handshakes that took too long" 2 "$(grep -c ' Failed:UnmappedConnectionError: .*took too long' "$complaints")" || bad=1
    # HTTP, noise and the two that were silent: nothing was agreed on.
    line='TIME 127.0.0.1 PORT '$port' - - - "-" - - Failed:UnmappedConnectionError TID - '$balancer' 127.0.0.1'
    expect "connection log" "      4 $line" "$(mask_connection <"$connections" | grep -v ' Success TID ' | sort | uniq -c)" || bad=1
    ! grep -i panic "$complaints" || bad=1
}

# request ARGUMENTS...: curl as test client C.
request() {
    curl --silent --show-error --user-agent test --max-time 10 --cacert "$scratch/server-ca.pem" --cert "$pki/chain-C.pem" \
        --key "$scratch/C.key" "$@" "https://localhost:$port/" 2>&1 || true
}

still_serves() {
    local answer
    answer=$(request)
    printf '%-24s %s\n' "$1" "$answer"
    expect "$1" "$greeting" "$answer" || bad=1
}

tells_of_a_target_that_is_down() {
    local free answer line
    # A port that nothing listens on: one the system gave out and took back.
    free=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
    serve --trust-store "$pki/bundle.pem" --time "$as_of" --target "http://127.0.0.1:$free"
    answer=$(request --output /dev/null --write-out '%{http_code}')
    printf '%-24s %s\n' "target down" "$answer"
    expect "target down" 502 "$answer" || bad=1
    wait_for 5 has_lines "$accesses" 1 || true
    stop
    line=$(awk '{ print $5, $7, $8, $9, $10 }' "$accesses")
    expect "access log, target, times and statuses" "127.0.0.1:$free -1 -1 502 -" "$line" || bad=1
}

# What a listener does that does not verify, and one that says why it refuses.
modes() {
    bad=0
    local mode case certificate answer
    for mode in off passthrough; do
        for case in C H none; do
            serve --mode "$mode" --trust-store "$pki/bundle.pem" --fixed-response "200:$greeting"
            answer=$(client_openssl_tls13 "$case" | tail -1)
            wait_for 5 has_lines "$connections" 1 || true
            stop
            printf '%-12s %-5s %s\n' "$mode" "$case" "$answer"
            expect "answer" "answer 200 $greeting" "$answer" || bad=1
            certificate=none
            [[ $mode = off || $case = none ]] || certificate=$pki/$case.crt
            expect "connection log" "$(expected_connection Success TLSv1.3 '*' '*' "$certificate")" \
                "$(mask_connection <"$connections" | mask_tls . '*' '*')" || bad=1
        done
    done
    serve --on-failure alert --trust-store "$pki/bundle.pem" --time "$as_of" --fixed-response "200:$greeting"
    answer=$(client_openssl_tls13 H | tail -1)
    stop
    printf '%-12s %-5s %s\n' "alert" H "$answer"
    grep -qE '^error .*alert unknown ca' <<<"$answer" || expect "answer" "alert unknown ca" "$answer" || bad=1
    [ "$bad" -eq 0 ]
}

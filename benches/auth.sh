#!/usr/bin/env bash
# What an answer of `portcullis serve --auth` costs, and beside it what nginx takes to verify a client itself.
# Prints Markdown. Needs wrk, nginx, openssl and python3. benches/auth.sh [SECONDS [ROUNDS]]
set -euo pipefail

# shellcheck source=.ci/steps
source "$(dirname "${BASH_SOURCE[0]}")/../.ci/steps"
# shellcheck source=tests/proxies/processes.sh
source "tests/proxies/processes.sh"
# shellcheck source=tests/proxies/proxies.sh
source "tests/proxies/proxies.sh"
# shellcheck source=tests/clients/certificates.sh
source "tests/clients/certificates.sh"

readonly seconds=${1:-5} rounds=${2:-5}
readonly pki=$root/tests/data/pki
readonly password=blog
readonly as_of=2026-12-01T00:00:00Z
readonly connections=32

main() {
    local program
    for program in wrk nginx openssl python3; do
        command -v "$program" >/dev/null || { echo "missing: $program"; exit 1; }
    done
    cargo build --locked --quiet --release -p portcullis-cli
    portcullis=${PORTCULLIS:-$CARGO_TARGET_DIR/release/portcullis}
    scratch=$(mktemp -d)
    chmod 711 "$scratch"
    trap 'end_all; rm -rf "$scratch"' EXIT
    run=$(mktemp -d "$scratch/bench.XXXXXX")
    chmod 711 "$run"
    server_certificate
    test_clients
    { read -r port; read -r plain_port; } < <(free_ports 2)
    endpoint
    handshakes
}

# --- the endpoint

endpoint() {
    printf '| form | client | log | requests/s | endpoint CPU for each, us | p50, ms | p99, ms |\n|---|---|---|--:|--:|--:|--:|\n'
    measure escaped-pem X-Client-Cert nginx C none
    measure rfc9440 Client-Cert haproxy C none
    measure xfcc X-Forwarded-Client-Cert envoy C none
    measure rfc9440 Client-Cert haproxy H none
    measure rfc9440 Client-Cert haproxy C file
}

# measure FORM HEADER PROXY CLIENT LOG
measure() {
    local line round log=()
    [ "$5" = none ] || log=(--connection-log "$run/connections")
    line=$(header_of "$3" "$pki/$4.crt")
    begin_endpoint "$pki/bundle.pem" --auth "127.0.0.1:$port" --auth-header "$2" --auth-form "$1" --workers 2 --quiet "${log[@]}"
    pid=$(cat "$scratch/$(basename "$run").endpoint.pid")
    wrk -t1 -c"$connections" -d1s -H "$line" "http://127.0.0.1:$port/" >/dev/null
    for ((round = 0; round < rounds; round++)); do
        before=$(cpu "$pid")
        wrk -t1 -c"$connections" -d"${seconds}s" --latency -H "$line" "http://127.0.0.1:$port/" >"$run/wrk"
        after=$(cpu "$pid")
        awk -v ticks="$((after - before))" -v hertz="$(getconf CLK_TCK)" '
            function ms(text) { return text ~ /us$/ ? text / 1000 : text ~ /ms$/ ? text + 0 : text * 1000 }
            $1 == "50%" { p50 = ms($2) }
            $1 == "99%" { p99 = ms($2) }
            $2 == "requests" && $3 == "in" { count = $1 }
            $1 == "Requests/sec:" { rate = $2 }
            END { printf "%d %.1f %.2f %.2f\n", rate, ticks * 1e6 / hertz / count, p50, p99 }' "$run/wrk"
    done >"$run/rounds"
    end endpoint
    rm -f "$run/connections"
    printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$1" "$4" "$5" "$(spread 1)" "$(spread 2)" "$(spread 3)" "$(spread 4)"
}

# --- nginx by itself

handshakes() {
    cp "$scratch/server.pem" "$scratch/server.key" "$run"
    cat >"$run/nginx.conf" <<CONF
worker_processes 1;
pid $run/nginx.pid;
events { worker_connections 1024; }
http {
    access_log off;
    ssl_certificate $run/server.pem;
    ssl_certificate_key $run/server.key;
    ssl_session_cache off;
    ssl_session_tickets off;
    server { listen $plain_port ssl; location / { return 200; } }
    server {
        listen $port ssl;
        ssl_verify_client on;
        ssl_client_certificate $pki/bundle.pem;
        location / { return 200; }
    }
}
CONF
    begin nginx nginx -e "$run/nginx-error.log" -c "$run/nginx.conf" -g 'daemon off;'
    wait_for 20 answers "$port"
    pid=$(pgrep -P "$(cat "$scratch/$(basename "$run").nginx.pid")")
    printf '\n| nginx, a full handshake and a request | connections/s, one after the other | nginx CPU for each, us |\n|---|--:|--:|\n'
    shake 'no certificate asked for' "$plain_port"
    shake '`ssl_verify_client on`' "$port" -cert "$pki/C.crt" -key "$scratch/C.key"
    end nginx
}

# shake WHAT PORT ARGUMENTS...
shake() {
    local round count before after
    for ((round = 0; round < rounds; round++)); do
        before=$(cpu "$pid")
        openssl s_time -connect "localhost:$2" -new -www / -time "$seconds" "${@:3}" >"$run/s_time" 2>&1 || true
        after=$(cpu "$pid")
        count=$(sed -nE 's/^([0-9]+) connections in [0-9]+ real seconds.*/\1/p' "$run/s_time")
        awk -v count="$count" -v seconds="$seconds" -v ticks="$((after - before))" -v hertz="$(getconf CLK_TCK)" \
            'BEGIN { printf "%d %.0f\n", count / seconds, ticks * 1e6 / hertz / count }'
    done >"$run/rounds"
    printf '| %s | %s | %s |\n' "$1" "$(spread 1)" "$(spread 2)"
}

# --- numbers

# cpu PROCESS: clock ticks that it has used.
cpu() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }

# spread COLUMN: the median of the rounds, and the least and the most.
spread() {
    cut -d ' ' -f "$1" "$run/rounds" | sort -n | awk '{ all[NR] = $1 } END { printf "%s (%s to %s)", all[int((NR + 1) / 2)], all[1], all[NR] }'
}

main "$@"

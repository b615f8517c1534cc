# Sourced by .ci/clients: the server under test.
# shellcheck shell=bash

# What answers to every request that gets through.
readonly greeting='it is all right'
readonly balancer=app/clients/0123456789abcdef

# Another program than the one just built, to try the script itself.
portcullis=${PORTCULLIS:-$CARGO_TARGET_DIR/debug/portcullis}

# serve ARGUMENTS...: starts the server; then $port, $connections, $accesses and $complaints are this run's.
serve() {
    local run
    run=$(mktemp -d "$scratch/run.XXXXXX")
    connections=$run/connections accesses=$run/accesses complaints=$run/complaints
    : >"$connections"
    : >"$accesses"
    : >"$complaints"
    "$portcullis" serve --listen 127.0.0.1:0 --cert "$scratch/server.pem" --key "$scratch/server.key" --elb "$balancer" \
        --connection-log "$connections" --access-log "$accesses" "$@" 2>"$complaints" </dev/null &
    server=$!
    echo "$server" >"$run.pid"
    if ! wait_for 10 has_started || ! grep -q "$listening" "$complaints"; then
        cat "$complaints"
        echo "the server does not listen"
        stop
        return 1
    fi
    port=$(sed -n 's/^portcullis: listening on https:.*:\([0-9]*\)$/\1/p' "$complaints")
}

readonly listening='^portcullis: listening on '

# Whether the server listens, or never will.
has_started() { grep -q "$listening" "$complaints" || ! kill -0 "$server" 2>/dev/null; }

# Ends the server, so that all it logs is written.
stop() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -f "$(dirname "$connections").pid"
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

# has_lines FILE COUNT
has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }

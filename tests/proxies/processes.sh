# Sourced by .ci/proxies: the processes of a case, each with a file of its process id.
# shellcheck shell=bash

# Another program than the one just built, to try the script itself.
portcullis=${PORTCULLIS:-$CARGO_TARGET_DIR/debug/portcullis}

# begin NAME COMMAND...: starts it in the background; what it says is in $run/NAME.log.
begin() {
    local name=$1
    shift
    "$@" >"$run/$name.log" 2>&1 </dev/null &
    echo "$!" >"$scratch/$(basename "$run").$name.pid"
}

# end NAME
end() {
    local file process
    file=$scratch/$(basename "$run").$1.pid
    process=$(cat "$file")
    rm -f "$file"
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
}

end_all() {
    local file
    for file in "$scratch"/*.pid; do
        [ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
        rm -f "$file"
    done
}

# wait_for SECONDS COMMAND...: whether the command comes to succeed in that time.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -le "$end" ] || return 1
        sleep 0.05
    done
}

# answers PORT: whether somebody listens there.
answers() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_ports COUNT: so many, one a line. Nobody else is told of them.
free_ports() {
    python3 -c '
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
for it in sockets:
    print(it.getsockname()[1])' "$1"
}

# begin_endpoint BUNDLE ARGUMENTS...: portcullis, with the revocation list.
begin_endpoint() {
    begin endpoint "$portcullis" serve --trust-store "$1" --crl "$pki/B-xca.crl" --time "$as_of" "${@:2}"
    wait_for 20 grep -q 'answering proxies on ' "$run/endpoint.log" || { cat "$run/endpoint.log"; return 1; }
}

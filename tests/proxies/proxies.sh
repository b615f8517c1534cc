# Sourced by .ci/proxies: how each proxy is started with its example, only names of files and ports exchanged, what it is
# asked by, and what it says where nobody may pass.
# shellcheck shell=bash

# is_here PROXY
is_here() {
    case $1 in
    envoy) [ -n "${envoy:-}" ] || envoy=$(envoy_program) ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# begin_proxy PROXY [CHANGE]: listens on $port, asks at the socket, forwards to $backend_port. CHANGE is for sed.
begin_proxy() {
    local file
    for file in "$root/examples/proxies/$1".*; do
        sed -E -e "s|/etc/portcullis/|$run/|g" -e "s|/run/portcullis/|$run/|g" -e "s|/run/nginx.pid|$run/nginx.pid|" \
            -e "s/\b8443\b/$port/g" -e "s/\b8080\b/$backend_port/g" \
            -e 's/^http \{$/http { access_log off;/' -e "${2-}" "$file" >"$run/$(basename "$file")"
    done
    case $1 in
    nginx) begin proxy nginx -e "$run/nginx-error.log" -c "$run/nginx.conf" -g 'daemon off;' ;;
    haproxy) begin proxy haproxy -db -f "$run/haproxy.cfg" ;;
    envoy) begin proxy "$envoy" -c "$run/envoy.yaml" --concurrency 1 --log-level warn --use-dynamic-base-id ;;
    esac
    wait_for 20 answers "$port" || { cat "$run/proxy.log" "$run"/nginx-error.log 2>/dev/null; return 1; }
}

# endpoint_of PROXY: portcullis' arguments, as the example says; the proxy may be another user.
endpoint_of() {
    echo "--auth unix:$run/auth.sock --auth-socket-mode 666"
    case $1 in
    nginx) echo "--auth-header X-Client-Cert --auth-form escaped-pem" ;;
    haproxy) echo "--auth-header Client-Cert" ;;
    envoy) echo "--auth-header X-Forwarded-Client-Cert" ;;
    esac
}

# header_of PROXY CERTIFICATE: the line that the proxy writes of a client.
header_of() {
    python3 - "$1" "$2" <<'PYTHON'
import base64, hashlib, ssl, sys, urllib.parse
proxy, file = sys.argv[1:]
text = open(file).read()
pem = text[text.index("-----BEGIN"):]
der = ssl.PEM_cert_to_DER_cert(pem)
escaped = urllib.parse.quote(pem, safe="")
if proxy == "nginx":
    print("X-Client-Cert: " + escaped)
elif proxy == "haproxy":
    print("Client-Cert: :" + base64.b64encode(der).decode() + ":")
else:
    print(f'X-Forwarded-Client-Cert: Hash={hashlib.sha256(der).hexdigest()};Cert="{escaped}"')
PYTHON
}

# without_endpoint PROXY: the code that says that portcullis can't be asked.
without_endpoint() {
    case $1 in
    nginx) echo 500 ;;
    *) echo 403 ;;
    esac
}

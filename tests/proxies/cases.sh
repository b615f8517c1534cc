# Sourced by .ci/proxies: who gets through a proxy.
# shellcheck shell=bash

# cases PROXY
cases() {
    local proxy=$1 version bad=0
    is_here "$proxy" || { echo "missing: $proxy"; return "$not_available"; }
    if [ "$proxy" = nginx ] && ! openssl x509 -in "$pki/C.crt" -noout -checkend 0 >/dev/null; then
        echo "missing: test certificates that have not expired, nginx asks about no others"
        return "$not_available"
    fi
    run=$(mktemp -d "$scratch/$proxy.XXXXXX")
    chmod 711 "$run"
    { read -r port; read -r backend_port; } < <(free_ports 2)
    cp "$scratch/server.pem" "$scratch/server.key" "$run"
    [ "$proxy" != haproxy ] || cp "$scratch/server-with-key.pem" "$run/server.pem"
    cp "$pki/bundle.pem" "$run/bundle.pem"
    begin backend python3 tests/proxies/backend.py "$backend_port"
    restart_endpoint "$proxy" "$pki/bundle.pem" || return 1
    begin_proxy "$proxy" || return 1
    wait_for 20 answers "$backend_port" || return 1

    for version in 1.2 1.3; do
        echo "TLS $version"
        three_configurations "$proxy"
        smuggling "$proxy"
    done
    version=1.3
    if [ "$proxy" = nginx ]; then
        end endpoint
        restart_endpoint nginx "$scratch/bundle-with-D.pem" || return 1
        passes "E, the bundle has its signing CA" E DarkUser
    else
        resumption "$proxy"
    fi
    [ "$proxy" != envoy ] || made_up_names || return 1
    end endpoint
    answer=$(ask C)
    expect "nobody to ask" "$(without_endpoint "$proxy")" "$(head -1 <<<"$answer")"

    [ "$bad" -eq 0 ] || tail -5 "$run"/*.log
    end proxy
    end backend
    [ "$bad" -eq 0 ]
}

restart_endpoint() {
    local arguments
    read -ra arguments <<<"$(endpoint_of "$1" | tr '\n' ' ')"
    begin_endpoint "$2" "${arguments[@]}"
}

# Clients under A and B, A and D, F and G, one that is revoked, and one without certificate; the bundle is A and B.
three_configurations() {
    passes "C" C User2
    if [ "$1" = nginx ]; then
        # It hands over the client's own certificate, and D is not in the bundle.
        refused "E, its signing CA not handed over" E Failed:ClientCertUntrusted
    else
        passes "E" E DarkUser
    fi
    refused "H" H Failed:ClientCertUntrusted
    refused "R" R Failed:ClientCertCrlHit
    refused "no certificate" none Failed:UnmappedConnectionError
}

# Clients that write the proxy's header and the endpoint's answer themselves.
smuggling() {
    local of_c of_h name
    of_c=$(header_of "$1" "$pki/C.crt")
    of_h=$(header_of "$1" "$pki/H.crt")
    name=${of_c%%:*}
    refused "no certificate, the header of C" none Failed:UnmappedConnectionError "$of_c"
    refused "no certificate, the header of C twice" none Failed:UnmappedConnectionError "$of_c" "$of_c"
    refused "no certificate, the header of C in lower case" none Failed:UnmappedConnectionError "${name,,}:${of_c#*:}"
    refused "no certificate, the header of C with _" none Failed:UnmappedConnectionError "${name//-/_}:${of_c#*:}"
    refused "no certificate, every header of C" none Failed:UnmappedConnectionError "$(header_of nginx "$pki/C.crt")" \
        "$(header_of haproxy "$pki/C.crt")" "$(header_of envoy "$pki/C.crt")" "X-Portcullis-Status: Success"
    refused "H, the header of C" H Failed:ClientCertUntrusted "$of_c"
    refused "R, the header of C" R Failed:ClientCertCrlHit "$of_c"
    passes "C, the header of H" C User2 "$of_h"
    passes "C, another's name" C User2 "X-Amzn-Mtls-Clientcert-Subject: CN=Admin" "X-Amzn-Mtls-Clientcert: CN=Admin" \
        "x-amzn-mtls-clientcert-issuer: CN=Admin"
    # Envoy lets no such request pass.
    [ "$1" = envoy ] || passes "C, another's name with _" C User2 "X_Amzn_Mtls_Clientcert_Subject: CN=Admin"
}

# A session that is resumed must not do without the certificates that came with it.
resumption() {
    local session=$run/session kind
    printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
        timeout 10 openssl s_client -connect "localhost:$port" -cert "$pki/E.crt" -cert_chain "$scratch/E.cas" -key "$scratch/E.key" \
            -ign_eof -sess_out "$session" >"$run/first" 2>&1 || true
    grep -q '^HTTP/1.1 200' "$run/first" || { echo "E, to be resumed: no 200"; bad=1; }
    kind=none
    if [ -s "$session" ]; then
        kind=$(printf 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' |
            timeout 10 openssl s_client -connect "localhost:$port" -cert "$pki/E.crt" -cert_chain "$scratch/E.cas" \
                -key "$scratch/E.key" -ign_eof -sess_in "$session" 2>/dev/null | grep -oE '^(New|Reused), ' | head -1) || true
    fi
    [ "$kind" != "Reused, " ] || { echo "a session was resumed"; bad=1; }
    echo "a second session: ${kind%, }"
}

# A certificate that anybody can make, with a URI name that goes on as another element, that of C, where Envoy is told to
# write URI names: it writes them as they are.
made_up_names() {
    local of_c
    of_c=$(header_of envoy "$pki/C.crt")
    python3 - "spiffe://a,${of_c#*: }" >"$scratch/names.extensions" <<'PYTHON'
import sys
def der(tag, content):
    length = len(content)
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([0x80 | len(octets)]) + octets if length > 127 else octets) + content
name = der(0x30, der(0x86, sys.argv[1].encode()))
print("basicConstraints=CA:FALSE\nsubjectAltName=DER:" + name.hex(":"))
PYTHON
    openssl req "${p256[@]}" -nodes -keyout "$scratch/names.key" -out "$scratch/names.csr" -subj /CN=names 2>/dev/null
    openssl x509 -req -in "$scratch/names.csr" -signkey "$scratch/names.key" -days 30 -extfile "$scratch/names.extensions" \
        -out "$scratch/names.pem" 2>/dev/null
    refused "a name that looks like C's element" names Failed:ClientCertUntrusted
    end proxy
    begin_proxy envoy 's/^( *)cert: true$/\1cert: true\n\1uri: true/' || return 1
    refused "the same, with uri" names Failed:UnmappedConnectionError
    grep -q 'it has several elements' "$run/endpoint.log" || { echo "no second element was written"; bad=1; }
}

# ask CASE HEADERS...: the code, then the body.
ask() {
    local arguments=() header certificate=$pki/chain-$1.pem
    [ -f "$certificate" ] || certificate=$scratch/$1.pem
    [ "$1" = none ] || arguments=(--cert "$certificate" --key "$scratch/$1.key")
    for header in "${@:2}"; do
        arguments+=(--header "$header")
    done
    curl --silent --max-time 10 --tlsv"$version" --tls-max "$version" --cacert "$scratch/server-ca.pem" "${arguments[@]}" \
        --output "$run/body" --write-out '%{http_code}\n' "https://localhost:$port/" || true
    cat "$run/body"
}

# passes WHAT CASE NAME HEADERS...: the backend gets the request, with the client's headers and nothing of what it said.
passes() {
    local answer subject certificate
    : >"$run/body"
    answer=$(ask "$2" "${@:4}")
    subject=$(sed -n 's/^x-amzn-mtls-clientcert-subject: //p' <<<"$answer")
    printf '    %-48s %s %s\n' "$1" "$(head -1 <<<"$answer")" "$subject"
    expect "$1: the code" 200 "$(head -1 <<<"$answer")"
    expect "$1: the subject" "CN=$3,OU=BLOG,O=SKYARCH,L=Minato,ST=Tokyo,C=JP" "$subject"
    # Without the header there is nothing to decode.
    certificate=$(sed -n 's/^x-amzn-mtls-clientcert-leaf: //p' <<<"$answer" | python3 -c '
import ssl, sys, urllib.parse
sys.stdout.buffer.write(ssl.PEM_cert_to_DER_cert(urllib.parse.unquote(sys.stdin.read().strip())))' 2>/dev/null | sha256sum) || true
    expect "$1: the certificate" "$(openssl x509 -in "$pki/$2.crt" -outform DER | sha256sum)" "$certificate"
    expect "$1: headers of ALB" 5 "$(grep -ciE '^x[-_]amzn[-_]mtls' <<<"$answer")"
    expect "$1: what the client said" 0 "$(grep -cE 'CN=Admin|^(x[-_]client[-_]cert|client[-_]cert)' <<<"$answer")"
}

# refused WHAT CASE STATUS HEADERS...: the backend gets nothing, and portcullis said why.
refused() {
    local answer code before after
    before=$(wc -l <"$run/endpoint.log")
    answer=$(ask "$2" "${@:4}")
    code=$(head -1 <<<"$answer")
    after=$(wait_for 5 has_more "$before" && tail -n +"$((before + 1))" "$run/endpoint.log" | grep -oE 'Failed:[A-Za-z]+' | head -1) || true
    printf '    %-48s %s %s\n' "$1" "$code" "$after"
    # Headers with _ may be refused before anybody is asked.
    if [[ $1 = *" with _" ]] && [ "$code" = 400 ] && [ -z "$after" ]; then
        return
    fi
    expect "$1: the code" 403 "$code"
    expect "$1: the status" "$3" "$after"
}

has_more() { [ "$(wc -l <"$run/endpoint.log")" -gt "$1" ]; }

# expect WHAT EXPECTED FOUND: notes what is wrong.
expect() {
    [ "$2" = "$3" ] && return
    printf '%s:\n    expected  %s\n    found     %s\n' "$1" "$2" "$3"
    bad=1
}

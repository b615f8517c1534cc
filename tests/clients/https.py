#!/usr/bin/env python3
"""https.py URL CA [CHAIN KEY]: what Python's http.client says of one GET."""

import http.client
import ssl
import sys
import urllib.parse

url, ca, *certificate = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
if certificate:
    context.load_cert_chain(*certificate)
parts = urllib.parse.urlsplit(url)
connection = http.client.HTTPSConnection(parts.hostname, parts.port, context=context, timeout=10)
try:
    connection.connect()
    # How the handshake went is known only once there is an answer: in TLS 1.3 the client is through before the server is.
    tls = f"tls {connection.sock.version()} {connection.sock.cipher()[0]} -"
    connection.request("GET", parts.path, headers={"User-Agent": "test", "Connection": "close"})
    response = connection.getresponse()
    text = response.read().decode()
    print(tls)
    print(f"answer {response.status} {text}")
except OSError as error:
    # RemoteDisconnected is a ConnectionResetError too: http.client says it where a reset comes instead of an answer.
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind in (ConnectionResetError, type(error))]
    print("error", *kinds, error)

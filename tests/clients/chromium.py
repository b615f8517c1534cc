#!/usr/bin/env python3
"""chromium.py URL HOME: what headless Chromium says of a page.

HOME holds the NSS database with the client's certificate (.pki/nssdb), and gets the profile. Chromium is driven by its
DevTools protocol over a pipe: messages in JSON, each with a zero byte behind it, read from descriptor 3 and written to 4.
"""

import json
import os
import subprocess
import sys

FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-extensions --remote-debugging-pipe"
).split()


class DevTools:
    def __init__(self, home):
        ours_in, self.commands = os.pipe()
        self.events, ours_out = os.pipe()

        def descriptors():
            # By way of higher numbers, since the pipes may be 3 or 4 themselves.
            os.dup2(ours_in, 103)
            os.dup2(ours_out, 104)
            os.dup2(103, 3)
            os.dup2(104, 4)

        with open(os.path.join(home, "log"), "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["chromium", *FLAGS, f"--user-data-dir={home}/profile", "about:blank"],
                env={**os.environ, "HOME": home},
                preexec_fn=descriptors,
                close_fds=False,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        os.close(ours_in)
        os.close(ours_out)
        self.buffer = b""
        self.number = 0
        self.responses = []

    def send(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.events, 1 << 16)
            if not part:
                raise EOFError("Chromium went away")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if message.get("method") == "Network.responseReceived":
            self.responses.append(message["params"])
        return message

    def wait(self, method):
        while self.receive().get("method") != method:
            pass


def main():
    url, home = sys.argv[1:]
    browser = DevTools(home)
    try:
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.send("Network.enable", session)
        browser.send("Page.enable", session)
        navigation = browser.send("Page.navigate", session, url=url)
        if "errorText" in navigation:
            print("error", navigation["errorText"])
            return
        browser.wait("Page.loadEventFired")
        text = browser.send("Runtime.evaluate", session, expression="document.body.innerText")["result"]["value"]
        response = next(event["response"] for event in browser.responses if event["loaderId"] == navigation["loaderId"])
        print("tls", *tls(response["securityDetails"]))
        print("answer", response["status"], text)
    finally:
        # Not "Browser.close", which leaves open connections to a helper process for a while.
        browser.process.terminate()
        browser.process.wait()


def tls(details):
    version = details["protocol"].replace("TLS ", "TLSv")
    cipher = details["cipher"]
    if version == "TLSv1.3":
        hashes = {"AES_128_GCM": "SHA256", "AES_256_GCM": "SHA384", "CHACHA20_POLY1305": "SHA256"}
        cipher = f"TLS_{cipher}_{hashes[cipher]}"
    return version, cipher, details.get("keyExchangeGroup") or "-"


if __name__ == "__main__":
    main()

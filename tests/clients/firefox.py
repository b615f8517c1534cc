#!/usr/bin/env python3
"""firefox.py URL PROFILE: what headless Firefox says of a page.

PROFILE holds the NSS database with the client's certificate. Firefox is driven by Marionette: messages in JSON over TCP,
each with its length and a colon before it.
"""

import json
import os
import socket
import subprocess
import sys
import time

# Without access to the system, scripts can't ask how the connection is secured.
COMMAND = "firefox-esr --headless --marionette --remote-allow-system-access --no-remote".split()

PREFERENCES = {
    "marionette.port": 0,
    "security.default_personal_cert": "Select Automatically",
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}

NET_ERROR = "return document.getNetErrorInfo().errorCodeString"
SECURITY = """
    const { secInfo } = Services.wm.getMostRecentWindow("navigator:browser").gBrowser.selectedBrowser.securityUI;
    return [secInfo.protocolVersion, secInfo.cipherName, secInfo.keaGroupName];
"""
VERSIONS = {3: "TLSv1.2", 4: "TLSv1.3"}


class Marionette:
    def __init__(self, profile):
        with open(os.path.join(profile, "user.js"), "w", encoding="utf-8") as file:
            for name, value in PREFERENCES.items():
                file.write(f'user_pref("{name}", {json.dumps(value)});\n')
        with open(os.path.join(profile, "log"), "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "--profile", profile],
                env={**os.environ, "HOME": profile},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.connection = socket.create_connection(("127.0.0.1", self.port(profile)), timeout=30)
        self.buffer = b""
        self.number = 0
        self.receive()
        self.send("WebDriver:NewSession")

    def port(self, profile):
        path = os.path.join(profile, "MarionetteActivePort")
        while self.process.poll() is None:
            if os.path.exists(path):
                with open(path, encoding="ascii") as file:
                    text = file.read()
                if text:
                    return int(text)
            time.sleep(0.05)
        raise EOFError("Firefox went away")

    def send(self, name, **parameters):
        self.number += 1
        message = json.dumps([0, self.number, name, parameters]).encode()
        self.connection.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self.receive()
        if error:
            raise RuntimeError(error["message"])
        return result

    def run(self, script):
        return self.send("WebDriver:ExecuteScript", script=script, args=[], sandbox="system")["value"]

    def receive(self):
        while b":" not in self.buffer:
            self.fill()
        length, self.buffer = self.buffer.split(b":", 1)
        length = int(length)
        while len(self.buffer) < length:
            self.fill()
        message, self.buffer = self.buffer[:length], self.buffer[length:]
        return json.loads(message)

    def fill(self):
        part = self.connection.recv(1 << 16)
        if not part:
            raise EOFError("Firefox went away")
        self.buffer += part


def main():
    url, profile = sys.argv[1:]
    browser = Marionette(profile)
    try:
        try:
            browser.send("WebDriver:Navigate", url=url)
        except RuntimeError as error:
            if not str(error).startswith("Reached error page"):
                raise
            print("error", browser.run(NET_ERROR))
            return
        text = browser.run("return document.body.innerText")
        status = browser.run("return performance.getEntriesByType('navigation')[0].responseStatus")
        browser.send("Marionette:SetContext", value="chrome")
        version, cipher, group = browser.run(SECURITY)
        print("tls", VERSIONS.get(version, "-"), cipher, group or "-")
        print("answer", status, text)
    finally:
        browser.process.terminate()
        browser.process.wait()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""firefox.py URL PROFILE [PREFERENCE=VALUE]...: what headless Firefox says of a page.

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

BROWSER = 'const { gBrowser } = Services.wm.getMostRecentWindow("navigator:browser"); const browser = gBrowser.selectedBrowser;'
# Not WebDriver:Navigate: it never comes back from a navigation that ends without any page, see below.
NAVIGATE = (
    BROWSER
    + """
    const [url, done] = arguments;
    const { STATE_START, STATE_STOP, STATE_IS_NETWORK } = Ci.nsIWebProgressListener;
    let started = false;
    const listener = {
      QueryInterface: ChromeUtils.generateQI(["nsIWebProgressListener", "nsISupportsWeakReference"]),
      onStateChange(progress, request, flags, status) {
        if (!progress.isTopLevel || !(flags & STATE_IS_NETWORK)) return;
        started ||= Boolean(flags & STATE_START);
        if (started && flags & STATE_STOP) {
          gBrowser.removeProgressListener(listener);
          done(status);
        }
      },
    };
    gBrowser.addProgressListener(listener);
    browser.loadURI(Services.io.newURI(url), { triggeringPrincipal: Services.scriptSecurityManager.getSystemPrincipal() });
"""
)
NET_ERROR = "return document.getNetErrorInfo?.().errorCodeString"
SECURITY = (
    BROWSER
    + """
    const { secInfo } = browser.securityUI;
    return [secInfo.protocolVersion, secInfo.cipherName, secInfo.keaGroupName];
"""
)
ABORT = 0x80004004
VERSIONS = {3: "TLSv1.2", 4: "TLSv1.3"}


class Marionette:
    def __init__(self, profile, preferences):
        with open(os.path.join(profile, "user.js"), "w", encoding="utf-8") as file:
            for name, value in preferences.items():
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

    def context(self, name):
        """Whose scripts follow: the page's ("content") or the browser's own ("chrome")."""
        self.send("Marionette:SetContext", value=name)

    def run(self, script, *arguments, command="WebDriver:ExecuteScript"):
        return self.send(command, script=script, args=arguments, sandbox="system")["value"]

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
    url, profile, *more = sys.argv[1:]
    preferences = dict(PREFERENCES)
    for preference in more:
        name, value = preference.split("=", 1)
        preferences[name] = json.loads(value)
    browser = Marionette(profile, preferences)
    try:
        browser.context("chrome")
        status = browser.run(NAVIGATE, url, command="WebDriver:ExecuteAsyncScript")
        browser.context("content")
        if status == ABORT:
            # No page, no word: what Firefox has when an HTTP/2 connection is reset right after the handshake.
            print("error NS_ERROR_ABORT")
            return
        if status != 0:
            print("error", error_page(browser) or hex(status))
            return
        text = browser.run("return document.body.innerText")
        status = browser.run("return performance.getEntriesByType('navigation')[0].responseStatus")
        browser.context("chrome")
        version, cipher, group = browser.run(SECURITY)
        print("tls", VERSIONS.get(version, "-"), cipher, group or "-")
        print("answer", status, text)
    finally:
        browser.process.terminate()
        browser.process.wait()


def error_page(browser):
    """The code on the error page, which comes some time after the error."""
    for _ in range(100):
        code = browser.run(NET_ERROR)
        if code:
            return code
        time.sleep(0.05)
    return None


if __name__ == "__main__":
    main()

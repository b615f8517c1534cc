// node https.js URL CA [CHAIN KEY]: what Node's https says of one GET.
"use strict";

const fs = require("node:fs");
const https = require("node:https");

const [url, ca, chain, key] = process.argv.slice(2);
const options = { agent: false, ca: fs.readFileSync(ca), headers: { "User-Agent": "test" }, timeout: 10000 };
if (chain) {
  options.cert = fs.readFileSync(chain);
  options.key = fs.readFileSync(key);
}

const request = https.get(url, options, (response) => {
  const { socket } = response;
  const tls = ["tls", socket.getProtocol(), socket.getCipher().name, socket.getEphemeralKeyInfo().name ?? "-"];
  let text = "";
  response.setEncoding("utf8");
  response.on("data", (part) => (text += part));
  response.on("end", () => console.log(`${tls.join(" ")}\nanswer ${response.statusCode} ${text}`));
});
request.on("timeout", () => request.destroy(new Error("no answer in 10 s")));
request.on("error", (error) => console.log(`error ${error.code ?? ""} ${error.message}`));

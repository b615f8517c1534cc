#!/usr/bin/env python3
"""Makes the signatures of this folder anew, with new keys that are thrown away.

OpenSSL makes the keys and the good signatures. The forged ones are encoded here, each with one fault, and raised to the
private exponent, but for those that need no private key. `vectors.txt` has a line for each key and for each signature:

    key NAME DER
    signature NAME KEY ALGORITHM MESSAGE SIGNATURE
"""

import hashlib
import math
import re
import subprocess
import tempfile
from pathlib import Path

here = Path(__file__).parent
folder = Path(tempfile.mkdtemp())
lines = []
OID = {"sha256": 1, "sha384": 2, "sha512": 3}


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, check=True, capture_output=True).stdout


class Key:
    def __init__(self, name, bits, exponent=65537):
        self.name, self.bits, self.size = name, bits, (bits + 7) // 8
        self.path = folder / f"{name}.pem"
        if bits % 2 == 0:
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}",
                    "-pkeyopt", f"rsa_keygen_pubexp:{exponent}", "-out", self.path)
        else:
            openssl("rsa", "-inform", "DER", "-out", self.path, data=odd_key(bits, exponent))
        der = openssl("rsa", "-in", self.path, "-RSAPublicKey_out", "-outform", "DER")
        text = openssl("rsa", "-in", self.path, "-noout", "-text").decode()
        numbers = re.findall(r"^(modulus|privateExponent|prime1|prime2):\n((?:    .*\n)+)", text, re.M)
        numbers = {key: int(re.sub(r"[\s:]", "", value), 16) for key, value in numbers}
        self.n, self.d = numbers["modulus"], numbers["privateExponent"]
        self.p, self.q = numbers["prime1"], numbers["prime2"]
        assert self.n.bit_length() == bits
        lines.append(f"key {name} {der.hex()}")

    def sign(self, hash_name, padding, message):
        options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if padding == "pss" else []
        return openssl("dgst", f"-{hash_name}", "-sign", self.path, *options, data=message)

    def raw(self, encoded):
        number = int.from_bytes(encoded, "big")
        assert number < self.n
        return pow(number, self.d, self.n).to_bytes(self.size, "big")

    def good(self, hash_name, padding, message=b"portcullis"):
        self.write(f"{self.name}-{padding}-{hash_name}", f"{padding}-{hash_name}", self.sign(hash_name, padding, message),
                   message)

    def write(self, name, algorithm, signature, message=b"portcullis"):
        lines.append(f"signature {name} {self.name} {algorithm} {message.hex()} {signature.hex()}")


def odd_key(bits, exponent):
    """An `RSAPrivateKey` with a modulus of an odd number of bits, which OpenSSL does not make by itself."""
    prime = lambda bits: int(openssl("prime", "-generate", "-bits", bits))
    while True:
        p, q = prime(bits // 2 + 1), prime(bits // 2)
        if (p * q).bit_length() == bits and math.gcd(exponent, (p - 1) * (q - 1)) == 1:
            break
    d = pow(exponent, -1, (p - 1) * (q - 1))
    numbers = [0, p * q, exponent, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    return tlv(0x30, b"".join(tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big")) for number in numbers))


def digest_info(hash_name, digest):
    algorithm = bytes.fromhex("300d0609608648016503040200")[:-2] + bytes([2, OID[hash_name], 5, 0])
    return tlv(0x30, algorithm + tlv(4, digest))


def tlv(tag, content):
    length = len(content)
    return bytes([tag, *([length] if length < 128 else [0x82, length >> 8, length & 255])]) + content


def pkcs1(size, info):
    return b"\x00\x01" + b"\xff" * (size - 3 - len(info)) + b"\x00" + info


def mgf1(seed, length, hash_name):
    octets = b""
    for counter in range(length):
        octets += hashlib.new(hash_name, seed + counter.to_bytes(4, "big")).digest()
    return octets[:length]


def pss(bits, hash_name, message=b"portcullis", salt=None, trailer=0xBC, one=1, padding=0, mask_hash=None, left=0, h=None):
    size = (bits + 7) // 8
    new = lambda data: hashlib.new(hash_name, data).digest()
    salt = bytes(range(len(new(b"")))) if salt is None else salt
    h = new(bytes(8) + new(message) + salt) if h is None else h
    block = bytes([padding]) * (size - len(salt) - len(h) - 2) + bytes([one]) + salt
    masked = bytes(a ^ b for a, b in zip(block, mgf1(h, len(block), mask_hash or hash_name)))
    first = masked[0] & 0xFF >> (8 * size - bits) | left
    return bytes([first]) + masked[1:] + h + bytes([trailer])


def salts():
    return (hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(100_000))


def messages():
    return (f"message {number}".encode() for number in range(100_000))


def square_root(value, key):
    roots = [pow(value, (prime + 1) // 4, prime) for prime in (key.p, key.q)]
    if any(root * root % prime != value % prime for root, prime in zip(roots, (key.p, key.q))):
        return None
    return (roots[0] * key.q * pow(key.q, -1, key.p) + roots[1] * key.p * pow(key.p, -1, key.q)) % key.n


def cube_root(value):
    root = 1 << (value.bit_length() // 3 + 1)
    while True:
        better = (2 * root + value // (root * root)) // 3
        if better >= root:
            return root
        root = better


# --- good ones

keys = {bits: Key(f"rsa{bits}", bits) for bits in (2048, 2049, 2050, 2055, 3072, 4096)}
three = Key("exponent-3", 2048, 3)
large = Key("exponent-of-32-bits", 2048, 4294967291)
for key in [*keys.values(), three, large]:
    for hash_name in OID:
        key.good(hash_name, "pkcs1")
        key.good(hash_name, "pss")

# --- good ones by keys that have no place here

Key("rsa2047", 2047).good("sha256", "pkcs1")
Key("rsa8192", 8192).good("sha256", "pkcs1")
Key("exponent-of-33-bits", 2048, 8589934583).good("sha256", "pkcs1")
key = keys[2048]
small_exponent = lambda key, exponent: (openssl("rsa", "-in", key.path, "-RSAPublicKey_out", "-outform", "DER").hex()
                                        .removesuffix("0203010001") + f"0201{exponent:02x}").replace("3082010a", "30820108", 1)
lines.append("key exponent-1 " + small_exponent(key, 1))
encoded = pkcs1(key.size, digest_info("sha256", hashlib.sha256(b"portcullis").digest()))
lines.append(f"signature exponent-1 exponent-1 pkcs1-sha256 {b'portcullis'.hex()} {encoded.hex()}")
blum = key
while blum.p % 4 != 3 or blum.q % 4 != 3:
    blum = Key("two-primes-of-3-modulo-4", 2048)
    lines.pop()
lines.append("key exponent-2 " + small_exponent(blum, 2))
for message in messages():
    encoded = pkcs1(blum.size, digest_info("sha256", hashlib.sha256(message).digest()))
    root = square_root(int.from_bytes(encoded, "big"), blum)
    if root is not None:
        lines.append(f"signature exponent-2 exponent-2 pkcs1-sha256 {message.hex()} {root.to_bytes(blum.size, 'big').hex()}")
        break

# --- PKCS#1 with a fault

digest = hashlib.sha256(b"portcullis").digest()
info = digest_info("sha256", digest)
encoded = pkcs1(key.size, info)
oid = bytes.fromhex("0609608648016503040201")
shorter = lambda info, end: b"\x00\x01" + b"\xff" * (key.size - 3 - len(info) - end) + b"\x00" + info
for name, fault in {
    "without-null": pkcs1(key.size, tlv(0x30, tlv(0x30, oid) + tlv(4, digest))),
    "long-length": pkcs1(key.size, b"\x30\x81" + info[1:]),
    "other-parameters": pkcs1(key.size, tlv(0x30, tlv(0x30, oid + bytes([4, 2, 7, 7])) + tlv(4, digest))),
    "octets-in-digest-info": pkcs1(key.size, tlv(0x30, info[2:] + bytes([5, 0]))),
    "octets-after": shorter(info, 16) + bytes(16),
    "bare-digest": pkcs1(key.size, digest),
    "oid-of-sha512": pkcs1(key.size, info[:14] + b"\x03" + info[15:]),
    "block-type-0": b"\x00\x00" + encoded[2:],
    "block-type-2": b"\x00\x02" + encoded[2:],
    "first-octet": b"\x01" + encoded[1:],
    "hole-in-padding": encoded[:100] + b"\xfe" + encoded[101:],
    "end-of-padding": encoded[: -len(info) - 1] + b"\x01" + info,
    "other-digest": pkcs1(key.size, digest_info("sha256", hashlib.sha256(b"Portcullis").digest())),
}.items():
    assert len(fault) == key.size
    key.write(name, "pkcs1-sha256", key.raw(fault))
key.write("digest-of-sha512", "pkcs1-sha256", key.sign("sha512", "pkcs1", b"portcullis"))

# Bleichenbacher's, which needs no private key: what does not fit stands behind the digest.
start = b"\x00\x01" + b"\xff" * 8 + b"\x00" + info
target = int.from_bytes(start + b"\xff" * (three.size - len(start)), "big")
root = cube_root(target)
assert (root**3).to_bytes(three.size, "big").startswith(start)
three.write("cube-root", "pkcs1-sha256", root.to_bytes(three.size, "big"))

# --- signatures of another length, or not less than the modulus

for message in messages():
    signature = key.sign("sha256", "pkcs1", message)
    if int.from_bytes(signature, "big") + key.n < 1 << key.bits:
        more = (int.from_bytes(signature, "big") + key.n).to_bytes(key.size, "big")
        key.write("and-the-modulus", "pkcs1-sha256", more, message)
        break
for message in messages():
    signature = key.sign("sha256", "pkcs1", message)
    if signature[0] == 0:
        key.write("leading-zero", "pkcs1-sha256", signature, message)
        key.write("leading-zero-left-out", "pkcs1-sha256", signature[1:], message)
        break
signature = key.sign("sha256", "pkcs1", b"portcullis")
key.write("leading-zero-more", "pkcs1-sha256", b"\x00" + signature)
key.write("zero-behind", "pkcs1-sha256", signature + b"\x00")

# --- PSS with a fault

for name, options in {
    "salt-of-0": {"salt": b""},
    "salt-of-20": {"salt": bytes(20)},
    "salt-of-31": {"salt": bytes(31)},
    "salt-of-33": {"salt": bytes(33)},
    "trailer": {"trailer": 0xCC},
    "no-0x01": {"one": 2},
    "padding": {"padding": 1},
    "mask-of-sha1": {"mask_hash": "sha1"},
    "other-hash": {"h": bytes(32)},
    "other-message": {"message": b"Portcullis"},
}.items():
    key.write(f"pss-{name}", "pss-sha256", key.raw(pss(key.bits - 1, "sha256", **options)))
key.write("pss-of-sha384", "pss-sha256", key.raw(pss(key.bits - 1, "sha384")))

# The bits that a modulus has more than the encoding are set: one, eight (an octet of its own) and two.
for bits, left in ((2048, 0x80), (2050, 0x02)):
    for salt in salts():
        fault = pss(bits - 1, "sha256", salt=salt, left=left)
        if int.from_bytes(fault, "big") < keys[bits].n:
            keys[bits].write(f"pss-left-bit-of-{bits}", "pss-sha256", keys[bits].raw(fault))
            break
for salt in salts():
    fault = b"\x01" + pss(2048, "sha256", salt=salt)
    if int.from_bytes(fault, "big") < keys[2049].n:
        keys[2049].write("pss-first-octet-of-2049", "pss-sha256", keys[2049].raw(fault))
        break

(here / "vectors.txt").write_text("\n".join(lines) + "\n")

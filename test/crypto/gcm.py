#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A second AES-256-GCM, made of what the openssl command line offers: AES in counter mode for the text, AES of one block for the hash
key, and GHASH written out here. It shares no code with the library.

  gcm.py vectors     prints the edge cases of aes_gcm.txt
  gcm.py open KEY    opens the blob on standard input (hex), as doc/security.md describes it; KEY is the data key in hex;
                     further arguments: ORG CONTEXT GENERATION
  gcm.py seal KEY ID ORG CONTEXT GENERATION NONCE   makes one of the secret on standard input (hex)
  gcm.py unwrap MASTER ORG   gives the data key in a value of keys.wrapped (hex on standard input) that a key file wrapped
"""
import hashlib
import hmac
import subprocess
import sys


def openssl(mode, key, iv, data):
    command = ["openssl", "enc", "-e", "-" + mode, "-K", key.hex(), "-nopad"] + (["-iv", iv.hex()] if iv else [])
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def ghash(h, data):
    """The product of blocks in GF(2^128), bit by bit, as in NIST SP 800-38D, 6.3 and 6.4."""
    y = 0
    for at in range(0, len(data), 16):
        y ^= int.from_bytes(data[at:at + 16], "big")
        z, v = 0, h
        for bit in range(127, -1, -1):
            if y >> bit & 1:
                z ^= v
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    return y


def pad(data):
    return data + bytes(-len(data) % 16)


def tag_of(key, nonce, aad, text):
    h = int.from_bytes(openssl("aes-256-ecb", key, None, bytes(16)), "big")
    lengths = (8 * len(aad)).to_bytes(8, "big") + (8 * len(text)).to_bytes(8, "big")
    s = ghash(h, pad(aad) + pad(text) + lengths).to_bytes(16, "big")
    first = openssl("aes-256-ecb", key, None, nonce + b"\0\0\0\1")
    return bytes(a ^ b for a, b in zip(s, first))


def counter(key, nonce, data):
    return openssl("aes-256-ctr", key, nonce + b"\0\0\0\2", data) if data else b""


def seal(key, nonce, aad, plain):
    text = counter(key, nonce, plain)
    return text + tag_of(key, nonce, aad, text)


def unseal(key, nonce, aad, sealed):
    text, tag = sealed[:-16], sealed[-16:]
    if not hmac.compare_digest(tag_of(key, nonce, aad, text), tag):
        sys.exit("forged")
    return counter(key, nonce, text)


def blob_open(key, org, context, generation, blob):
    if len(blob) < 37 or blob[0] != 1:
        sys.exit("forged")
    aad = blob[:9] + org.to_bytes(8, "big") + generation.to_bytes(8, "big", signed=True) + context.encode()
    return unseal(key, blob[9:21], aad, blob[21:])


def blob_seal(key, key_id, org, context, generation, nonce, plain):
    head = b"\1" + key_id.to_bytes(8, "big")
    aad = head + org.to_bytes(8, "big") + generation.to_bytes(8, "big", signed=True) + context.encode()
    return head + nonce + seal(key, nonce, aad, plain)


def key_unwrap(master, org, wrapped):
    """format, 16 bytes of check, then what the key file's master key sealed: format, nonce, key, tag."""
    if len(wrapped) != 1 + 16 + 61 or wrapped[0] != 1 or wrapped[17] != 1:
        sys.exit("forged")
    return unseal(master, wrapped[18:30], b"adsync data key\0" + org.encode(), wrapped[30:])


def stream(label, size):
    """Bytes that anybody can make again."""
    out, i = b"", 0
    while len(out) < size:
        out += hashlib.sha256(("%s %d" % (label, i)).encode()).digest()
        i += 1
    return out[:size]


def short(data):
    if not data:
        return "-"
    if len(data) > 16 and len(set(data)) == 1:
        return "%d*%02x" % (len(data), data[0])
    return data.hex()


def line(name, key, nonce, aad, plain, sealed, verdict):
    print(name, short(key), short(nonce), short(aad), short(plain), short(sealed), verdict)


def vectors():
    sizes = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 513]
    for size in sizes:
        key, nonce, plain = stream("key%d" % size, 32), stream("nonce%d" % size, 12), stream("plain%d" % size, size)
        line("text-%d" % size, key, nonce, b"", plain, seal(key, nonce, b"", plain), "ok")
        aad = stream("aad%d" % size, size)
        line("aad-only-%d" % size, key, nonce, aad, b"", seal(key, nonce, aad, b""), "ok")
        line("both-%d" % size, key, nonce, aad, plain, seal(key, nonce, aad, plain), "ok")
    key, plain = stream("key", 32), stream("plain", 48)
    for name, nonce in [("zero", bytes(12)), ("ones", b"\xff" * 12), ("last-word-ones", bytes(8) + b"\xff" * 4)]:
        line("nonce-" + name, key, nonce, b"a", plain, seal(key, nonce, b"a", plain), "ok")
    nonce = stream("nonce", 12)
    for name, odd in [("zero", bytes(32)), ("ones", b"\xff" * 32)]:
        line("key-" + name, odd, nonce, b"a", plain, seal(odd, nonce, b"a", plain), "ok")
    for size in [4096, 65535, 65536]:
        line("long-aad-%d" % size, key, nonce, b"\x5a" * size, plain, seal(key, nonce, b"\x5a" * size, plain), "ok")
    good = seal(key, nonce, b"aad", plain)
    text, tag = good[:-16], good[-16:]
    for bit in range(128):
        bad = bytearray(tag)
        bad[bit // 8] ^= 1 << bit % 8
        line("tag-bit-%d" % bit, key, nonce, b"aad", plain, text + bytes(bad), "forged")
    others = [("zero", bytes(16)), ("ones", b"\xff" * 16), ("inverted", bytes(b ^ 0xFF for b in tag)), ("reversed", tag[::-1]),
              ("halves-swapped", tag[8:] + tag[:8]), ("words-swapped", tag[4:8] + tag[:4] + tag[8:])]
    for name, bad in others:
        line("tag-" + name, key, nonce, b"aad", plain, text + bad, "forged")
    for size in range(16):
        line("tag-cut-to-%d" % size, key, nonce, b"aad", plain, text + tag[:size], "forged")
        line("only-tag-cut-to-%d" % size, key, nonce, b"aad", b"", seal(key, nonce, b"aad", b"")[:size], "forged")
    line("text-cut", key, nonce, b"aad", plain, text[:-1] + tag, "forged")
    line("text-longer", key, nonce, b"aad", plain, text + b"\0" + tag, "forged")
    line("aad-cut", key, nonce, b"aa", plain, good, "forged")
    line("aad-longer", key, nonce, b"aad\0", plain, good, "forged")
    line("aad-moved-into-text", key, nonce, b"aa", b"d" + plain, b"d" + good, "forged")
    line("other-nonce", key, stream("other", 12), b"aad", plain, good, "forged")
    line("other-key", stream("other", 32), nonce, b"aad", plain, good, "forged")


def main(args):
    if args[:1] == ["vectors"] and len(args) == 1:
        vectors()
    elif args[:1] == ["open"] and len(args) == 5:
        blob = bytes.fromhex(sys.stdin.read())
        sys.stdout.buffer.write(blob_open(bytes.fromhex(args[1]), int(args[2]), args[3], int(args[4]), blob))
    elif args[:1] == ["seal"] and len(args) == 7:
        plain = bytes.fromhex(sys.stdin.read())
        print(blob_seal(bytes.fromhex(args[1]), int(args[2]), int(args[3]), args[4], int(args[5]), bytes.fromhex(args[6]), plain).hex())
    elif args[:1] == ["unwrap"] and len(args) == 3:
        print(key_unwrap(bytes.fromhex(args[1]), args[2], bytes.fromhex(sys.stdin.read())).hex())
    else:
        sys.exit(__doc__)


main(sys.argv[1:])

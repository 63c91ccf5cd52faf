"""Servers that lie, stall, flood or give up in the key exchange."""

import os

import hostile as h
import pytest
from hostile_cases import EVIL, Case, on_screen, piped

KEX = "key exchange"
ODD = f"{KEX}: .*(makes no sense|malformed|invalid|out of turn)"
CLOSED = f"{KEX}: .*(closed|ended|broke)"
FULL = (EVIL * 10000)[:240000]


def before_keys(*payloads, **claims):
    """These packets instead of the first KEXINIT."""
    def script(peer):
        peer.hello()
        peer.write(peer.seal(*payloads, **claims))
    return script


def after_kexinit(*payloads):
    def script(peer):
        peer.hello()
        peer.send(h.kexinit(), *payloads)
    return script


def raw(text):
    def script(peer):
        peer.hello()
        peer.write(text)
    return script


def exchange(**changes):
    def script(peer):
        peer.hello()
        peer.exchange(**changes)
        honest_rest(peer)
    return script


def honest_rest(peer):
    peer.service()
    peer.asked()
    peer.send(bytes([h.AUTH_SUCCESS]))
    channel = peer.open()
    peer.grant(channel)
    peer.finish(channel, 3)


def flood_before(payload):
    def script(peer):
        peer.hello()
        peer.flood_packets(payload)
    return script


def flood_after(payload):
    def script(peer):
        peer.hello()
        peer.send(h.kexinit())
        peer.flood_packets(payload)
    return script


def public_key(blob, point=32, signature=None):
    """An answer with another key, point or signature in it."""
    return h.message(h.KEX_REPLY, h.string(blob), h.string(os.urandom(point)),
                     h.string(signature or h.HOST_KEY.sign(b"")))


OURS = h.HOST_KEY.blob
LISTED = h.kexinit()

PACKETS = [
    Case("length-max", raw(b"\xff" * 64), (ODD,)),
    Case("length-big", raw(h.u32(262145) + bytes(60)), (ODD,)),
    Case("length-0", raw(bytes(64)), (ODD,)),
    Case("length-1", raw(h.u32(1) + bytes(60)), (ODD,)),
    Case("length-3", raw(h.u32(3) + bytes(60)), (ODD,)),
    Case("length-never-filled", raw(h.u32(262144) + bytes(1000)), (KEX, "no answer"), silent=True),
    Case("padding-all", before_keys(LISTED, padding=255), (ODD,)),
    Case("padding-more", before_keys(b"\x14", padding=200), (ODD,)),
    Case("padding-none", before_keys(LISTED, padding=0), (KEX,), silent=True),
    Case("no-payload", before_keys(b""), (KEX, "no answer"), silent=True),
    Case("noise", raw(b"\xa5" * 16384), (ODD,)),
    Case("zeros", raw(bytes(65536)), (ODD,)),
    Case("kexinit-noise", before_keys(b"\x14" + b"\xa5" * 500), (ODD,)),
    Case("kexinit-empty", before_keys(b"\x14"), (ODD,)),
    Case("kexinit-cookie", before_keys(LISTED[:17]), (ODD,)),
    Case("kexinit-no-end", before_keys(LISTED[:-5]), (ODD,)),
    Case("kexinit-long-list", before_keys(LISTED[:17] + h.u32(0xffffffff) + bytes(300)), (ODD,)),
    Case("kexinit-twice", before_keys(LISTED, LISTED), (ODD,)),
    Case("kexinit-flood", flood_before(LISTED), (ODD,)),
    *[Case(f"kexinit-cut-{n}", before_keys(LISTED[:n]), (ODD,)) for n in range(21, 150, 8)],
    *[Case(f"type-{n}", before_keys(bytes([n]) + bytes(40)), (KEX,), silent=True)
      for n in (0, 5, 6, 7, 21, 30, 31, 33, 50, 51, 52, 53, 60, 61, 63, 80, 81, 90, 91, 94, 99, 255)],
]

ALGORITHMS = [
    Case("no-kex", exchange(kex=b"diffie-hellman-group1-sha1"),
         (KEX, "KexAlgorithms", "offers only diffie-hellman-group1-sha1")),
    Case("no-host-key", exchange(host_key=b"ssh-dss"), (KEX, "HostKeyAlgorithms", "ssh-dss")),
    Case("no-cipher-out", exchange(cipher_in=b"arcfour"), (KEX, "Ciphers", "arcfour")),
    Case("no-cipher-in", exchange(cipher_out=b"arcfour"), (KEX, "Ciphers", "arcfour")),
    Case("no-mac", exchange(mac_out=b"hmac-md5"), (KEX, "MACs", "hmac-md5")),
    Case("cipher-none", exchange(cipher_in=b"none", cipher_out=b"none"), (KEX, "Ciphers", "none")),
    Case("mac-none", exchange(mac_in=b"none", mac_out=b"none"), (KEX, "MACs", "none")),
    Case("no-compression", exchange(compression_in=b"lzma"), (KEX, "Compression|algorithms")),
    Case("lists-empty", exchange(**{name: b"" for name in h.LISTS}), (KEX, "no common")),
    Case("lists-commas", exchange(**{name: b"," * 100 for name in h.LISTS}), (KEX, "no common")),
    Case("lists-evil", exchange(**{name: EVIL for name in h.LISTS}), (KEX, "no common", r"\\x1b")),
    Case("lists-brackets", exchange(kex=b"], client [mac"), (KEX, "KexAlgorithms")),
    Case("lists-long", exchange(**{name: b"a," * 10000 for name in h.LISTS}), (KEX, "no common")),
    Case("lists-long-evil", exchange(kex=(EVIL * 2000)[:30000]), (KEX, "no common")),
    Case("lists-one-name", exchange(mac_in=b"m" * 200000), (KEX, "no common MACs")),
    Case("only-cbc", exchange(cipher_in=b"aes256-cbc", cipher_out=b"aes256-cbc"),
         (KEX, "Ciphers")),
]


def offers_weak_modes_last(peer):
    peer.hello()
    peer.exchange()
    lists = peer.offered[17:]
    if b"kex-strict-c-v00@openssh.com" not in lists or b"aes256-ctr,chacha20" not in lists or \
            b"chacha20-poly1305@openssh.com,aes" in lists or b"-cbc" in lists:
        peer.close()
    honest_rest(peer)


def chosen(cipher, mac=b"hmac-sha2-256", strict=False):
    """Agree on a mode that this server cannot really do: what comes behind NEWKEYS is noise."""
    def script(peer):
        peer.hello()
        kex = b"curve25519-sha256" + (b"," + h.STRICT if strict else b"")
        peer.exchange(kex=kex, cipher_in=cipher, cipher_out=cipher, mac_in=mac, mac_out=mac)
    return script


CHACHA = ("Ciphers chacha20-poly1305@openssh.com",)
WITH_CHACHA = ("Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes256-ctr",)
CBC = ("Ciphers aes256-cbc", "MACs hmac-sha2-256-etm@openssh.com")
ETM = b"hmac-sha2-256-etm@openssh.com"
TERRAPIN = [
    # CVE-2023-48795: what it needs is asked for last, and refused.
    Case("weak-last", offers_weak_modes_last, status=3, options=WITH_CHACHA),
    Case("only-chacha", chosen(b"chacha20-poly1305@openssh.com"),
         (KEX, "chacha20-poly1305", "CVE-2023-48795"), options=WITH_CHACHA),
    Case("chacha-loose", chosen(b"chacha20-poly1305@openssh.com"),
         (KEX, "chacha20-poly1305", "CVE-2023-48795"), options=CHACHA),
    Case("chacha-strict", chosen(b"chacha20-poly1305@openssh.com", strict=True),
         ("authentication", "no answer"), options=CHACHA, silent=True),
    Case("cbc-etm-loose", chosen(b"aes256-cbc", ETM), (KEX, "aes256-cbc", "CVE-2023-48795"),
         options=CBC),
    Case("cbc-etm-strict", chosen(b"aes256-cbc", ETM, strict=True),
         ("authentication", "no answer"), options=CBC, silent=True),
    # Nothing may be slipped in where "strict" was agreed on.
    *[Case(f"slipped-in-{n}", exchange(between=[bytes([n]) + bytes(8)]),
           (KEX, "slipped|out of turn")) for n in (2, 3, 4, 7, 192)],
    Case("slipped-in-first", before_keys(h.message(h.IGNORE, ""), LISTED), (KEX,), silent=True),
    # Where it was not, they are what RFC 4253 11 allows.
    Case("ignore-loose", exchange(kex=b"curve25519-sha256", between=[h.message(h.IGNORE, "")]),
         status=3),
    Case("debug-loose", exchange(kex=b"curve25519-sha256",
                                 between=[h.message(h.DEBUG, True, h.string(EVIL), "")]), status=3),
]

KEYS = [
    Case("signature-wrong", exchange(spoil=lambda s: s[:-1] + bytes([s[-1] ^ 1])),
         (KEX, "cannot prove")),
    Case("signature-empty", exchange(spoil=lambda s: b""), (KEX,)),
    Case("signature-cut", exchange(spoil=lambda s: s[:-10]), (KEX,)),
    Case("signature-of-another-type", exchange(spoil=lambda s: h.string("ssh-rsa") + s[15:]),
         (KEX,)),
    Case("signature-and-more", exchange(spoil=lambda s: s + bytes(100000)), status=3),
    Case("key-of-another-type", exchange(reply=public_key(h.string("ssh-rsa") + h.string(b"\3")
                                                          + h.string(b"\0" + b"\xc5" * 256))),
         (KEX,)),
    Case("key-empty", exchange(reply=public_key(b"")), (KEX,)),
    Case("key-noise", exchange(reply=public_key(b"\xa5" * 3000)), (KEX,)),
    Case("key-evil", exchange(reply=public_key(h.string(EVIL) + h.string(bytes(32)))), (KEX,)),
    Case("key-of-somebody", exchange(reply=public_key(h.Key().blob)), (KEX, "cannot prove|tampered")),
    Case("point-none", exchange(reply=public_key(OURS, 0)), (KEX,)),
    Case("point-short", exchange(reply=public_key(OURS, 31)), (KEX,)),
    Case("point-long", exchange(reply=public_key(OURS, 200000)), (KEX,)),
    Case("reply-empty", exchange(reply=bytes([h.KEX_REPLY])), (KEX,)),
    Case("reply-noise", exchange(reply=bytes([h.KEX_REPLY]) + b"\xff" * 1000), (KEX,)),
]

# A packet of the exchange by name, and a script that ends just before it.
STEPS = {
    "kexinit": lambda peer: peer.hello(),
    "reply": lambda peer: (peer.hello(), peer.send(LISTED), peer.expect(h.KEX_INIT)),
    "auth": lambda peer: (peer.hello(), peer.exchange()),
}


def at(step, then):
    def script(peer):
        STEPS[step](peer)
        then(peer)
    return script


def half_a_packet(peer):
    packet = peer.seal(h.message(h.IGNORE, "half"))
    peer.write(packet[:len(packet) // 2])


def half_and_end(peer):
    half_a_packet(peer)
    peer.close()


GIVING_UP = [case for step in STEPS for case in (
    Case(f"{step}-stall", at(step, lambda peer: None), ("no answer",), silent=True),
    Case(f"{step}-half", at(step, half_a_packet), ("no answer",), silent=True),
    Case(f"{step}-half-end", at(step, half_and_end), ("closed|ended",)),
    Case(f"{step}-close", at(step, lambda peer: peer.close()), ("closed|ended",)),
    Case(f"{step}-reset", at(step, lambda peer: peer.reset()), ("closed|ended|broke",)),
    Case(f"{step}-bye", at(step, lambda peer: peer.send(h.disconnect(""))), ("ended",)),
    Case(f"{step}-bye-evil", at(step, lambda peer: peer.send(h.disconnect(EVIL))),
         ("ended", r"pwned\\x07")),
    Case(f"{step}-bye-full", at(step, lambda peer: peer.send(h.disconnect(FULL))), ("ended",)),
    Case(f"{step}-bye-cut", at(step, lambda peer: peer.send(h.disconnect("bye")[:6])), ("ended",)),
    Case(f"{step}-bye-words", at(step, lambda peer: peer.send(h.disconnect("disconnected: %s%n"))),
         ("ended", "'disconnected: %s%n'")),
)]

SLIPPED = h.message(h.IGNORE, h.string(bytes(20)))
FLOODS = [
    Case("flood-ignore", flood_before(SLIPPED), (KEX,), silent=True),
    Case("flood-ignore-big", flood_before(h.message(h.IGNORE, h.string(bytes(200000)))), (KEX,),
         silent=True),
    Case("flood-debug", flood_before(h.message(h.DEBUG, True, h.string(EVIL), "")), (KEX,),
         silent=True),
    Case("flood-unimplemented", flood_before(h.message(h.UNIMPLEMENTED, 7)), (KEX,), silent=True),
    Case("flood-unknown", flood_before(bytes([192])), (KEX,), silent=True),
    Case("flood-ignore-later", flood_after(SLIPPED), (KEX,), silent=True),
    Case("flood-unknown-later", flood_after(bytes([192])), (KEX,), silent=True),
    Case("flood-kexinit-later", flood_after(LISTED), (KEX,)),
]


@pytest.mark.parametrize("cases", [PACKETS, ALGORITHMS, TERRAPIN, KEYS, GIVING_UP, FLOODS],
                         ids=["packets", "algorithms", "terrapin", "keys", "giving-up", "floods"])
def test_key_exchange(lab, cases):
    piped(lab, cases)


def test_on_the_screen(lab):
    on_screen(lab, [case for case in GIVING_UP + ALGORITHMS + KEYS if "evil" in case.name
                    or "long" in case.name or "full" in case.name or "stall" in case.name])

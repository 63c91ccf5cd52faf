"""Servers that turn hostile once the person is logged in."""

import os
import re
import select
import struct
import subprocess
import time

import hostile as h
import pytest
from hostile_cases import (EVIL, MEMORY_MAX, Case, memory_of, on_screen, piped, program,
                           sanitized, start_server)
from terminal import DEADLINE

LOST = "(closed|ended|broke|malformed|out of turn|makes no sense|tampered)"
FULL = (EVIL * 10000)[:240000]
HELLO = b"hello\n"


def runs(*payloads, status=3, then=None, **sizes):
    """A command that runs, says hello, sends these packets and ends as it should. A packet may
    be a function of the channel's number."""
    def script(peer):
        channel = peer.start(**sizes)
        peer.send(h.data(channel, HELLO))
        for payload in payloads:
            peer.send(payload(channel) if callable(payload) else payload)
        if then:
            then(peer, channel)
        if status is not None:
            peer.finish(channel, status)
    return script


def opens(*payloads, then=None):
    """These packets instead of the channel."""
    def script(peer):
        peer.log_in()
        opened = peer.expect(h.CHANNEL_OPEN)
        channel = struct.unpack_from(">I", opened, 5 + len("session"))[0]
        for payload in payloads:
            peer.send(payload(channel) if callable(payload) else payload)
        if then:
            then(peer, channel)
    return script


def refuses(what, *payloads, then=None):
    """These packets instead of the answer to that request on the channel."""
    def script(peer):
        peer.log_in()
        channel = peer.open()
        peer.grant(channel, until=(what,), last=False)
        for payload in payloads:
            peer.send(payload(channel) if callable(payload) else payload)
        if then:
            then(peer, channel)
    return script


def close(peer, channel):
    peer.close()


def reset(peer, channel):
    peer.reset()


def rekeys(times, **changes):
    def then(peer, channel):
        for _ in range(times):
            peer.exchange(**changes)
            peer.send(h.data(channel, "again\n"))
    return then


def becomes_another(peer, channel):
    """A key exchange with another host's key, in one piece with what is not to be believed."""
    ours = h.kexinit()
    peer.send(ours)
    send, pieces = peer.write, []
    peer.write = pieces.append
    after = [h.data(channel, "BELIEVED\n"), h.data(channel, "BELIEVED\n", 1),
             h.request(channel, "exit-status", 0), h.message(h.CHANNEL_EOF, channel),
             h.message(h.CHANNEL_CLOSE, channel)]

    def newkeys():
        peer.write = send
        peer.write(b"".join(pieces) + peer.seal(*after))
    peer.answer_exchange(ours, h.Key(), sealed=newkeys)


def floods(payload, read=False):
    def then(peer, channel):
        packet = payload(channel) if callable(payload) else payload
        if not read:
            peer.flood_packets(packet)
        for _ in range(2000):
            peer.send(packet)
            peer.receive()
    return then


def reads_all(count):
    """Wait for that much input, in whatever pieces."""
    def then(peer, channel):
        got = 0
        while got < count:
            got += len(peer.expect(h.CHANNEL_DATA)) - 9
    return then


def wants(kind, *more):
    """The host opens a channel, and must be refused."""
    def then(peer, channel):
        peer.send(h.message(h.CHANNEL_OPEN, h.string(kind), 7, 1 << 20, 32768, *more))
        peer.expect(h.OPEN_FAILURE)
    return then


def wants_many(peer, channel):
    for number in range(500):
        peer.send(h.message(h.CHANNEL_OPEN, "x11", number, 1 << 20, 32768, "127.0.0.1", 6000))
    for _ in range(500):
        peer.expect(h.OPEN_FAILURE)


def bomb(peer, channel):
    """32 KiB of nothing in some bytes, again and again, but no more at once than is allowed."""
    window = 64000  # the least that a client begins with
    for _ in range(600):
        while window < 32000:
            window += struct.unpack_from(">I", peer.expect(h.WINDOW_ADJUST), 5)[0]
        peer.send(h.data(channel, bytes(32000)))
        window -= 32000


def giant_bomb(peer, channel):
    peer.send(h.data(channel, bytes(100_000_000)))


def exit_signal(name, text=b""):
    return lambda c: h.request(c, "exit-signal", h.string(name), False, h.string(text), "")


def end(c):
    return h.message(h.CHANNEL_CLOSE, c)


X11 = (h.string("10.0.0.1"), 6000)
FORWARDED = (h.string(EVIL), 22, h.string(EVIL), 2222)
ALIVE = ("ServerAliveInterval 1", "ServerAliveCountMax 1")
INPUT = dict(command=("cat",), data=b"x" * 100000)


def ends(name, script, **more):
    return Case(name, script, status=3, output=more.pop("output", HELLO), **more)


def fails(name, script, *words, **more):
    return Case(name, script, (": (the link is lost|channel): ", *words), output=more.pop("output", HELLO), **more)


REKEY = [
    ends("rekey", runs(then=rekeys(1)), output=HELLO + b"again\n"),
    ends("rekey-often", runs(then=rekeys(30)), output=HELLO + b"again\n" * 30),
    fails("rekey-another-key", runs(then=becomes_another, status=None), "key changed"),
    fails("rekey-wrong-signature",
          runs(then=rekeys(1, spoil=lambda s: s[:-1] + bytes([s[-1] ^ 1]))), "cannot prove"),
    fails("rekey-twice-at-once", runs(h.kexinit(), h.kexinit()), LOST),
    fails("rekey-nothing-in-common", runs(then=rekeys(1, kex=b"x")), "no common KexAlgorithms"),
    fails("rekey-stall", runs(h.kexinit(), status=None), "no answer", options=ALIVE),
    fails("rekey-close", runs(h.kexinit(), then=close, status=None), LOST),
    fails("newkeys-alone", runs(bytes([h.NEWKEYS])), LOST),
    fails("login-again", runs(bytes([h.AUTH_SUCCESS])), LOST),
    fails("banner-later", runs(h.message(h.AUTH_BANNER, h.string(EVIL), "")), LOST),
]

WINDOWS = [
    ends("window-0", runs(window=0), **INPUT),
    ends("window-1", runs(window=1, then=reads_all(1)), **INPUT),
    ends("window-huge", runs(window=0xffffffff, then=reads_all(100000)), **INPUT),
    ends("window-overflow", runs(*[lambda c: h.message(h.WINDOW_ADJUST, c, 0xffffffff)] * 20),
         **INPUT),
    ends("window-by-byte", runs(*[lambda c: h.message(h.WINDOW_ADJUST, c, 1)] * 500, window=0,
                                then=reads_all(400)), **INPUT),
    *[fails(f"packet-{n}", runs(maximum=n), "few bytes|makes no sense", output=b"", **INPUT)
      for n in (0, 1, 9, 10, 11, 63)],
    *[ends(f"packet-{n}", runs(maximum=n, then=reads_all(100000)), **INPUT)
      for n in (64, 0xffffffff)],
    fails("opened-twice", runs(lambda c: h.message(h.OPEN_CONFIRMATION, c, 0, 1 << 20, 10),
                               status=None), "makes no sense", output=None, **INPUT),
    ends("data-beyond-the-window", runs(*[lambda c: h.data(c, b"y" * 30000)] * 120),
         output=HELLO + b"y" * 3600000),
    fails("data-beyond-the-packet", runs(lambda c: h.data(c, b"y" * 262200)), LOST),
    ends("data-of-another-kind", runs(lambda c: h.data(c, b"?", 2)), shows=(r"^\?$",)),
    ends("data-empty", runs(*[lambda c: h.data(c, b"")] * 1000)),
    ends("data-lies", runs(lambda c: h.message(h.CHANNEL_DATA, c, 0xffffff) + b"z")),
    ends("data-elsewhere", runs(h.data(7, EVIL), h.data(0, EVIL), h.data(0xffffffff, EVIL))),
    ends("things-elsewhere", runs(*[h.message(n, 99) + bytes(20) for n in range(92, 101)])),
    fails("opened-elsewhere", runs(h.message(h.OPEN_CONFIRMATION, 99, 0, 1, 1), status=None),
          "makes no sense", output=None),
]

WANTS = [
    *[ends(f"wants-{kind.split('@')[0]}", runs(then=wants(kind, *more)))
      for kind, more in (("x11", X11), ("forwarded-tcpip", FORWARDED),
                         ("auth-agent@openssh.com", ()), ("session", ()),
                         ("direct-tcpip", FORWARDED), ("direct-streamlocal@openssh.com", FORWARDED),
                         ("tun@openssh.com", (1, 1)))],
    ends("wants-evil", runs(then=wants(EVIL))),
    ends("wants-many", runs(then=wants_many)),
    fails("wants-flood", runs(then=floods(h.message(h.CHANNEL_OPEN, "x11", 7, 9, 9, *X11))),
          "without reading"),
    ends("asks-politely", runs(then=floods(h.message(h.GLOBAL_REQUEST, "x@y", True), read=True))),
    fails("asks-flood", runs(then=floods(h.message(h.GLOBAL_REQUEST, "", True))),
          "without reading"),
    fails("unknown-flood", runs(then=floods(bytes([192]))), "without reading"),
    ends("asks-evil", runs(h.message(h.GLOBAL_REQUEST, h.string(EVIL), False, EVIL),
                           h.message(h.GLOBAL_REQUEST, "hostkeys-00@openssh.com", False, EVIL),
                           h.message(h.GLOBAL_REQUEST, "tcpip-forward", False, "", 0))),
    ends("asks-channel", runs(*[lambda c, name=name: h.request(c, name, EVIL) for name in (
        b"pty-req", b"shell", b"exec", b"env", b"window-change", b"subsystem", b"x11-req", b"break",
        b"auth-agent-req@openssh.com", b"signal", b"exit-signal", b"exit-status", EVIL, b"")])),
    ends("answers-unasked", runs(*[h.message(n) for n in (81, 82)] * 100,
                                 *[lambda c, n=n: h.message(n, c) for n in (99, 100)] * 100)),
]

ENDS = [
    Case("status-big", runs(status=0x1ff), status=255, output=HELLO),
    Case("status-negative", runs(status=0xffffffff), status=255, output=HELLO),
    ends("status-twice", runs(lambda c: h.request(c, "exit-status", 9))),
    Case("status-none", runs(end, status=None), output=HELLO),
    Case("signal", runs(exit_signal("TERM"), end, status=None), status=143, output=HELLO),
    Case("signal-evil", runs(exit_signal(EVIL, EVIL), end, status=None), status=128, output=HELLO),
    Case("signal-full", runs(exit_signal(FULL[:100000], FULL[:100000]), end, status=None),
         status=128, output=HELLO),
    ends("eof-storm", runs(*[lambda c: h.message(h.CHANNEL_EOF, c)] * 1000)),
    ends("close-storm", runs(lambda c: h.request(c, "exit-status", 3), *[end] * 1000)),
    ends("data-after-the-end", runs(lambda c: h.request(c, "exit-status", 3),
                                    lambda c: h.message(h.CHANNEL_EOF, c), end,
                                    lambda c: h.data(c, "LATE"))),
    Case("bye", runs(h.disconnect("Down for repairs"), status=None), (LOST, "Down for repairs"),
         output=HELLO),
    Case("bye-evil", runs(h.disconnect(EVIL), status=None), (LOST, r"pwned\\x07"), output=HELLO),
    Case("bye-full", runs(h.disconnect(FULL), status=None), (LOST,), output=HELLO),
    Case("closes", runs(then=close, status=None), (LOST,), output=HELLO),
    Case("noise", runs(then=lambda peer, c: peer.write(os.urandom(4096)), status=None), (LOST,),
         output=HELLO),
    Case("size-lie", runs(then=lambda peer, c: peer.write(peer.seal(b"\2", size=0xffffffff)),
                          status=None), (LOST,), output=HELLO),
    Case("mac-lie", runs(then=lambda peer, c: peer.write(
        peer.seal(h.message(h.IGNORE, "x"))[:-1] + b"?"), status=None), (LOST,), output=HELLO),
    ends("bomb", runs(compressed=True, then=bomb), options=("Compression yes",),
         output=HELLO + bytes(600 * 32000)),
    fails("bomb-giant", runs(compressed=True, then=giant_bomb), LOST + "|compressed",
          options=("Compression yes",)),
]

OPENING = [
    Case("open-silent", opens(), ("channel", "no answer"), silent=True),
    Case("open-close", opens(then=close), ("channel", LOST)),
    Case("open-reset", opens(then=reset), ("channel", LOST)),
    Case("open-refused", opens(lambda c: h.message(h.OPEN_FAILURE, c, 1, "not today", "")),
         ("channel", "opened no channel", "not today")),
    Case("open-evil", opens(lambda c: h.message(h.OPEN_FAILURE, c, 2, h.string(EVIL), "")),
         ("channel", "opened no channel", r"pwned\\x07")),
    Case("open-full", opens(lambda c: h.message(h.OPEN_FAILURE, c, 0xffff, h.string(FULL), "")),
         ("channel", "opened no channel")),
    Case("open-cut", opens(lambda c: h.message(h.OPEN_CONFIRMATION, c, 0)),
         ("channel", "makes no sense|malformed")),
    Case("open-another", opens(h.message(h.OPEN_CONFIRMATION, 99, 0, 9999, 9999)),
         ("channel", "makes no sense")),
    Case("open-and-close", opens(end), ("channel", "opened no channel")),
    Case("open-data-first", opens(lambda c: h.data(c, EVIL)), ("channel", "no answer"),
         output=EVIL, silent=True),
    *[Case(f"exec-{name}", refuses("exec", *payloads, then=then), (": channel: ", *words),
           silent=not payloads and not then)
      for name, payloads, then, words in (
          ("silent", (), None, ("no answer",)),
          ("refused", (lambda c: h.message(h.CHANNEL_FAILURE, c),), None, ("not start|refused",)),
          ("closed", (end,), None, ("not start", "closed")),
          ("eof", (lambda c: h.message(h.CHANNEL_EOF, c), end), None, ("not start", "closed")),
          ("cut", (), close, (LOST,)),
          ("bye", (h.disconnect(EVIL),), None, (LOST, r"pwned\\x07")))],
    Case("pty-refused", refuses("pty-req", lambda c: h.message(h.CHANNEL_FAILURE, c)),
         (": channel: ", "gave no terminal"), args=("-tt",)),
    Case("pty-closed", refuses("pty-req", end), (": channel: ", "closed"), args=("-tt",)),
    Case("pty-silent", refuses("pty-req"), ("channel", "no answer"), args=("-tt",), silent=True),
]


@pytest.mark.parametrize("cases", [REKEY, WINDOWS, WANTS, ENDS, OPENING],
                         ids=["rekey", "windows", "wants", "ends", "opening"])
def test_session(lab, cases):
    piped(lab, cases)


# On the way: the same servers as jump hosts. Their channel is a connection of ours.

def forwards(*payloads, then=None, **sizes):
    def script(peer):
        peer.log_in()
        channel = peer.open(**sizes)
        for payload in payloads:
            peer.send(payload(channel) if callable(payload) else payload)
        if then:
            then(peer, channel)
    return script


def forward_refused(code, text):
    def script(peer):
        peer.log_in()
        opened = peer.expect(h.CHANNEL_OPEN)
        channel = struct.unpack_from(">I", opened, 5 + len("direct-tcpip"))[0]
        peer.send(h.message(h.OPEN_FAILURE, channel, code, h.string(text), ""))
    return script


def on_the_way(name, script, *words, **more):
    return Case(f"way-{name}", script, ("hop-way-", *words), hop=True, **more)


WAY = [
    on_the_way("silent", lambda peer: peer.log_in(), "did not connect", silent=True),
    on_the_way("refused", forward_refused(1, "no"), "does not forward"),
    on_the_way("refused-evil", forward_refused(2, EVIL), "cannot connect", r"pwned\\x07"),
    on_the_way("refused-full", forward_refused(9, FULL), "cannot connect"),
    on_the_way("close", lambda peer: (peer.log_in(), peer.close()), LOST),
    on_the_way("bye-evil", lambda peer: (peer.log_in(), peer.send(h.disconnect(EVIL))), LOST,
               r"pwned\\x07"),
    on_the_way("stingy", forwards(maximum=10), "few bytes"),
    on_the_way("another-key", forwards(then=becomes_another), "key changed"),
    on_the_way("flood-unread", forwards(then=floods(bytes([192]))), "without reading"),
    Case("way-quiet", forwards(), ("banner", "no answer"), hop=True, silent=True),
    Case("way-flood", forwards(then=floods(h.message(h.IGNORE, h.string(bytes(20000))))),
         ("banner", "no answer"), hop=True, silent=True),
    Case("way-junk", forwards(lambda c: h.data(c, EVIL), end),
         ("banner|connect", "not an SSH server|hung up"), hop=True),
    Case("way-cut", forwards(lambda c: h.data(c, "SSH-2.0-x\r\n"), end),
         ("key exchange|connect", "closed|hung up"), hop=True),
]


def test_on_the_way(lab):
    piped(lab, WAY)


# Full screen: what ends a session leaves the screen as it was, until it is left by a key.

def shell(*payloads, then=None):
    """The same with what the screen asks for, and nothing to say that the shell is one of ours."""
    return runs(lambda c: h.data(c, "$ "), *payloads, then=then, status=None)


ON_SCREEN = [
    Case("s-another-key", shell(then=becomes_another), ("key changed",)),
    Case("s-bye-evil", shell(h.disconnect(EVIL)), (LOST, r"pwned\\x07")),
    Case("s-bye-full", shell(h.disconnect(FULL)), (LOST,)),
    Case("s-close", shell(then=close), (LOST,)),
    Case("s-noise", shell(then=lambda peer, c: peer.write(bytes(9999))), (LOST,)),
    Case("s-flood", shell(then=floods(h.message(h.GLOBAL_REQUEST, "", True))),
         ("without reading",)),
    Case("s-rekey-stall", shell(h.kexinit()), ("no answer",), options=ALIVE),
    Case("s-pty-silent", refuses("pty-req"), ("channel", "no answer"), silent=True),
    Case("s-pty-refused", refuses("pty-req", lambda c: h.message(h.CHANNEL_FAILURE, c)),
         ("channel", "no channel|no terminal|no answer"), silent=True),
    Case("s-open-evil", OPENING[4].script, ("channel", r"pwned\\x07|no answer"), silent=True),
]


def test_on_the_screen(lab):
    for case in ON_SCREEN:
        case.leave = True
    on_screen(lab, ON_SCREEN)


def test_a_host_that_ignores_the_window(lab):
    """Nobody reads the output here: what the host sends all the same is not kept."""
    def script(peer):
        channel = peer.start()
        peer.flood_packets(h.data(channel, b"z" * 30000))
    start_server(lab, Case("greedy", script))
    process = subprocess.Popen([program(), "greedy", "true"], env=lab.env(), cwd=lab.home.path,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    lab.ends.append(lambda: (process.kill(), process.wait()))
    memory, said, end = 0, "", time.monotonic() + 4 * DEADLINE
    while not said.endswith("\n"):
        memory = max(memory, memory_of(process.pid))
        ready, _, _ = select.select([process.stderr], [], [], 0.02)
        said += os.read(process.stderr.fileno(), 4096).decode() if ready else ""
        assert time.monotonic() < end
    assert re.search("greedy: .*sends more than it may", said)
    assert sanitized() or memory < MEMORY_MAX

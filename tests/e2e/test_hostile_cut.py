"""A real sshd, whose connection is cut, reset, stalled or tampered with after so many bytes."""

import pytest
from hostile import Gone, relay
from hostile_cases import Case, on_screen, piped

STAGES = ": (banner|key exchange|host key|authentication|channel|the link is lost): "
# So that a stall in the session ends, too.
ALIVE = ("ServerAliveInterval 1", "ServerAliveCountMax 1")


def after(limit, then):
    """Let so many bytes of the host's through, then do that."""
    def meddle(peer, up, down, data):
        if down + len(data) < limit:
            peer.write(data)
            return
        peer.write(data[:max(limit - down, 0)])
        then(peer)
    return meddle


def close(peer):
    peer.close()
    raise Gone


def reset(peer):
    peer.reset()


def stall(peer):
    peer.drain()


def flipped(at):
    """One bit of the host's byte number `at` is another."""
    def meddle(peer, up, down, data):
        data = bytearray(data)
        if down <= at < down + len(data):
            data[at - down] ^= 1
        peer.write(data)
    return meddle


def measured(lab, options=()):
    """A host, and how many bytes it says when a command is run, up to the first that is
    encrypted and in all."""
    host = lab.host("real")
    seen = lab.folder / "seen"

    def count(peer, up, down, data):
        peer.write(data)
        with open(seen, "ab") as file:
            file.write(data)
    piped(lab, [Case("counted", relay(host, count), status=0, host=host, options=options)])
    text = seen.read_bytes()
    # NEWKEYS is the last packet in clear: 12 bytes long with 10 of padding, number 21.
    newkeys = text.index(b"\0\0\0\x0c\x0a\x15")
    return host, newkeys + 16, len(text)


# The host's last words: the status, the end of the output and of the channel, in an order that
# varies. Behind the status nothing is missing.
LAST_WORDS = 200


def points(first, last, count):
    return [first + (last - first) * n // count for n in range(count)]


@pytest.mark.parametrize("way", [close, reset, stall])
def test_cut_anywhere(lab, way):
    host, _, total = measured(lab)
    piped(lab, [Case(f"{way.__name__}-{n}", relay(host, after(n, way)), (STAGES,), host=host,
                     silent=way is stall, options=ALIVE, may_work=n > total - LAST_WORDS)
                for n in points(0, total, 40)])


def test_cut_on_the_screen(lab):
    host, _, total = measured(lab)
    on_screen(lab, [Case(f"{way.__name__}-{n}", relay(host, after(n, way)), (STAGES,), host=host,
                         silent=way is stall, options=ALIVE, leave=True)
                    for way in (close, stall) for n in points(0, total, 12)])


@pytest.mark.parametrize("cipher", ["aes128-gcm@openssh.com", "aes128-ctr"])
def test_a_flipped_bit_is_noticed(lab, cipher):
    """Wherever it is, once there are keys; in the end of it all it may come too late."""
    options = (f"Ciphers {cipher}", *ALIVE)
    host, first, total = measured(lab, options)
    piped(lab, [Case(f"flip-{n}", relay(host, flipped(n)), (STAGES,), host=host, silent=True,
                     options=options, may_work=n > total - LAST_WORDS)
                for n in points(first, total, 30)])

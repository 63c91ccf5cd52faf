"""A Kerberos ticket that nobody has issued, and a ticket server that never answers: as far as a
client can tell without one, it is logged in to the realm."""

import pathlib
import socket
import struct
import time

REALM = "TEST.INVALID"


def data(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return struct.pack(">I", len(raw)) + raw


def principal(*names):
    return struct.pack(">II", 1, len(names)) + data(REALM) + b"".join(map(data, names))


def der(tag, *parts):
    """A value of ASN.1, shorter than 128 bytes."""
    body = b"".join(parts)
    return bytes([tag, len(body)]) + body


def general(text):
    return der(0x1b, text.encode())


def ticket():
    """For the realm's ticket server (RFC 4120, 5.3); what is encrypted in it is nothing."""
    name = der(0x30, der(0xa0, der(2, b"\2")),
               der(0xa1, der(0x30, general("krbtgt"), general(REALM))))
    sealed = der(0x30, der(0xa0, der(2, b"\x12")), der(0xa2, der(4, bytes(16))))
    return der(0x61, der(0x30, der(0xa0, der(2, b"\5")), der(0xa1, general(REALM)),
                         der(0xa2, name), der(0xa3, sealed)))


class SilentRealm:
    """`env` makes programs believe in it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.server.bind(("127.0.0.1", 0))
        self.cache = self.folder / "ticket"
        self.config = self.folder / "krb5.conf"
        self.config.write_text(
            f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n rdns = false\n"
            f" dns_canonicalize_hostname = false\n[realms]\n {REALM} = {{\n"
            f"  kdc = 127.0.0.1:{self.server.getsockname()[1]}\n }}\n")
        now = int(time.time())
        self.cache.write_bytes(
            struct.pack(">HH", 0x0504, 0) + principal("ann")
            + principal("ann") + principal("krbtgt", REALM)
            + struct.pack(">H", 18) + data(bytes(32))  # a session key
            + struct.pack(">IIII", now - 60, now - 60, now + 36000, 0)
            + struct.pack(">BIII", 0, 0x40000000, 0, 0) + data(ticket()) + data(b""))
        self.cache.chmod(0o600)

    @property
    def env(self):
        return {"KRB5_CONFIG": str(self.config), "KRB5CCNAME": f"FILE:{self.cache}"}

    def was_asked(self):
        """Has a client sent it a request?"""
        self.server.setblocking(False)
        try:
            return bool(self.server.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return False

    def close(self):
        self.server.close()

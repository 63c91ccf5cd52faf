"""SSH servers that do not play by the rules, every byte of theirs written by the test.

A script is a function of a Peer: one connection, as the server sees it. Each server is a process
of its own on a free port of 127.0.0.1, so that a flood takes no time from the test; when the
script returns the connection is kept open and silent, and what comes is thrown away.

    def script(peer):
        peer.hello()                  # the version lines
        peer.exchange()               # keys, as an honest server does it
        peer.log_in()
        channel = peer.open()
        peer.send(data(channel, b"hello"))

    with Server(script) as server:
        ... connect to server.port ...

Numbers and layouts are those of RFC 4250 to 4256.
"""

import base64
import ctypes
import hashlib
import os
import select
import signal
import socket
import struct
import time
import traceback
import zlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG, SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO = range(1, 8)
KEXINIT, NEWKEYS = 20, 21
KEX_INIT, KEX_REPLY = 30, 31
AUTH_REQUEST, AUTH_FAILURE, AUTH_SUCCESS, AUTH_BANNER = range(50, 54)
PK_OK = PASSWORD_CHANGE = INFO_REQUEST = 60
INFO_RESPONSE = 61
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = 80, 81, 82
(CHANNEL_OPEN, OPEN_CONFIRMATION, OPEN_FAILURE, WINDOW_ADJUST, CHANNEL_DATA, EXTENDED_DATA,
 CHANNEL_EOF, CHANNEL_CLOSE, CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_FAILURE) = range(90, 101)

PR_SET_PDEATHSIG = 1

STRICT = b"kex-strict-s-v00@openssh.com"

# The name lists of KEXINIT, in their order.
LISTS = {
    "kex": b"curve25519-sha256," + STRICT, "host_key": b"ssh-ed25519",
    "cipher_in": b"aes256-ctr", "cipher_out": b"aes256-ctr",
    "mac_in": b"hmac-sha2-256", "mac_out": b"hmac-sha2-256",
    "compression_in": b"none", "compression_out": b"none",
    "language_in": b"", "language_out": b"",
}


def u32(number):
    return struct.pack(">I", number & 0xffffffff)


def string(data):
    data = data.encode() if isinstance(data, str) else data
    return u32(len(data)) + data


def mpint(data):
    data = data.lstrip(b"\0")
    return string(b"\0" + data if data[:1] >= b"\x80" else data)


def message(number, *parts):
    """A packet's payload: bytes as they are, str as a string, bool and int as what they are."""
    out = bytearray([number])
    for part in parts:
        if isinstance(part, bool):
            out.append(part)
        elif isinstance(part, int):
            out += u32(part)
        else:
            out += string(part) if isinstance(part, str) else part
    return bytes(out)


def kexinit(**changes):
    lists = {**LISTS, **changes}
    return (bytes([KEXINIT]) + os.urandom(16) + b"".join(string(lists[name]) for name in LISTS)
            + b"\0" + u32(0))


def disconnect(text, code=2):
    return message(DISCONNECT, code, string(text), "")


def failure(methods="publickey", partial=False):
    return message(AUTH_FAILURE, string(methods), partial)


def info_request(prompts, name=b"", instruction=b"", count=None):
    """`prompts`: (text, echo) each."""
    return message(INFO_REQUEST, string(name), string(instruction), "",
                   len(prompts) if count is None else count,
                   b"".join(string(text) + bytes([echo]) for text, echo in prompts))


def data(channel, text, kind=None):
    if kind is None:
        return message(CHANNEL_DATA, channel, string(text))
    return message(EXTENDED_DATA, channel, kind, string(text))


def request(channel, name, *parts, reply=False):
    return message(CHANNEL_REQUEST, channel, string(name), reply, *parts)


def take_string(payload, at):
    size = struct.unpack_from(">I", payload, at)[0]
    return payload[at + 4:at + 4 + size], at + 4 + size


class Mac:
    """HMAC-SHA-256; hmac.digest() takes three times as long for a short packet."""

    def __init__(self, key):
        key = key.ljust(64, b"\0")
        self.inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        self.outer = hashlib.sha256(bytes(byte ^ 0x5c for byte in key))

    def digest(self, text):
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()


class Key:
    """A host key."""

    def __init__(self):
        self.private = Ed25519PrivateKey.generate()
        public = self.private.public_key().public_bytes(serialization.Encoding.Raw,
                                                        serialization.PublicFormat.Raw)
        self.blob = string("ssh-ed25519") + string(public)

    def sign(self, text):
        return string("ssh-ed25519") + string(self.private.sign(text))


HOST_KEY = Key()


class Gone(Exception):
    """The client has left."""


class Peer:
    def __init__(self, sock):
        self.sock = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.version = b"SSH-2.0-Hostile_1"
        self.client_version = b""
        self.session_id = b""
        self.strict = False
        self.out = self.into = None  # (cipher, Mac), once there are keys
        self.sent = self.got = 0
        self.pending = b""
        self.deflate = self.inflate = None  # with zlib@openssh.com, once logged in

    # Bytes.

    def write(self, raw):
        try:
            self.sock.sendall(raw)
        except OSError:
            raise Gone from None

    def read(self, size):
        while len(self.pending) < size:
            try:
                more = self.sock.recv(65536)
            except OSError:
                more = b""
            if not more:
                raise Gone
            self.pending += more
        taken, self.pending = self.pending[:size], self.pending[size:]
        return taken

    def close(self):
        """A polite end."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        raise Gone

    def drain(self):
        """Until the client leaves."""
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass

    def flood(self, piece):
        """The same bytes until the client leaves; what it says is not read."""
        piece *= max(1, 65536 // len(piece))
        while True:
            self.write(piece)

    def flood_packets(self, payload):
        """The same packet until the client leaves; what it says is not read."""
        while True:
            self.write(self.seal(*[payload] * 200))

    # Packets.

    def frame(self, payload, size=None, padding=None):
        """A packet before it is encrypted; `size` and `padding`: what it claims, if not the
        truth."""
        if self.deflate:
            payload = self.deflate.compress(payload) + self.deflate.flush(zlib.Z_PARTIAL_FLUSH)
        block = 16 if self.out else 8
        fill = block - (len(payload) + 5) % block
        fill += block if fill < 4 else 0
        return (u32(len(payload) + fill + 1 if size is None else size)
                + bytes([(fill if padding is None else padding) & 0xff])
                + payload + bytes(fill))

    def seal(self, *payloads, **claims):
        """Packets as they are on the wire."""
        packets = [self.frame(payload, **claims) for payload in payloads]
        first, self.sent = self.sent, self.sent + len(packets)
        if not self.out:
            return b"".join(packets)
        cipher, mac = self.out
        coded = cipher.update(b"".join(packets))
        out, at = [], 0
        for number, packet in enumerate(packets, first):
            out += coded[at:at + len(packet)], mac.digest(u32(number) + packet)
            at += len(packet)
        return b"".join(out)

    def send(self, *payloads):
        """In one write, so that they arrive together."""
        self.write(self.seal(*payloads))

    def receive(self):
        """The next packet's payload."""
        number, self.got = self.got, self.got + 1
        if self.into:
            cipher, mac = self.into
            head = cipher.update(self.read(16))
            size = struct.unpack(">I", head[:4])[0]
            packet = head + cipher.update(self.read(size + 4 - 16))
            assert mac.digest(u32(number) + packet) == self.read(32)
        else:
            head = self.read(4)
            size = struct.unpack(">I", head)[0]
            packet = head + self.read(size)
        payload = packet[5:4 + size - packet[4]]
        return self.inflate.decompress(payload) if self.inflate else payload

    def expect(self, *numbers):
        """The next packet of one of these kinds; others are passed over."""
        while True:
            payload = self.receive()
            if payload[0] in numbers:
                return payload
            if payload[0] == DISCONNECT:
                raise Gone

    # What an honest server does.

    def hello(self, version=None):
        if version is not None:
            self.version = version
        self.write(self.version + b"\r\n")
        self.read_hello()

    def read_hello(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.read(1)
        self.client_version = line.rstrip(b"\r\n")

    def exchange(self, key=None, between=(), spoil=None, reply=None, **lists):
        """A key exchange, with `between` sent before NEWKEYS. `spoil`: changes the signature;
        `reply`: the whole answer."""
        ours = kexinit(**lists)
        self.send(ours)
        self.answer_exchange(ours, key, between, spoil, reply)

    def answer_exchange(self, ours, key=None, between=(), spoil=None, reply=None, sealed=None):
        """`sealed`: called as soon as our new key is in use."""
        key = key or HOST_KEY
        theirs = self.expect(KEXINIT)
        self.offered = theirs
        first = not self.session_id
        self.strict = self.strict or (first and STRICT in ours)
        point, _ = take_string(self.expect(KEX_INIT), 1)
        mine = X25519PrivateKey.generate()
        public = mine.public_key().public_bytes(serialization.Encoding.Raw,
                                                serialization.PublicFormat.Raw)
        secret = mpint(mine.exchange(X25519PublicKey.from_public_bytes(point)))
        digest = hashlib.sha256(string(self.client_version) + string(self.version)
                                + string(theirs) + string(ours) + string(key.blob)
                                + string(point) + string(public) + secret).digest()
        self.session_id = self.session_id or digest
        signature = key.sign(digest)
        if spoil:
            signature = spoil(signature)
        if reply is None:
            reply = message(KEX_REPLY, string(key.blob), string(public), string(signature))
        self.send(reply, *between, bytes([NEWKEYS]))
        self.sent = 0 if self.strict else self.sent

        def derive(letter, size=32):
            return hashlib.sha256(secret + digest + letter + self.session_id).digest()[:size]

        self.out = (Cipher(algorithms.AES(derive(b"D")),
                           modes.CTR(derive(b"B", 16))).encryptor(), Mac(derive(b"F")))
        if sealed:
            sealed()
        self.expect(NEWKEYS)
        self.got = 0 if self.strict else self.got
        self.into = (Cipher(algorithms.AES(derive(b"C")),
                            modes.CTR(derive(b"A", 16))).decryptor(), Mac(derive(b"E")))

    def service(self):
        self.expect(SERVICE_REQUEST)
        self.send(message(SERVICE_ACCEPT, "ssh-userauth"))

    def asked(self):
        """The next request to authenticate: its method."""
        payload = self.expect(AUTH_REQUEST)
        _, at = take_string(payload, 1)
        _, at = take_string(payload, at)
        return take_string(payload, at)[0].decode()

    def asked_by(self, method, methods=None):
        """Deny until this method is used."""
        while self.asked() != method:
            self.send(failure(methods or method))

    def ready(self, **lists):
        """Up to the point where the client authenticates."""
        self.hello()
        self.exchange(**lists)
        self.service()

    def log_in(self, compressed=False):
        """Up to an authenticated connection."""
        zip_names = b"zlib@openssh.com"
        self.ready(**{"compression_in": zip_names, "compression_out": zip_names}
                   if compressed else {})
        self.asked()
        self.send(bytes([AUTH_SUCCESS]))
        if compressed:
            self.deflate, self.inflate = zlib.compressobj(), zlib.decompressobj()

    def open(self, window=1 << 21, maximum=32768):
        """The client's first channel, opened; returns the client's number of it."""
        payload = self.expect(CHANNEL_OPEN)
        _, at = take_string(payload, 1)
        channel = struct.unpack_from(">I", payload, at)[0]
        self.send(message(OPEN_CONFIRMATION, channel, 0, window, maximum))
        return channel

    def requested(self):
        """The next request on a channel: its name, and whether an answer is wanted."""
        payload = self.expect(CHANNEL_REQUEST)
        name, at = take_string(payload, 5)
        return name.decode(), payload[at] != 0

    def grant(self, channel, until=("exec", "shell"), last=True):
        """Say yes to what is asked, up to one of these (to that too, if `last`)."""
        while True:
            name, reply = self.requested()
            if reply and (last or name not in until):
                self.send(message(CHANNEL_SUCCESS, channel))
            if name in until:
                return

    def start(self, compressed=False, **sizes):
        """Everything up to a running command or shell."""
        self.log_in(compressed)
        channel = self.open(**sizes)
        self.grant(channel)
        return channel

    def finish(self, channel, status=0):
        self.send(request(channel, "exit-status", status), message(CHANNEL_EOF, channel),
                  message(CHANNEL_CLOSE, channel))


class Server:
    """Runs a script for every connection, one after the other. `host`: the real one behind it,
    for a script that lets it speak."""

    def __init__(self, script, host=None):
        self.host = host
        listener = socket.socket()
        # The less the system keeps for a server that does not read, the sooner it is noticed.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 4000)
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        self.port = listener.getsockname()[1]
        self.pid = os.fork()
        if self.pid == 0:
            try:
                ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
                self._serve(listener, script)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        listener.close()

    @staticmethod
    def _serve(listener, script):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            sock, _ = listener.accept()
            peer = Peer(sock)
            try:
                script(peer)
                peer.drain()
            except Gone:
                pass
            sock.close()

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        self.pid = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # As the other servers of these tests, for a person's home.

    def authorize(self, public_key):
        """Whoever comes is taken."""
        if self.host:
            self.host.authorize(public_key)

    def known_hosts_line(self, port=None, key=None):
        if self.host:
            return self.host.known_hosts_line(port or self.port)
        blob = base64.b64encode((key or HOST_KEY).blob).decode()
        return f"[127.0.0.1]:{port or self.port} ssh-ed25519 {blob}\n"


def trickle(peer, text, every=0.2):
    """One byte after the other, for ever."""
    for byte in text:
        peer.write(bytes([byte]))
        time.sleep(every)
    while True:
        peer.write(text[-1:])
        time.sleep(every)


def relay(host, meddle):
    """A script that stands between the client and a real host. `meddle(peer, up, down, data)`:
    what becomes of what the host says, of which `down` bytes have gone by, and `up` of what the
    client said."""
    def script(peer):
        with socket.create_connection(("127.0.0.1", host.port)) as far:
            far.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            up = down = 0
            while True:
                for ready in select.select([peer.sock, far], [], [])[0]:
                    try:
                        data = ready.recv(65536)
                    except OSError:
                        data = b""
                    if not data:
                        raise Gone
                    if ready is far:
                        meddle(peer, up, down, data)
                        down += len(data)
                    else:
                        far.sendall(data)
                        up += len(data)
    return script

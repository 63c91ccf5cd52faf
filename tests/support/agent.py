"""A real ssh-agent behind a relay that can hold signatures back, refuse them or hang up, and
that can also hold a security key of its own:

    with Agent(folder) as agent:
        agent.add(key); agent.add_security_key(folder / "sk")   # writes sk.pub
        agent.hold(); agent.release()       # signatures wait; and come
        agent.refuse = agent.hang_up = True
        agent.signed                        # the comments of the keys that were asked to sign
        agent.added                         # the constraints of the keys that were added
"""

import base64
import hashlib
import os
import pathlib
import socket
import struct
import subprocess
import threading

FAILURE, IDENTITIES, SIGN, SIGNED, ADD, ADD_CONSTRAINED = 5, 12, 13, 14, 17, 25
SK = b"sk-ssh-ed25519@openssh.com"


def string(data):
    return struct.pack(">I", len(data)) + data


def take(data):
    size = struct.unpack(">I", data[:4])[0]
    return data[4:4 + size], data[4 + size:]


class SecurityKey:
    """An ed25519 key that signs as one in a security key does."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)],
                       check=True, stderr=subprocess.DEVNULL)
        der = subprocess.run(["openssl", "pkey", "-in", str(path), "-pubout", "-outform", "DER"],
                             check=True, capture_output=True).stdout
        self.blob = string(SK) + string(der[-32:]) + string(b"ssh:")
        self.comment = self.path.name
        pathlib.Path(f"{path}.pub").write_text(
            f"{SK.decode()} {base64.b64encode(self.blob).decode()} {self.comment}\n")

    def sign(self, data):
        touched = b"\1" + struct.pack(">I", 1)
        message = self.path.with_suffix(".message")
        message.write_bytes(hashlib.sha256(b"ssh:").digest() + touched
                            + hashlib.sha256(data).digest())
        signature = subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", str(self.path), "-in",
             str(message)], check=True, capture_output=True).stdout
        return bytes([SIGNED]) + string(string(SK) + string(signature) + touched)


class Agent:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.real = self.folder / "real"
        self.path = self.folder / "agent"
        self.refuse = self.hang_up = self.closing = False
        self.signed = []
        self.added = []
        self.security_keys = []
        self._free = threading.Event()
        self._free.set()
        self.process = subprocess.Popen(["ssh-agent", "-D", "-a", str(self.real)],
                                        stdout=subprocess.DEVNULL, env=self._env())
        while self.run("-l").returncode == 2:  # it does not listen yet
            assert self.process.poll() is None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.listener.listen(16)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    @staticmethod
    def _env(**more):
        return {k: v for k, v in os.environ.items() if k != "DISPLAY"} | more

    @property
    def env(self):
        return {"SSH_AUTH_SOCK": str(self.path)}

    def run(self, *args, **kwargs):
        """ssh-add, with the real agent."""
        return subprocess.run(["ssh-add", *args], env=self._env(SSH_AUTH_SOCK=str(self.real)),
                              capture_output=True, text=True, **kwargs)

    def add(self, *args):
        self.run("-q", *map(str, args), check=True)

    def add_security_key(self, path):
        self.security_keys.append(SecurityKey(path))

    @property
    def keys(self):
        """The comments of the keys it holds."""
        lines = self.run("-l").stdout.splitlines()
        return [line.split(" ", 2)[2].rsplit(" ", 1)[0] for line in lines if line[0].isdigit()]

    def hold(self):
        self._free.clear()

    def release(self):
        self._free.set()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    @staticmethod
    def _receive(sock):
        head = sock.recv(4, socket.MSG_WAITALL)
        return head and sock.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)

    def _serve(self, client):
        with client, socket.socket(socket.AF_UNIX) as real:
            try:
                real.connect(str(self.real))
                while body := self._receive(client):
                    answer = self._sign(real, body) if body[0] == SIGN else self._pass(real, body)
                    if answer is None:
                        return
                    client.sendall(string(answer))
            except OSError:
                return

    def _pass(self, real, body):
        if body[0] in (ADD, ADD_CONSTRAINED):
            if self.refuse:
                return bytes([FAILURE])
            kind, rest = take(body[1:])
            for _ in range({b"ssh-ed25519": 2, b"ssh-rsa": 6}.get(kind, 3) + 1):
                rest = take(rest)[1]
            self.added.append(rest)
        real.sendall(string(body))
        answer = self._receive(real)
        if answer[:1] == bytes([IDENTITIES]) and self.security_keys:
            count = struct.unpack(">I", answer[1:5])[0] + len(self.security_keys)
            more = b"".join(string(k.blob) + string(k.comment.encode())
                            for k in self.security_keys)
            answer = bytes([IDENTITIES]) + struct.pack(">I", count) + answer[5:] + more
        return answer

    def _sign(self, real, body):
        blob, rest = take(body[1:])
        own = [k for k in self.security_keys if k.blob == blob]
        self.signed.append(own[0].comment if own else self._comment(real, blob))
        self._free.wait()
        if self.hang_up or self.closing:
            return None
        if self.refuse:
            return bytes([FAILURE])
        return own[0].sign(take(rest)[0]) if own else self._pass(real, body)

    def _comment(self, real, blob):
        real.sendall(string(bytes([11])))
        answer = self._receive(real)[5:]
        while answer:
            key, answer = take(answer)
            comment, answer = take(answer)
            if key == blob:
                return comment.decode()
        return None

    def close(self):
        self.closing = True
        self.release()
        self.listener.shutdown(socket.SHUT_RDWR)  # else its number is another's, and served on
        self.thread.join()
        self.listener.close()
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

"""Keys of every kind, made when they are asked for, and known by name: what a person is given,
and what a server's log is read with."""

import base64
import hashlib
import pathlib
import subprocess
import threading

PASSPHRASE = "correct horse"
LOCK = ["-a", "1", "-N", PASSPHRASE]

# What ssh-keygen is told. Names that are not here are plain Ed25519 keys.
KINDS = {
    "rsa": ["-t", "rsa", "-b", "2048"],
    "rsa-pem": ["-t", "rsa", "-b", "2048", "-m", "PEM"],
    "rsa-pkcs8": ["-t", "rsa", "-b", "2048", "-m", "PKCS8"],
    "rsa-short": ["-t", "rsa", "-b", "1024"],
    "host-rsa": ["-t", "rsa", "-b", "2048"],
    "ecdsa": ["-t", "ecdsa"],
    "ecdsa-384": ["-t", "ecdsa", "-b", "384"],
    "ecdsa-521": ["-t", "ecdsa", "-b", "521"],
    "ecdsa-pem": ["-t", "ecdsa", "-m", "PEM"],
    "ecdsa-pkcs8": ["-t", "ecdsa", "-m", "PKCS8"],
    "host-ecdsa": ["-t", "ecdsa"],
    "dsa": ["-t", "dsa"],
    "locked": ["-t", "ed25519", *LOCK],
    "locked-other": ["-t", "ed25519", "-a", "1", "-N", "battery staple"],
    "locked-rsa": ["-t", "rsa", "-b", "2048", *LOCK],
    "locked-ecdsa": ["-t", "ecdsa", *LOCK],
    "locked-pem": ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", PASSPHRASE],
    "locked-pkcs8": ["-t", "ecdsa", "-m", "PKCS8", "-N", PASSPHRASE],
    "locked-gcm": ["-t", "ed25519", "-Z", "aes256-gcm@openssh.com", *LOCK],
    "locked-chacha": ["-t", "ed25519", "-Z", "chacha20-poly1305@openssh.com", *LOCK],
}

# The key each is for, and what `ssh-keygen -s ca` is told besides. A file NAME.pub.
CERTIFICATES = {
    "cert": ["main", "-n", "ann"],
    "cert-other": ["main", "-n", "bob"],
    "cert-expired": ["main", "-n", "ann", "-V", "20010101:20010102"],
    "cert-forced": ["main", "-n", "ann", "-O", "force-command=echo forced"],
    "cert-rsa": ["rsa", "-n", "ann"],
    "cert-locked": ["locked", "-n", "ann"],
}


def run(*argv):
    subprocess.run([str(word) for word in argv], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class KeyRing:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.names = {}  # of fingerprints
        self.blobs = {}  # of public keys in base64
        self._lock = threading.RLock()

    def path(self, name):
        """The file of a key, of its public half (NAME.pub), or of a certificate (NAME.pub)."""
        with self._lock:
            if not (self.folder / name).exists():
                self._make(name.removesuffix(".pub"))
            return self.folder / name

    def _make(self, name):
        if name in CERTIFICATES:
            key, *more = CERTIFICATES[name]
            public = self.path(f"{key}.pub")
            run("ssh-keygen", "-q", "-s", self.path("ca"), "-I", name, *more, public)
            public.with_name(f"{key}-cert.pub").rename(self.folder / f"{name}.pub")
            return
        kind = KINDS.get(name, ["-t", "ed25519"])
        plain = [] if "-N" in kind else ["-N", ""]
        run("ssh-keygen", "-q", *kind, *plain, "-C", name, "-f", self.folder / name)
        blob = self.public(name).split()[1]
        digest = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest())
        self.names["SHA256:" + digest.decode().rstrip("=")] = name
        self.blobs[blob] = name

    def public(self, name):
        return self.path(f"{name}.pub").read_text()

    def dropbear(self, name):
        """The same private key in dropbear's format."""
        with self._lock:
            path = self.folder / f"{name}.dropbear"
            if not path.exists():
                run("dropbearconvert", "openssh", "dropbear", self.path(name), path)
            return path

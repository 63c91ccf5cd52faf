"""-v: stages, timings, keys, methods and algorithms; and never a secret."""

import re

import pytest
from kbdint import KbdintHost
from sshd import keygen
from test_config import tether, write

SECRETS = {"Passphrase": "phrase-s3cret", "password": "pass-s3cret", "Code": "code-s3cret"}
SCRIPT = (f"factor\tpublickey\nfactor\tpassword\t{SECRETS['password']}\n"
          f"factor\tkeyboard-interactive\nround\t\t\nhidden\tCode: \t{SECRETS['Code']}\n")

LINE = r"tether: +\d+\.\d{3} web1: "
TOLD = [r"resolve took \d+ ms", r"connect took \d+ ms", r"banner took \d+ ms",
        r"key exchange took \d+ ms",
        r"SSH-2\.0-\S+ at 127\.0\.0\.1, \S*25519\S*, aes\S+", r"the host's ED25519 key is SHA256:\S+",
        r"host key took \d+ ms", r"offering \S+/id_ed25519",
        r"publickey: accepted, and more is wanted; the host takes password",
        r"password: accepted, and more is wanted; the host takes keyboard-interactive",
        r"keyboard-interactive: accepted", r"authentication took \d+ ms", r"channel"]


def host(lab):
    server = KbdintHost(lab.folder / "asks", SCRIPT)
    lab.ends.append(server.stop)
    lab.home.key.unlink()
    keygen(lab.home.key, passphrase=SECRETS["Passphrase"])
    lab.home.add_host("web1", server)


def answer(term):
    for prompt, secret in SECRETS.items():
        term.wait_for(re.compile(f"{prompt}.*: ?$", re.M))
        term.send(secret + "\r")
        term.wait_for(lambda: not re.search(f"{prompt}[^\n]*: ?$", term.text))


def told_in_order(text):
    at = 0
    for pattern in TOLD:
        found = re.compile(LINE + pattern).search(text, at)
        assert found, (pattern, text)
        at = found.start()
    for secret in (*SECRETS.values(), "typed-s3cret"):
        assert secret not in text


@pytest.mark.parametrize("how", ["-v", "-vvv"])
def test_a_command(lab, how):
    host(lab)
    term = lab.tether(how, "web1", "true", cols=200, rows=60)
    answer(term)
    assert term.wait_exit() == 0
    told_in_order(term.history)
    assert re.search(LINE + r"open after \d+ ms", term.history)


def test_on_the_screen_it_comes_behind(lab):
    host(lab)
    write(lab, "leave = line\n")
    term = lab.tether("-vvv", "web1", cols=200, rows=60)
    answer(term)
    term.wait_prompt()
    term.send("read -s x; echo re''ad\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("typed-s3cret\r")
    term.shown("read")
    assert "took" not in term.text
    term.wait_prompt()
    term.send("exit\r")
    assert term.wait_exit() == 0
    told_in_order(term.history)


def test_without_it_nothing_is_told(lab):
    lab.host()
    assert tether(lab, "web1", "true") == (0, "", "")


def test_what_is_denied_is_told(lab):
    server = lab.host()
    server.authorized_keys.write_text("")
    status, _, err = tether(lab, "-v", "web1", "true")
    assert status == 255
    assert re.search(LINE + "publickey: denied; the host takes publickey", err)

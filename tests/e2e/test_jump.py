"""Jump hosts: every hop a connection of its own, with its own keys, questions and failures."""

import hashlib
import os
import re
import subprocess

import pytest
from conftest import TETHER
from sshd import keygen
from terminal import DEADLINE


def way(lab, *hops, **kwargs):
    """web1, reached over these hosts, which are made too."""
    hosts = {name: lab.host(name) for name in hops}
    hosts["web1"] = lab.host(client=[f"ProxyJump {','.join(hops)}"], **kwargs)
    return hosts


def run(lab, *args, data=b""):
    done = subprocess.run([os.path.abspath(TETHER), *args], input=data, capture_output=True,
                          env=lab.env(), cwd=lab.home.path, start_new_session=True,
                          timeout=3 * DEADLINE)
    return done.returncode, done.stdout, done.stderr.decode()


def test_three_hops_are_entered_as_one(lab):
    hosts = way(lab, "one", "two", "three")
    term = lab.enter()
    term.run("echo $SSH_CONNECTION | cut -d' ' -f4", str(hosts["web1"].port))
    term.run("printf '%s\\n' in''side", "inside")
    for host in hosts.values():
        assert "Accepted publickey for ann" in host.log.read_text()
    term.send("exit 5\r")
    assert term.wait_exit() == 5


def test_bytes_are_exact(lab):
    way(lab, "one", "two")
    data = os.urandom(1 << 20) * 20
    status, out, err = run(lab, "web1", "tee /dev/stderr | sha256sum >&2; cat /dev/null",
                           data=b"")
    assert (status, out) == (0, b"")
    status, out, err = run(lab, "web1", "cat; exit 3", data=data)
    assert (status, err) == (3, "")
    assert hashlib.sha256(out).digest() == hashlib.sha256(data).digest()


@pytest.mark.parametrize("answer, status", [("yes\r", 0), ("no\r", 255)])
def test_each_hop_has_its_line_in_known_hosts(lab, answer, status):
    jump = lab.host("jump", trust=False)
    host = lab.host(client=["ProxyJump jump"], trust=False)
    term = lab.tether("web1", "true", cols=120)
    term.wait_for(f"[127.0.0.1]:{jump.port}")
    term.wait_for("yes/no")
    term.send(answer)
    if status == 0:
        term.wait_for(f"[127.0.0.1]:{host.port}")
        term.wait_for(lambda: len(re.findall("yes/no", term.text)) == 2, what="two questions")
        term.send(answer)
    assert term.wait_exit() == status
    if status == 0:
        known = lab.home.known_hosts.read_text()
        assert len(known.splitlines()) == 2
        assert run(lab, "web1", "echo again")[:2] == (0, b"again\n")
    else:
        assert "by way of jump: host key:" in term.text.replace("\n", " ")


def test_own_user_and_key_for_each_hop(lab):
    key = keygen(lab.folder / "jumpkey")
    jump = lab.host("jump", user="joe", client=[f"IdentityFile {key}", "IdentitiesOnly yes"])
    jump.authorized_keys.write_text(key.with_suffix(".pub").read_text())
    lab.host(client=["ProxyJump jump"])
    assert run(lab, "web1", "id -un")[:2] == (0, b"ann\n")
    assert "Accepted publickey for joe" in jump.log.read_text()
    # In the list itself: user and port.
    lab.host("web2")
    assert run(lab, "-J", f"joe@jump:{jump.port}", "web2", "echo ok")[:2] == (0, b"ok\n")


@pytest.mark.skipif(os.getuid() != 0, reason="sshd checks passwords only as root")
def test_a_hop_may_ask_for_a_password(lab):
    jump = lab.host("jump", options=["PasswordAuthentication yes"])
    jump.authorized_keys.write_text("")
    jump.accounts.set_password("ann", "tr0ub4dor")
    lab.host(client=["ProxyJump jump"])
    term = lab.tether("web1")
    term.wait_for("ann@jump's password:")
    term.send("tr0ub4dor\r")
    term.wait_prompt()
    status, _, err = run(lab, "web1", "true")
    assert status == 255 and "web1: by way of jump: authentication:" in err
    assert "no terminal" in err


def test_a_question_may_take_its_time(lab):
    """The hops before are kept alive while a person is asked."""
    jump = lab.host("jump", options=["ClientAliveInterval 1", "ClientAliveCountMax 1"])
    host = lab.host(client=["ProxyJump jump"], trust=False)
    term = lab.tether("web1", cols=120)
    term.wait_for(f"[127.0.0.1]:{host.port}")
    term.read_for(3.5)
    assert "Timeout" not in jump.log.read_text()
    term.send("yes\r")
    term.wait_prompt()


def fails(lab, *words, host="web1", args=()):
    status, out, err = run(lab, *args, host, "true")
    assert (status, out, err.count("\n")) == (255, b"", 1), err
    for word in words:
        assert re.search(word, err, re.I), (word, err)


def test_a_failure_names_its_hop(lab):
    hosts = way(lab, "one", "two")
    hosts["two"].authorized_keys.write_text("")
    fails(lab, "^tether: web1: by way of two: authentication: permission denied")
    hosts["two"].stop()
    fails(lab, f"^tether: web1: by way of two: connect: one cannot connect to 127.0.0.1 port "
               f"{hosts['two'].port}: connect failed|refused")
    hosts["one"].stop()
    fails(lab, "^tether: web1: by way of one: connect: .*refused")


def test_a_hop_that_does_not_forward(lab):
    lab.host("jump", options=["AllowTcpForwarding no"])
    lab.host(client=["ProxyJump jump"])
    fails(lab, "^tether: web1: connect: jump does not forward connections.*AllowTcpForwarding")


def test_a_name_that_the_hop_does_not_know(lab):
    lab.host("jump")
    fails(lab, "^tether: no-such-host.invalid: connect: jump cannot connect to",
          host="no-such-host.invalid", args=["-J", "jump"])


def test_a_circle_is_told(lab):
    lab.host("jump", client=["ProxyJump web1"])
    lab.host(client=["ProxyJump jump"])
    fails(lab, "circle")


def test_a_hop_that_goes_names_itself(lab):
    relay = lab.relay("slow", lab.host("jump"))
    lab.host(client=["ProxyJump slow"])
    term = lab.enter()
    relay.down()
    term.wait_for(re.compile("link is lost: by way of slow"))
    relay.up()
    term.send("\r")
    term.wait_prompt()
    term.run("echo ba''ck", "back")


def test_giving_up_at_a_silent_hop(lab):
    jump = lab.host("jump")
    relay = lab.relay("slow", jump)
    lab.host(client=["ProxyJump slow"])
    relay.stall()
    term = lab.tether("web1")
    term.wait_for(re.compile("slow: banner"))
    term.send("\x03")
    assert term.wait_exit(5) == 255

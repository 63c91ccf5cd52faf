"""`tether why`: what connecting would mean, told without connecting."""

import os
import re
import subprocess

import pytest
from conftest import TETHER
from sshd import keygen


def why(lab, *args, **env):
    done = subprocess.run([os.path.abspath(TETHER), "why", *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env=lab.env(**env), cwd=lab.home.path)
    return done.returncode, done.stdout, done.stderr


def setting(text, name):
    """A setting's source and value."""
    match = re.search(rf"^  {name} +(command line|config|default) +(.*)$", text, re.M)
    return match and match.groups()


def test_where_settings_come_from(lab):
    host = lab.host(client=["SetEnv TOKEN=secret", "ServerAliveInterval 5"])
    status, out, err = why(lab, "-4", "-o", "ServerAliveCountMax=9", "web1")
    assert (status, err) == (0, "")
    assert setting(out, "Port") == ("config", str(host.port))
    assert setting(out, "ServerAliveInterval") == ("config", "5")
    assert setting(out, "ServerAliveCountMax") == ("command line", "9")
    assert setting(out, "AddressFamily") == ("command line", "inet")
    assert setting(out, "BatchMode") == ("default", "no")
    assert "TOKEN" in out and "secret" not in out
    assert f"TCP to 127.0.0.1 port {host.port}" in out
    assert f"known as [127.0.0.1]:{host.port}: ssh-ed25519" in out


def test_it_does_not_connect(lab):
    lab.host().stop()
    assert why(lab, "web1")[0] == 0


def test_what_is_not_followed(lab):
    lab.host(client=["Tunnel yes", "ProxyJump one,two"])
    status, out, _ = why(lab, "web1")
    assert status == 0 and "not followed here: Tunnel\n" in out
    assert re.search("by way of one: .*\n +by way of two: ", out)


def test_an_unknown_name_is_told(lab):
    status, out, _ = why(lab, "no-such-host.invalid")
    assert status == 0 and "no host named" in out and "no key" in out


def test_the_bootstrap_can_be_read(lab):
    lab.host()
    status, out, _ = why(lab, "--show-bootstrap", "web1")
    assert status == 0 and "__tt_hello" in out and "\\012" not in out
    check = subprocess.run(["sh", "-n"], input=out, text=True, capture_output=True)
    assert (check.returncode, check.stderr) == (0, "")


@pytest.mark.parametrize("args", [[], ["web1", "ls"], ["-Q", "web1"]])
def test_wrong_usage(lab, args):
    status, out, err = why(lab, *args)
    assert (status, out) == (2, "") and err.startswith("tether: ")


@pytest.mark.parametrize("chosen", [False, True])
def test_the_keys_are_offered_in_the_order_told(lab, chosen):
    """The order of the error that names the keys which were tried."""
    host = lab.host(options=["MaxAuthTries 20"])
    path = lab.folder / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    lab.ends.append(lambda: (agent.terminate(), agent.wait()))
    while not path.exists():
        assert agent.poll() is None
    keys = {name: keygen(lab.folder / name) for name in ("one", "two", "held")}
    for name, key in keys.items():
        subprocess.run(["ssh-keygen", "-q", "-c", "-C", name, "-f", str(key)], check=True)
    env = {"SSH_AUTH_SOCK": str(path)}
    for name in ("held", "two"):
        subprocess.run(["ssh-add", "-q", str(keys[name])], env={**os.environ, **env}, check=True)
    args = [word for name in ("one", "held") for word in ("-i", str(keys[name]))] if chosen else []
    host.authorized_keys.write_text("")
    _, out, _ = why(lab, *args, "web1", **env)
    told = re.findall(r"^ +\d+\. (\S+) \((?:agent|file)", out, re.M)
    done = subprocess.run([os.path.abspath(TETHER), "-o", "PasswordAuthentication=no", *args,
                           "web1", "true"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, env=lab.env(**env), cwd=lab.home.path, start_new_session=True)
    tried = re.search("keys tried: (.*?);", done.stderr)
    assert tried, done.stderr
    assert told == tried[1].split(", ")
    assert len(told) == 3

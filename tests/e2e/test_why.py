"""`tether why`: what connecting would mean, told without connecting."""

import os
import re
import subprocess

import pytest
from agent import Agent
from conftest import TETHER
from sshd import keygen


def why(lab, *args, **env):
    done = subprocess.run([os.path.abspath(TETHER), "why", *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env=lab.env(**env), cwd=lab.home.path)
    return done.returncode, done.stdout, done.stderr


def setting(text, name):
    """A setting's source and value."""
    match = re.search(rf"^  {name}  +(\S.*?)  +(.*)$", text, re.M)
    return match and match.groups()


def test_where_settings_come_from(lab):
    host = lab.host(client=["SetEnv TOKEN=secret", "ServerAliveInterval 5"])
    status, out, err = why(lab, "-4", "-o", "ServerAliveCountMax=9", "web1")
    assert (status, err) == (0, "")
    config = lab.home.config.read_text().splitlines()
    line = {text.split()[0]: n for n, text in enumerate(config, 1) if text.strip()}
    assert setting(out, "Port") == (f"~/.ssh/config:{line['Port']}", str(host.port))
    assert setting(out, "ServerAliveInterval") == (f"~/.ssh/config:{line['ServerAliveInterval']}",
                                                   "5")
    assert setting(out, "ServerAliveCountMax") == ("command line", "9")
    assert setting(out, "AddressFamily") == ("command line", "inet")
    assert setting(out, "BatchMode") == ("default", "no")
    assert "TOKEN" in out and "secret" not in out
    assert f"TCP to 127.0.0.1 port {host.port}" in out
    assert f"known as [127.0.0.1]:{host.port}: ssh-ed25519" in out


def test_each_line_that_counts(lab):
    """Of several files and blocks, with what comes too late left out."""
    more = lab.home.path / ".ssh/more"
    more.write_text("Host *\n    User late\n    ServerAliveCountMax 4\n")
    lab.home.config.write_text(
        "Host web1\n    User ann\n    IdentityFile ~/.ssh/a\nHost other\n    Port 1\nHost *\n"
        "    Port 44\n    Port 45\n    IdentityFile ~/.ssh/b\n    SetEnv A=b\n    SendEnv LANG\n"
        "Include more\n")
    _, out, _ = why(lab, "-i", str(lab.home.key), "-o", "BatchMode=yes", "web1")
    config = "~/.ssh/config"
    assert setting(out, "User") == (f"{config}:2", "ann")
    assert setting(out, "Port") == (f"{config}:7", "44")
    assert setting(out, "ServerAliveCountMax") == ("~/.ssh/more:3", "4")
    source, value = setting(out, "IdentityFile")
    assert source == f"command line {config}:3,9" and value.split() == [
        str(lab.home.key), f"{lab.home.path}/.ssh/a", f"{lab.home.path}/.ssh/b"]
    # The system's own file may have more.
    assert setting(out, "SetEnv, SendEnv")[0].startswith(f"{config}:10 {config}:11")
    assert setting(out, "BatchMode") == ("command line", "yes")
    assert setting(out, "HostName") == ("default", "web1")
    # Here ssh's word differs from what we can read: no line is named.
    lab.home.config.write_text("Match exec true\n    User someone\nHost *\n    User ann\n")
    _, out, _ = why(lab, "web1")
    assert setting(out, "User") == ("config", "someone")


def test_where_the_timeout_comes_from(lab):
    lab.host(client=["ConnectTimeout 5"])
    lab.host("web2")
    path = lab.home.path / "config/tether/config"
    path.parent.mkdir(parents=True)
    path.write_text("timeout = 7\n")
    path.chmod(0o600)
    assert setting(why(lab, "web1")[1], "ConnectTimeout") == ("~/.ssh/config:5", "5")
    assert setting(why(lab, "--timeout", "3", "web1")[1], "ConnectTimeout") == ("command line", "3")
    assert setting(why(lab, "web2")[1], "ConnectTimeout") == (f"{path}:1", "7")
    path.unlink()
    assert setting(why(lab, "web2")[1], "ConnectTimeout") == ("default", "15")


def test_each_hop_with_its_user_and_keys(lab):
    one = lab.host("one", user="joe", client=[f"IdentityFile {lab.folder}/key"])
    keygen(lab.folder / "key")
    lab.host(client=["ProxyJump one"])
    _, out, _ = why(lab, "web1")
    assert f"by way of one: joe@127.0.0.1 port {one.port}\n" in out
    assert re.search(r"TCP to 127\.0\.0\.1 port \d+\n  by way of one", out)
    at_one = out[out.index("authentication at one"):out.index("host keys of web1")]
    at_web1 = out[out.index("authentication at web1"):]
    assert f" 1. {lab.folder}/key (file)" in at_one
    assert f" 1. {lab.home.key} (file)" in at_web1
    assert f"known as [127.0.0.1]:{one.port}: ssh-ed25519" in out


@pytest.mark.parametrize("args, client, env, words", [
    (["-T"], [], {}, ["no screen, no line editing: no terminal is asked for", "nothing of ours"]),
    ([], ["RemoteCommand uptime"], {}, ["a command is run", "the command is: uptime"]),
    ([], ["RequestTTY no"], {}, ["no terminal is asked for"]),
    ([], [], {"TERM": "dumb"}, ["TERM names no terminal"]),
    (["--raw"], [], {}, ["no line editing: raw is asked for", "nothing of ours is sent"]),
    (["--shell", "plain"], [], {}, ["no line editing: the shell is taken for a plain one"]),
    ([], [], {"TERM": "nosuchterm"}, ["taken for an xterm"]),
    ([], [], {"LC_ALL": "C"}, ["is shown as '?'"]),
    ([], [], {"NO_COLOR": "1"}, ["NO_COLOR is set"]),
    ([], ["LocalForward 8000 localhost:80"], {},
     ["not followed here: LocalForward", "LocalForward is asked for by ~/.ssh/config:5"]),
    ([], [], {}, ["degraded, and why\n  nothing\n"]),
])
def test_what_is_degraded_and_why(lab, args, client, env, words):
    lab.host(client=client)
    status, out, _ = why(lab, *args, "web1", **env)
    assert status == 0
    for word in words:
        assert word in out


def test_methods_are_those_that_are_used(lab):
    lab.host(client=["BatchMode yes", "GSSAPIAuthentication no"])
    assert "host takes them: publickey\n" in why(lab, "web1")[1]
    lab.host("web2", client=["PubkeyAuthentication no",
                             "PreferredAuthentications password,publickey"])
    assert "host takes them: password\n" in why(lab, "web2")[1]


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
    agent = Agent(lab.folder / "agent")
    lab.ends.append(agent.close)
    keys = {name: keygen(lab.folder / name) for name in ("one", "two", "held")}
    for name, key in keys.items():
        subprocess.run(["ssh-keygen", "-q", "-c", "-C", name, "-f", str(key)], check=True)
    agent.add(keys["held"], keys["two"])
    env = agent.env
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

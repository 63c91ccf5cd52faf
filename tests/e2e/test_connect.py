"""From a name to a session: host keys, authentication, and everything that can go wrong."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading

import pytest
from sshd import keygen


def fails(term, *words):
    """It ends with status 255 and one line, which holds these words."""
    assert term.wait_exit() == 255
    assert not term.screen.alternate
    text = re.sub(r"\n(?=\S)", "", term.history) if len(term.history) > 78 else term.history
    lines = [line for line in term.history.split("\n") if line]
    said = " ".join(lines)
    assert said.count("tether:") == 1, term.history
    assert lines[0].startswith("tether:") and len(said) < 400, term.history
    for word in words:
        assert re.search(word, said, re.I), (word, text)
    return said


def fingerprint(key):
    out = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], capture_output=True, text=True)
    return out.stdout.split()[1]


def test_first_contact_asks_and_remembers(lab):
    host = lab.host(trust=False)
    term = lab.tether("web1", cols=100)
    term.wait_for(fingerprint(host.host_key))
    assert "ED25519" in term.text.upper()
    term.send("yes\r")
    term.wait_prompt()
    # Found by ssh-keygen, whether or not the names are hashed.
    found = subprocess.run(["ssh-keygen", "-F", f"[127.0.0.1]:{host.port}", "-f",
                            str(lab.home.known_hosts)], capture_output=True, text=True).stdout
    assert host.known_hosts_line().split()[2] in found
    term.send("exit\r")
    term.wait_exit()
    lab.enter()


@pytest.mark.parametrize("answer", ["no\r", "\x03", "\x04"])
def test_first_contact_refused(lab, answer):
    lab.host(trust=False)
    term = lab.tether("web1", cols=100)
    term.wait_for("SHA256:")
    term.send(answer)
    fails(term, "web1|127.0.0.1")
    assert not lab.home.known_hosts.exists() or not lab.home.known_hosts.read_text()


def test_a_changed_key_is_refused_loudly(lab):
    host = lab.host(trust=False)
    other = keygen(lab.folder / "other")
    lab.home.known_hosts.write_text(host.known_hosts_line(key=other))
    term = lab.tether("web1", cols=100)
    said = fails(term, "changed|different", r"ssh-keygen -R|known_hosts")
    assert fingerprint(host.host_key) in said
    assert lab.home.known_hosts.read_text() == host.known_hosts_line(key=other)


def test_a_revoked_key_is_refused(lab):
    host = lab.host(trust=False)
    lab.home.known_hosts.write_text("@revoked " + host.known_hosts_line() + host.known_hosts_line())
    fails(lab.tether("web1"), "revoked")


def test_strict_checking_never_asks(lab):
    lab.host(trust=False, client=["StrictHostKeyChecking yes"])
    fails(lab.tether("web1"), "known|key")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read any file")
def test_known_hosts_that_cannot_be_read_fails_closed(lab):
    lab.host()
    lab.home.known_hosts.chmod(0)
    fails(lab.tether("web1"), "known_hosts")


def test_known_hosts_that_is_a_folder_fails_closed(lab):
    lab.host(trust=False)
    lab.home.known_hosts.mkdir()
    fails(lab.tether("web1"), "known_hosts")


# What is not a session.

def test_refused(lab):
    host = lab.host()
    host.stop()
    fails(lab.tether("web1"), "refused", "web1|127.0.0.1")


def test_unresolvable(lab):
    fails(lab.tether("no-such-host.invalid"), "no-such-host.invalid", "resolve")


def serve(lab, answer):
    """A port that says `answer` and then nothing; None: it does not even accept."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    held = [listener]
    lab.ends.append(lambda: [s.close() for s in held])
    if answer is None:
        for _ in range(2):  # fill the queue, so that further SYNs are dropped
            s = socket.socket()
            s.setblocking(False)
            s.connect_ex(("127.0.0.1", port))
            held.append(s)
    else:
        def accept():
            try:
                while True:
                    s, _ = listener.accept()
                    held.append(s)
                    s.sendall(answer)
            except OSError:
                pass
        threading.Thread(target=accept, daemon=True).start()
    return str(port)


def test_a_port_that_does_not_speak_ssh(lab):
    port = serve(lab, b"HTTP/1.1 400 Bad Request\r\n\r\n")
    fails(lab.tether("-p", port, "--timeout", "2", "127.0.0.1"), "banner|SSH")


@pytest.mark.parametrize("answer, stage", [
    (None, "connect"), (b"", "banner"), (b"SSH-2.0-test\r\n", "key exchange")])
def test_a_time_out_names_its_stage(lab, answer, stage):
    port = serve(lab, answer)
    said = fails(lab.tether("-p", port, "--timeout", "1", "127.0.0.1"), stage)
    assert re.search(r"time|answer|second|\b1 s\b", said)


def test_giving_up_while_connecting(lab):
    port = serve(lab, b"")
    term = lab.tether("-p", port, "127.0.0.1")
    term.wait_for(re.compile("banner|connecting", re.I))
    term.send("\x03")
    assert term.wait_exit(5) == 255


@pytest.mark.parametrize("name", ["-oProxyCommand=touch /tmp/bad", "a;b", "a b", "$(id)", "a\nb",
                                  "user`id`@host", "a|b", "\x1b[31mred"])
def test_names_that_are_refused(lab, name):
    term = lab.tether("--", name)
    assert term.wait_exit() in (2, 255)
    assert "tether:" in term.text
    assert b"\x1b[31m" not in term.raw


def test_a_wrong_config_names_its_line(lab):
    lab.host()
    lab.home.config.write_text(lab.home.config.read_text() + "    NoSuchOption yes\n")
    term = lab.tether("web1")
    assert term.wait_exit() in (2, 255)
    said = term.text.replace("\n", "").lower()
    assert "nosuchoption" in said and re.search("config: line 6", said)


# Who we are.

def test_options_like_sshs(lab):
    host = lab.host()
    key = lab.folder / "elsewhere"
    shutil.move(lab.home.key, key)
    shutil.move(f"{lab.home.key}.pub", f"{key}.pub")
    lab.home.config.unlink()
    term = lab.tether("-l", "ann", "-p", str(host.port), "-i", str(key), "127.0.0.1")
    term.run("id -un", re.compile("^ann$", re.M))
    term = lab.tether("-o", f"Port={host.port}", "-o", f"IdentityFile={key}", "ann@127.0.0.1")
    term.wait_prompt()
    config = lab.folder / "config"
    config.write_text(f"Host short\nHostName 127.0.0.1\nUser ann\nPort {host.port}\n"
                      f"IdentityFile {key}\n")
    config.chmod(0o600)
    term = lab.tether("-F", str(config), "short")
    term.wait_prompt()
    assert term.before_cursor().startswith("[short]: ")


def test_set_env(lab):
    lab.host(client=["SetEnv LC_FROM=config LC_TWO=\"a b\""])
    term = lab.enter()
    term.run("echo $LC_FROM-$LC_TWO", "config-a b")


def test_no_key_is_accepted(lab):
    host = lab.host()
    host.authorized_keys.write_text("")
    fails(lab.tether("web1"), "denied|refused|accept|authentication", "publickey|key")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_an_encrypted_key_asks_for_its_passphrase(lab, kind):
    host = lab.host()
    secret = f"correct horse {lab.folder.name}"
    key = keygen(lab.folder / "locked", kind, secret)
    host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
    term = lab.tether("-v", "-i", str(key), "-o", "IdentitiesOnly=yes", "web1")
    term.wait_for(re.compile("passphrase.*locked", re.I | re.S))
    term.send("wrong\r")
    term.wait_for(lambda: len(re.findall("passphrase", term.text, re.I)) >= 2
                  or "wrong" in term.text.lower() or "again" in term.text, what="asked again")
    term.send(secret + "\r")
    term.wait_prompt()
    nothing_of(lab, term, secret)


def nothing_of(lab, term, secret):
    """The secret is not on the screen, in any file of ours, in any argv or environment."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert secret.encode() not in path.read_bytes()
            environ = path.with_name("environ").read_bytes()
        except OSError:
            continue
        if f"HOME={lab.home.path}".encode() in environ:
            assert secret.encode() not in environ
    term.send("exit\r")
    term.wait_exit()
    assert secret not in term.history and secret.encode() not in term.raw
    for path in lab.home.path.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes()


@pytest.mark.skipif(os.getuid() != 0, reason="sshd checks passwords only as root")
def test_a_password(lab):
    host = lab.host(options=["PasswordAuthentication yes"])
    host.authorized_keys.write_text("")
    host.accounts.set_password("ann", "tr0ub4dor")
    term = lab.tether("web1")
    term.wait_for(re.compile("password", re.I))
    term.send("wrong\r")
    term.wait_for(lambda: len(re.findall("password", term.text, re.I)) >= 2
                  or "again" in term.text or "denied" in term.text, what="asked again")
    term.send("tr0ub4dor\r")
    term.wait_prompt()
    nothing_of(lab, term, "tr0ub4dor")


def test_keys_typed_too_early_are_not_the_password(lab):
    """What was typed before a question was there answers nothing."""
    lab.host(trust=False)
    term = lab.tether("web1", cols=100)
    term.send("yes\r")
    term.wait_for("SHA256:")
    term.read_for(0.5)
    assert "SHA256:" in term.text and not term.at_prompt()


def test_an_agent(lab):
    lab.host()
    socket_path = lab.folder / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket_path)], stdout=subprocess.DEVNULL)
    lab.ends.append(lambda: (agent.terminate(), agent.wait()))
    env = {"SSH_AUTH_SOCK": str(socket_path)}
    while not socket_path.exists():
        assert agent.poll() is None
    subprocess.run(["ssh-add", "-q", str(lab.home.key)], env={**os.environ, **env}, check=True)
    lab.home.key.unlink()
    lab.enter(env=env)


def test_a_silent_agent_does_not_hang(lab):
    lab.host()
    path = lab.folder / "agent"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(8)
    lab.ends.append(listener.close)
    term = lab.tether("--timeout", "3", "web1", env={"SSH_AUTH_SOCK": str(path)})
    term.wait_prompt()


@pytest.mark.parametrize("limit", [1, 10])
def test_max_sessions(lab, limit):
    lab.host(options=[f"MaxSessions {limit}"])
    term = lab.enter()
    term.run("echo fi''ne", "fine")
    term.send("sleep 100\r")
    term.wait_for(lambda: not term.at_prompt())
    term.read_for(0.3)
    term.send("\x03")
    term.wait_prompt()

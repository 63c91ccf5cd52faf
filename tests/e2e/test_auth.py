"""Who we are: keys of all kinds, certificates, the agent, questions and several factors."""

import base64
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest
from agent import Agent, take
from conftest import TETHER
from kbdint import KbdintHost
from sshd import keygen
from terminal import DEADLINE
from ticket import SilentRealm


@pytest.fixture
def agent(lab):
    agent = Agent(lab.folder / "a")
    lab.ends.append(agent.close)
    return agent


def ssh_keygen(*args):
    subprocess.run(["ssh-keygen", "-q", *map(str, args)], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL)


def fingerprint(key):
    out = subprocess.run(["ssh-keygen", "-lf", str(key)], capture_output=True, text=True)
    return out.stdout.split()[1]


def accepted(host):
    """The keys that sshd let in, by its log: ["ED25519 SHA256:...", "ED25519-CERT ..."]."""
    return re.findall(r"Accepted publickey for \S+ from \S+ port \d+ ssh2: (\S+ \S+)",
                      host.log.read_text())


def offered(host):
    """How many keys sshd was asked about or shown a signature of, and refused."""
    return len(re.findall(r"Failed publickey", host.log.read_text()))


def command(lab, *args, answers=(), env=(), status=0, words=()):
    """Run `tether ARGS` with a terminal to ask on; answer each question whose text is given."""
    term = lab.tether(*args, env=env)
    for question, answer in answers:
        term.wait_for(re.compile(question, re.S))
        term.send(answer + "\r")
    assert term.wait_exit() == status, term.picture()
    for word in words:
        assert re.search(word, term.history.replace("\n", " ")), term.picture()
    return term


def only(key):
    return "-i", str(key), "-o", "IdentitiesOnly=yes"


# Key files.

KINDS = {
    "ed25519": [["-t", "ed25519"]],
    "rsa": [["-t", "rsa", "-b", "2048"], ["-t", "rsa", "-b", "2048", "-m", "PEM"],
            ["-t", "rsa", "-b", "2048", "-m", "PKCS8"]],
    "ecdsa": [["-t", "ecdsa", "-b", "256"], ["-t", "ecdsa", "-b", "384", "-m", "PEM"],
              ["-t", "ecdsa", "-b", "521", "-m", "PKCS8"]],
    "ciphers": [["-t", "ed25519", "-Z", c, "-a", "1"] for c in
                ("aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-cbc")],
}


@pytest.mark.parametrize("kind", KINDS)
def test_key_files_of_every_kind(lab, kind):
    """Each in the clear and with a passphrase, with and without its public half, with the line
    ends of either world."""
    host = lab.host()
    for i, options in enumerate(KINDS[kind]):
        for secret in ("", "pass phrase"):
            key = lab.folder / f"k{i}{len(secret)}"
            ssh_keygen(*options, "-N", secret, "-f", key)
            host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
            if i % 2:
                pathlib.Path(f"{key}.pub").unlink()
                key.write_bytes(key.read_bytes().replace(b"\n", b"\r\n"))
            asked = [("Passphrase for .*ann@web1", secret)] if secret else []
            command(lab, *only(key), "web1", "true", answers=asked)


def test_keys_that_cannot_be_used_are_told(lab):
    host = lab.host()
    dsa = lab.folder / "dsa"
    ssh_keygen("-t", "dsa", "-N", "", "-f", dsa)
    ppk = lab.folder / "k.ppk"
    ppk.write_text("PuTTY-User-Key-File-3: ssh-ed25519\n")
    ppk.chmod(0o600)
    bare = shutil.copy(lab.home.key, lab.folder / "bare")
    os.chmod(bare, 0o644)
    small = lab.folder / "small"
    ssh_keygen("-t", "rsa", "-b", "2048", "-N", "", "-f", small)
    ssh_keygen("-t", "rsa", "-b", "1024", "-N", "", "-f", lab.folder / "tiny")
    host.authorize(f"{small}.pub")
    args = [a for k in (dsa, ppk, bare, lab.folder / "tiny") for a in ("-i", str(k))]
    term = command(lab, *args, "-o", "RequiredRSASize=2048", "-i", str(small), "web1", "echo do''ne")
    said = term.history.replace("\n", "")
    for words in ("dsa is not used: it is a DSA", "k.ppk is not used: it is a PuTTY.*puttygen",
                  "bare is not used: others may read it.*chmod 600", "tiny is not used.*2048.*1024"):
        assert re.search(words, said), term.picture()
    assert accepted(host) == [f"RSA {fingerprint(small)}"]


def test_the_signature_is_one_that_both_allow(lab, agent):
    host = lab.host(options=["PubkeyAcceptedAlgorithms rsa-sha2-256", "LogLevel DEBUG2"])
    key = keygen(lab.folder / "rsa", "rsa")
    host.authorize(f"{key}.pub")
    allowed = ("-o", "PubkeyAcceptedAlgorithms=rsa-sha2-256")
    command(lab, *only(key), *allowed, "web1", "true")
    agent.add(key)
    command(lab, *only(f"{key}.pub"), *allowed, "web1", "true", env=agent.env)
    assert accepted(host) == [f"RSA {fingerprint(key)}"] * 2
    assert agent.signed == ["test"]
    command(lab, *only(key), "-o", "PubkeyAcceptedAlgorithms=ssh-ed25519", "web1", "true",
            status=255, words=["permission denied"])


# Certificates.

@pytest.fixture
def authority(lab):
    return keygen(lab.folder / "ca")


def certify(authority, key, *options):
    ssh_keygen("-s", authority, "-I", "id", "-n", "ann", *options, f"{key}.pub")


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_certificates(lab, agent, authority, kind):
    """Beside a key, named by CertificateFile, for a key of the agent's, and in the agent."""
    host = lab.host(options=[f"TrustedUserCAKeys {authority}.pub"])
    host.authorized_keys.write_text("")
    key = keygen(lab.folder / "k", kind, "secret")
    certify(authority, key)
    elsewhere = lab.folder / "c"
    cert = pathlib.Path(f"{key}-cert.pub")
    name = f"{kind.upper()}-CERT {fingerprint(key)}"
    command(lab, *only(key), "web1", "true", answers=[("Passphrase", "secret")])
    assert accepted(host) == [name] and offered(host) == 1  # the key itself comes first
    cert.rename(elsewhere)
    named = ("-o", f"CertificateFile={elsewhere}")
    command(lab, *only(key), *named, "web1", "true", answers=[("Passphrase", "secret")])
    ssh_keygen("-p", "-P", "secret", "-N", "", "-f", key)
    agent.add(key)
    shutil.move(key, lab.folder / "gone")
    command(lab, *only(f"{key}.pub"), *named, "web1", "true", env=agent.env)
    shutil.copy(elsewhere, lab.folder / "gone-cert.pub")
    shutil.copy(f"{key}.pub", lab.folder / "gone.pub")
    agent.run("-D")
    agent.add(lab.folder / "gone")
    command(lab, "web1", "true", env=agent.env)
    assert accepted(host) == [name] * 4


def test_a_certificate_that_is_not_valid(lab, authority):
    """The key itself will do; where it does not, it is told what is wrong with the other."""
    host = lab.host(options=[f"TrustedUserCAKeys {authority}.pub"])
    certify(authority, lab.home.key, "-V", "20200101:20210101")
    command(lab, "web1", "true")
    assert accepted(host) == [f"ED25519 {fingerprint(lab.home.key)}"]
    host.authorized_keys.write_text("")
    command(lab, "web1", "true", status=255, words=[r"certificate.*not valid"])


# The agent.

def test_the_agents_keys_in_the_configs_order(lab, agent):
    host = lab.host()
    keys = [keygen(lab.folder / f"k{i}") for i in range(3)]
    for key in keys:
        agent.add(key)
        host.authorize(f"{key}.pub")
    wanted = [a for key in (keys[2], keys[1]) for a in ("-i", f"{key}.pub")]
    command(lab, *wanted, "web1", "true", env=agent.env)
    command(lab, "-o", f"IdentityAgent={agent.path}", *only(f"{keys[1]}.pub"), "web1", "true")
    assert accepted(host) == [f"ED25519 {fingerprint(keys[i])}" for i in (2, 1)]
    # A locked or an empty agent says so.
    lab.home.key.unlink()
    agent.run("-D")
    command(lab, "web1", "true", env=agent.env, status=255, words=["the agent holds no key"])


def test_an_agent_that_will_not_sign(lab, agent):
    """The next key is tried, be it a file's; and also when it hangs up."""
    host = lab.host()
    host.authorized_keys.write_text("")
    held = keygen(lab.folder / "held")
    host.authorize(f"{held}.pub")
    host.authorize(f"{lab.home.key}.pub")
    agent.add(held)
    for fault, word in ("refuse", "would not sign with test"), ("hang_up", "agent hung up"):
        setattr(agent, fault, True)
        command(lab, "web1", "true", env=agent.env, words=[word])
    assert accepted(host) == [f"ED25519 {fingerprint(lab.home.key)}"] * 2
    assert agent.signed == ["test"] * 2


@pytest.mark.parametrize("kind", ["plain", "sk"])
def test_a_signature_that_waits_for_a_person(lab, agent, kind):
    """The screen lives, says what is awaited, and no time limit runs."""
    host = lab.host()
    host.authorized_keys.write_text("")
    key = lab.folder / "yubi"
    if kind == "sk":
        agent.add_security_key(key)
        words = "touch the security key yubi"
    else:
        agent.add(keygen(key))
        words = "agent waits before it signs with test"
    host.authorize(f"{key}.pub")
    agent.hold()
    term = lab.tether("--timeout", "1", "web1", env=agent.env, cols=120)
    term.wait_for(words)
    term.wait_for(re.compile(f"{words}.* 2 s", re.M))
    term.resize(30, 120)
    term.wait_for(lambda: words in term.lines[29], what="the status line at its new place")
    agent.release()
    term.wait_prompt()
    assert accepted(host) == [f"{'ED25519-SK' if kind == 'sk' else 'ED25519'} "
                              f"{fingerprint(f'{key}.pub')}"]
    agent.hold()
    term = lab.tether("web1", env=agent.env, cols=120)
    term.wait_for(words)
    begun = time.monotonic()
    term.send("\x03")
    assert term.wait_exit() == 255
    assert time.monotonic() - begun < DEADLINE / 4


@pytest.mark.parametrize("kind", ["ed25519", "rsa", "ecdsa"])
def test_keys_are_added_to_the_agent(lab, agent, kind):
    """AddKeysToAgent: once the host has taken the key, with what the agent is to heed."""
    host = lab.host()
    key = keygen(lab.folder / "k", kind, "secret")
    host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
    args = *only(key), "web1", "true"
    asked = [("Passphrase", "secret")]

    def added(value, answers=(), **options):
        agent.run("-D")
        agent.added.clear()
        command(lab, "-o", f"AddKeysToAgent={value}", *args, answers=[*asked, *answers],
                env=agent.env, **options)
        return agent.keys, agent.added

    assert added("no") == ([], [])
    assert added("yes") == (["test"], [b""])
    command(lab, *args, env=agent.env)  # and is used from there
    assert agent.signed == ["test"]
    assert added("confirm") == (["test"], [b"\2"])
    assert added("90") == (["test"], [b"\1\0\0\0\x5a"])
    assert added("confirm 1h") == (["test"], [b"\1\0\0\x0e\x10\2"])
    assert added("ask", [("Add the key .*/k .test. to the agent", "no")]) == ([], [])
    assert added("ask", [("to the agent", "yes")]) == (["test"], [b""])
    host.authorized_keys.write_text("")
    asked = []
    assert added("yes", status=255) == ([], [])  # the host did not take it


def test_an_agent_that_takes_no_keys(lab, agent):
    host = lab.host()
    agent.refuse = True
    command(lab, "-v", "-o", "AddKeysToAgent=yes", "web1", "true", env=agent.env,
            words=["not added to the agent"])
    assert accepted(host)


# Questions.

def asking_host(lab, *lines, name="k", **options):
    """A host with a login of its own: lines of kbdint_host's script, their words in tuples."""
    script = "".join("\t".join(line if isinstance(line, tuple) else line.split(" ", 1)) + "\n"
                     for line in lines)
    host = KbdintHost(lab.folder / name, script)
    lab.ends.append(host.stop)
    lab.home.add_host(name, host, **options)
    return host


KBDINT = "factor keyboard-interactive"


def answer(term, *pairs):
    """Wait until each prompt is at the cursor, and is a new one; answer it."""
    seen = {}
    for prompt, text in pairs:
        before = seen.get(prompt, 0)
        term.wait_for(lambda: term.before_cursor().rstrip().endswith(prompt)
                      and term.history.count(prompt) > before, what=prompt)
        seen[prompt] = term.history.count(prompt)
        term.send(text + "\r")


def test_questions_one_after_the_other(lab):
    """Each with the line that asks, what stands above it, and who asks; secrets unseen."""
    host = asking_host(
        lab, KBDINT, ("round", "Corp login\\x1b[31m", "Look at\\nyour device."),
        ("shown", "Name: ", "ann"), ("hidden", "Options:\\n 1. Push\\n 2. Code\\n\\nChoice: ", "two"),
        ("round", "", "Nearly there."), ("hidden", "PIN\\x07: ", "seven"))
    for args in (), ("true",):
        term = lab.tether("k", *args)
        answer(term, ("(ann@k) Name:", "ann"))
        for text in "Corp login\\x1b[31m", "Look at\nyour device.":
            term.wait_for(text)
        answer(term, ("(ann@k) Choice:", "two"))
        for text in "Look at\nyour device.", "Options:\n 1. Push\n 2. Code\n", "(ann@k) Name: ann":
            assert text in term.text, term.picture()
        answer(term, ("(ann@k) PIN\\x07:", "seven"))
        assert "Nearly there." in term.text
        if args:
            assert term.wait_exit() == 0
        else:
            term.wait_for(lambda: host.log.count("accepted") == 1)
            term.send("\x03" if not term.screen.alternate else "")
        assert b"seven" not in term.raw and b"two" not in term.raw and b"\x1b[31mL" not in term.raw
        term.close()
    assert host.log.count("accepted") == 2 and host.log.count("answer seven") == 2


def test_a_key_and_then_a_code(lab):
    push = lab.folder / "push"
    host = asking_host(lab, "factor publickey", KBDINT, ("round", "", ""),
                       ("hidden", "Code: ", "42"), f"push {push}")
    push.touch()
    term = lab.tether("k", "echo in''side")
    answer(term, ("(ann@k) Code:", "41"), ("(ann@k) Code:", "42"))
    assert term.wait_exit() == 0 and "inside" in term.text
    assert [line.split()[0] for line in host.log] == [
        "signed", "partial", "begin", "answer", "denied", "begin", "answer", "waiting", "accepted"]


@pytest.mark.parametrize("factor", ["keyboard-interactive", "password"])
def test_a_push_is_waited_for(lab, factor):
    """No time limit runs once the person has answered; Ctrl-C and Escape give up at once."""
    push = lab.folder / "push"
    host = asking_host(lab, *([KBDINT, ("round", "", ""), ("hidden", "Code: ", "42")]
                              if factor == "keyboard-interactive"
                              else [("factor", "password", "42")]), f"push {push}")
    for key in "\x03", "\x1b", None:
        term = lab.tether("--timeout", "1", "k", cols=100)
        answer(term, ("Code:" if factor[0] == "k" else "ann@k's password:", "42"))
        term.wait_for(re.compile(r"waiting for the host: a push .* \d s", re.M))
        if key:
            begun = time.monotonic()
            term.send(key)
            assert term.wait_exit() == 255
            assert time.monotonic() - begun < DEADLINE / 4
        else:
            push.touch()
            term.wait_for(lambda: "accepted" in host.log)
            term.wait_gone("waiting for the host")
    term = lab.tether("k", "true")
    answer(term, ("Code:" if factor[0] == "k" else "ann@k's password:", "42"))
    assert term.wait_exit() == 0


def test_wrong_answers(lab):
    """As many tries as NumberOfPasswordPrompts has it; an empty answer is one."""
    host = asking_host(lab, "also keyboard-interactive", ("factor", "password", "right"))
    options = "-o", "NumberOfPasswordPrompts=2", "k", "true"
    term = lab.tether(*options)
    answer(term, ("ann@k's password:", ""), ("ann@k's password:", "wrong"))
    assert term.wait_exit() == 255
    assert "Permission denied, please try again." in term.history
    assert host.log == ["signed " + fingerprint(lab.home.key), "denied", "begin", "password",
                        "denied", "password wrong", "denied"]
    term = lab.tether("-o", "BatchMode=yes", "k", "true")
    assert term.wait_exit() == 255 and "permission denied" in term.history
    assert host.log[7:] == host.log[:2]


def test_a_domain_before_the_name(lab):
    asking_host(lab, KBDINT, ("round", "", ""), ("hidden", "Code: ", "42"))
    for args in ("CORP\\ann@k",), ("-l", "CORP\\ann", "k"), ("-o", "User=CORP\\ann", "k"):
        term = lab.tether(*args, "true")
        answer(term, ("(CORP\\ann@k) Code:", "42"))
        assert term.wait_exit() == 0


@pytest.mark.parametrize("screen", [True, False])
def test_questions_that_lead_nowhere(lab, screen):
    """A password to be changed, questions without end, more at once than anybody asks."""
    def run(name, *answers):
        term = lab.tether(name, *([] if screen else ["true"]), cols=100)
        answer(term, *answers)
        assert term.wait_exit() == 255
        return term.history.replace("\n", "")

    asking_host(lab, ("factor", "password", "old"), "change Expired.", name="expired")
    said = run("expired", ("password:", "old"))
    assert "has to be changed" in said and "ssh ann@expired" in said
    asking_host(lab, KBDINT, ("round", "", ""), ("shown", "More? ", "y"), ("endless",), name="more")
    assert "question after question" in run("more", *[("More?", "y")] * 20)
    host = asking_host(lab, KBDINT, ("round", "", ""), *[("shown", "a", "b")] * 17, name="many")
    assert "17 questions" in run("many")
    assert host.log[-1] == "begin"


# SSH_ASKPASS.

class AskPass:
    """A program that notes what it is asked and answers with the next line of a file."""

    def __init__(self, folder):
        self.program = folder / "askpass"
        self.asked = folder / "asked"
        self.answers = folder / "answers"
        self.be(f"""printf '%s|%s\\n' "$SSH_ASKPASS_PROMPT" "$1" >> {self.asked}
IFS= read -r answer < {self.answers} || exit 1
sed -i 1d {self.answers}
printf '%s\\n' "$answer"
""")

    def be(self, script):
        self.program.write_text("#!/bin/sh\n" + script)
        self.program.chmod(0o755)


def without_terminal(lab, *args, **env):
    return subprocess.run([os.path.abspath(TETHER), *args], env=lab.env(**env),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          start_new_session=True, timeout=DEADLINE)


def test_questions_are_asked_by_a_program_as_ssh_does(lab, agent):
    """Where there is no terminal, or SSH_ASKPASS_REQUIRE says so: passphrase, password,
    the host's questions, the host's key."""
    askpass = AskPass(lab.folder)
    env = {"SSH_ASKPASS": str(askpass.program), **agent.env}
    key = keygen(lab.folder / "locked", passphrase="secret")
    host = lab.host(trust=False)
    host.authorize(f"{key}.pub")
    host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
    args = *only(key), "-o", "AddKeysToAgent=ask", "web1", "echo done"
    askpass.answers.write_text("yes\nwrong\nsecret\nyes\n")
    done = without_terminal(lab, *args, **env)  # no DISPLAY
    assert done.returncode == 255 and "there is no terminal" in done.stderr
    assert not askpass.asked.exists()
    done = without_terminal(lab, *args, DISPLAY=":9", **env)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    asked = askpass.asked.read_text()
    for text in ("(yes/no/[fingerprint])?", "|Passphrase for ", "|That passphrase does not",
                 "confirm|Add the key "):
        assert text in asked
    assert agent.keys == ["test"]
    asking_host(lab, KBDINT, ("round", "", "Look."), ("shown", "Name: ", "ann"),
                ("hidden", "Code: ", "42"), name="k")
    askpass.asked.write_text("")
    askpass.answers.write_text("ann\n42\n")
    done = without_terminal(lab, "k", "echo done", SSH_ASKPASS_REQUIRE="force", **env)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
    assert askpass.asked.read_text() == "|Look.\n(ann@k) Name: \n|Look.\n(ann@k) Code: \n"
    assert without_terminal(lab, "-o", "BatchMode=yes", "k", "true", SSH_ASKPASS_REQUIRE="force",
                            **env).returncode == 255
    # With a terminal only if it is preferred, and there is a display; the screen lives.
    for require, by_program in ("prefer", True), ("never", False), ("", False):
        askpass.answers.write_text("ann\n42\n")
        term = lab.tether("k", "echo do''ne", env={"DISPLAY": ":9", "SSH_ASKPASS_REQUIRE": require,
                                                   **env})
        if not by_program:
            answer(term, ("(ann@k) Name:", "ann"), ("(ann@k) Code:", "42"))
        assert term.wait_exit() == 0 and "done" in term.text
        assert ("Name" in term.text) == (not by_program)
    askpass.be("exec sleep 1000")
    term = lab.tether("k", env={"SSH_ASKPASS_REQUIRE": "force", **env}, cols=100)
    term.wait_for("asked by another program (SSH_ASKPASS)")
    term.send("\x03")
    assert term.wait_exit() == 255
    askpass.program.unlink()
    done = without_terminal(lab, "k", "true", DISPLAY=":9", **env)
    assert done.returncode == 255 and "SSH_ASKPASS" in done.stderr


# Secrets.

def memory(pid):
    """All that a process may write to, as it stands."""
    parts = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            span, mode = line.split()[:2]
            if "w" in mode:
                first, last = (int(x, 16) for x in span.split("-"))
                mem.seek(first)
                try:
                    parts.append(mem.read(last - first))
                except OSError:  # of a device
                    pass
    return b"".join(parts)


def private_part(key):
    """Bytes of an unencrypted key's file that nobody is to see, by ssh-keygen's own format."""
    data = base64.b64decode("".join(key.read_text().split("\n")[1:-2]))
    strings, at = [], len(b"openssh-key-v1\0")
    for _ in range(3):
        strings.append(take(data[at:])[0])
        at += 4 + len(strings[-1])
    section = take(take(data[at + 4:])[1])[0][8:]
    kind, rest = take(section)
    for _ in range({b"ssh-ed25519": 1, b"ssh-rsa": 2}.get(kind, 2)):
        rest = take(rest)[1]
    return take(rest)[0].lstrip(b"\0")[:32]


def check_memory(term, *secrets):
    found = memory(term.pid)
    for secret in secrets:
        forms = [secret, secret[::-1]]
        if len(secret) == 32:  # of a key: also in its file's text, at any offset
            forms += [base64.b64encode(b"\0" * n + secret)[4:36] for n in range(3)]
        for form in forms:
            at = found.find(form)
            assert at < 0, (form, found[max(0, at - 40):at + 80])


@pytest.mark.skipif(b"__asan_init" in pathlib.Path(TETHER).read_bytes(),
                    reason="it keeps what is freed")
def test_no_secret_stays_in_memory(lab):
    """Neither what was typed nor a key that was opened is in the process once it is in."""
    word = f"never seen {lab.folder.name}"
    for kind in "ed25519", "ecdsa", "rsa":
        host = lab.host(kind)
        key = keygen(lab.folder / f"{kind}_key", kind, word)
        host.authorized_keys.write_text(pathlib.Path(f"{key}.pub").read_text())
        plain = pathlib.Path(shutil.copy(key, f"{key}_plain"))
        ssh_keygen("-p", "-P", word, "-N", "", "-f", plain)
        term = lab.tether(*only(key), kind)
        answer(term, (f"(ann@{kind}):", word))
        term.wait_prompt()
        check_memory(term, word.encode(), private_part(plain))
    for name, factor in ("password", [("factor", "password", word)]), \
                        ("kbdint", [KBDINT, ("round", "", ""), ("hidden", "password: ", word)]):
        host = asking_host(lab, *factor, name=name)
        term = lab.tether(name)
        answer(term, ("password:", word))
        term.wait_for(lambda: "accepted" in host.log)
        term.wait_prompt()
        check_memory(term, word.encode())


def way(lab, *keys, options=()):
    """Hosts one, two, web1, each reached by the one before and let in by its own key."""
    hosts = []
    for name, before, key in zip(("one", "two", "web1"), ("", "one", "two"), keys):
        jump = [f"ProxyJump {before}"] if before else []
        hosts.append(lab.host(name, options=options, client=[
            f"IdentityFile {key}", "IdentitiesOnly yes", *jump]))
        public = str(key) if str(key).endswith(".pub") else f"{key}.pub"
        hosts[-1].authorized_keys.write_text(pathlib.Path(public).read_text())
    return hosts


def test_a_passphrase_is_asked_for_once_for_all_hops(lab):
    key = keygen(lab.folder / "locked", passphrase="secret")
    hosts = way(lab, key, key, key)
    term = command(lab, "web1", "true", answers=[("Passphrase for .*ann@one", "secret")])
    assert term.history.count("Passphrase") == 1
    assert [len(accepted(host)) for host in hosts] == [1, 1, 1]


def test_hops_are_kept_alive_while_the_agent_waits(lab, agent):
    key = keygen(lab.folder / "plain")
    agent.add_security_key(lab.folder / "yubi")
    way(lab, key, key, lab.folder / "yubi.pub",
        options=["ClientAliveInterval 1", "ClientAliveCountMax 1"])
    agent.hold()
    term = lab.tether("web1", env=agent.env, cols=100)
    term.wait_for(re.compile("touch the security key .* 4 s", re.M))
    agent.release()
    term.wait_prompt()


# Kerberos.

def test_without_a_ticket_nothing_is_lost(lab):
    """GSSAPIAuthentication is not tried, and costs nothing, where there can be no ticket."""
    host = asking_host(lab, "also gssapi-with-mic", "factor publickey")
    host.authorize(f"{lab.home.key}.pub")
    env = {"KRB5CCNAME": f"FILE:{lab.folder}/none"}
    for use in "yes", "no":
        command(lab, "-o", f"GSSAPIAuthentication={use}", "k", "true", env=env)
    signed = f"signed {fingerprint(lab.home.key)}"
    assert host.log == [signed, "accepted"] * 2
    # What looks like a ticket and is none costs the question for the host's methods alone.
    (lab.folder / "none").write_text("no ticket")
    # libssh 0.10.6 forgets what it had for GSSAPI when there is no ticket after all.
    env["ASAN_OPTIONS"] = lab.env()["ASAN_OPTIONS"] + ":detect_leaks=0"
    command(lab, "-o", "GSSAPIAuthentication=yes", "k", "true", env=env)
    assert host.log[4:] == ["none", signed, "accepted"]


@pytest.mark.parametrize("screen", [True, False])
def test_a_ticket_server_that_is_silent(lab, screen):
    """The screen lives while it is waited for; Ctrl-C gives up; and other methods follow."""
    realm = SilentRealm(lab.folder)
    lab.ends.append(realm.close)
    host = asking_host(lab, "also gssapi-with-mic", "factor publickey")
    host.authorize(f"{lab.home.key}.pub")
    args = "-o", "GSSAPIAuthentication=yes", "--timeout", "1", "k", *([] if screen else ["true"])
    term = lab.tether(*args, env=realm.env)
    if screen:
        term.wait_for(re.compile("asking the Kerberos server for a ticket 1 s"))
    term.wait_for(realm.was_asked)
    begun = time.monotonic()
    term.send("\x03")
    assert term.wait_exit() in (255, -2)
    assert time.monotonic() - begun < DEADLINE / 4
    assert host.log[:2] == ["none", "gssapi"]

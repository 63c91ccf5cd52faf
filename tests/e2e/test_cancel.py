"""Escape and Ctrl-C end connecting at once, in whatever stage it is, and say which."""

import os
import re
import signal
import socket
import time

import pytest
from agent import Agent
from hostile import Server
from hostile_cases import same_settings
from kbdint import KbdintHost
from sshd import keygen, wrapper_library
from terminal import DEADLINE

# Ending is a matter of milliseconds; what does not end is given up by the options only later.
PATIENCE = DEADLINE / 4


def serves(script, **options):
    """A server that says nothing more after `script`."""
    def make(lab):
        server = Server(script)
        lab.ends.append(server.close)
        lab.home.add_host("web1", server, **options)
    return make


def asks(script):
    def make(lab):
        server = KbdintHost(lab.folder / "asks", script)
        lab.ends.append(server.stop)
        lab.home.key.unlink()
        lab.home.add_host("web1", server)
    return make


def resolve(lab):
    """The resolver's file is one that nobody writes to."""
    hosts = lab.folder / "hosts"
    os.mkfifo(hosts)
    sanitizer = lab.env()["ASAN_OPTIONS"]
    return {"LD_PRELOAD": wrapper_library(), "NSS_WRAPPER_HOSTS": str(hosts),
            "NSS_WRAPPER_DISABLE_DEEPBIND": "1",
            "ASAN_OPTIONS": f"{sanitizer}:verify_asan_link_order=0"}


def connect(lab):
    """A queue that is full: further SYNs are dropped."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    held = [listener]
    lab.ends.append(lambda: [s.close() for s in held])
    for _ in range(2):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(listener.getsockname())
        held.append(s)
    lab.home.config.write_text(f"Host web1\n    HostName 127.0.0.1\n"
                               f"    Port {listener.getsockname()[1]}\n")


def proxy_command(lab):
    lab.home.config.write_text("Host web1\n    ProxyCommand sleep 1000\n")


def hop(lab):
    server = Server(lambda peer: None)
    lab.ends.append(server.close)
    lab.home.add_host("jump", server)
    lab.host(client=["ProxyJump jump"])


def first_contact(lab):
    lab.host(trust=False)


def passphrase(lab):
    host = lab.host()
    lab.home.key.unlink()
    host.authorize(f"{keygen(lab.home.key, passphrase='secret')}.pub")


def silent_agent(lab):
    """It takes connections, and never answers."""
    lab.host()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(lab.folder / "agent"))
    listener.listen(8)
    lab.ends.append(listener.close)
    return {"SSH_AUTH_SOCK": str(lab.folder / "agent")}


def stopped_agent(lab):
    """It lists its keys; a signature is awaited for ever."""
    lab.host()
    agent = Agent(lab.folder / "agent")
    lab.ends.append(agent.close)
    agent.add(lab.home.key)
    lab.home.key.unlink()
    agent.hold()
    return agent.env


# name -> what makes it, what the status line says then, what a command's -v or question says
# then, what the line says in the end
STAGES = {
    "resolve": (resolve, "resolve", "resolve", "resolve"),
    "connect": (connect, "connect ", "connect$", "connect"),
    "proxy command": (proxy_command, "banner", "banner$", "banner"),
    "banner": (serves(lambda peer: None), "banner", "banner$", "banner"),
    "key exchange": (serves(lambda peer: peer.hello()), "key exchange", "key exchange$",
                     "key exchange"),
    "hop": (hop, "by way of jump: banner", "jump: banner$", "by way of jump: banner"),
    "host key": (first_contact, "waiting for your answer", "yes/no", "host key"),
    "authentication": (serves(lambda peer: (peer.hello(), peer.exchange())), "authentication",
                       "authentication$", "authentication"),
    "silent agent": (silent_agent, "authentication", "authentication$", "authentication"),
    "agent that asks": (stopped_agent, "the agent waits", "the agent waits",
                        "authentication"),
    "passphrase": (passphrase, "waiting for your answer", "Passphrase for .*: ?$",
                   "authentication"),
    "password": (asks("factor\tpassword\ttr0ub4dor\n"), "waiting for your answer",
                 "ann@web1's password: ?$", "authentication"),
    "push": (asks("factor\tkeyboard-interactive\npush\t/nonexistent\nround\t\t\n"),
             "authentication", "authentication$", "authentication"),
    "channel": (serves(lambda peer: peer.log_in()), "channel", "channel$", "channel"),
}


def start(lab, name, *options, command=()):
    env = STAGES[name][0](lab) or {}
    host = "slow.example" if name == "resolve" else "web1"
    return lab.tether("--timeout", "100", *options, host, *command, cols=120, env=env)


def ended(term, key, said):
    """By the key, soon, in one line, with the terminal as it was."""
    before = time.monotonic()
    term.send(key)
    status = term.wait_exit()
    assert time.monotonic() - before < PATIENCE
    assert not term.screen.alternate and not term.screen.cursor.hidden
    assert same_settings(term)
    text = term.history.replace("\n", "")
    assert re.search(rf"tether: \S+: {said}: (given up|cancelled)", text), term.history
    return status


@pytest.mark.parametrize("key", ["\x1b", "\x03"], ids=["escape", "ctrl-c"])
@pytest.mark.parametrize("name", STAGES)
def test_on_the_screen(lab, name, key):
    _, shown, _, said = STAGES[name]
    term = start(lab, name)
    term.wait_for(lambda: shown in term.status_line, what=shown)
    assert ended(term, key, said) == 255


@pytest.mark.parametrize("name", STAGES)
def test_a_command(lab, name):
    """As ssh: ended by the signal, so that a script that runs it ends too."""
    _, _, shown, said = STAGES[name]
    term = start(lab, name, "-v", command=("true",))
    term.wait_for(re.compile(shown, re.M))
    assert ended(term, "\x03", said) == -signal.SIGINT


def test_before_there_is_a_screen(lab):
    """The keys of the first moments come as a signal."""
    begun = lab.folder / "begun"
    lab.home.config.write_text(f"Host web1\n    ProxyCommand touch {begun}; exec sleep 1000\n")
    term = lab.tether("web1", cols=120)
    term.wait_until(begun.exists)
    assert ended(term, "\x03", "banner") in (130, 255)


def test_while_ssh_reads_the_config(lab):
    """Before there is anything of ours to tell: as a signal ends ssh."""
    begun = lab.folder / "begun"
    lab.home.config.write_text(f"Match exec \"touch {begun}; sleep 1000\"\n    User ann\n")
    for command in ((), ("true",)):
        begun.unlink(missing_ok=True)
        term = lab.tether("--timeout", "100", "web1", *command)
        term.wait_until(begun.exists)
        before = time.monotonic()
        term.send("\x03")
        assert term.wait_exit() == -signal.SIGINT
        assert time.monotonic() - before < PATIENCE
        assert not term.screen.alternate and same_settings(term)


def test_a_lost_link_that_is_made_anew(lab):
    """Giving that up is no reason to leave: what is on the screen stays."""
    host = lab.host()
    relay = lab.relay("slow", host)
    term = lab.enter("slow")
    term.run("echo kept''text", "kepttext")
    term.send("half")
    term.wait_line("half")
    relay.cut()
    term.wait_for("Enter connects again")
    relay.stall()
    for key in ("\x1b", "\x03"):
        term.send("\r")
        term.wait_for("connecting: banner")
        term.send(key)
        term.wait_for("banner: given up")
    assert "kepttext" in term.text and term.typed() == "half"
    relay.resume()
    term.send("\r")
    term.wait_for(lambda: "prompt" in term.status_line)
    assert term.typed() == "half"

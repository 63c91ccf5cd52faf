"""Agent forwarding, as ssh does it: -A, ForwardAgent, and what must not be forwarded."""

import os
import re
import subprocess

import pytest
from conftest import TETHER
from sshd import keygen
from terminal import DEADLINE


@pytest.fixture
def agent(lab):
    """An agent with one key; the environment that names it."""
    path = lab.folder / "agent"
    process = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    lab.ends.append(lambda: (process.terminate(), process.wait()))
    while not path.exists():
        assert process.poll() is None
    env = {"SSH_AUTH_SOCK": str(path)}
    subprocess.run(["ssh-add", "-q", str(lab.home.key)], env={**os.environ, **env}, check=True)
    return env


def run(program, lab, env, *args):
    path = os.path.abspath(TETHER) if program == "tether" else str(lab.home.path / "bin/ssh")
    done = subprocess.run([path, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=lab.env(**env), cwd=lab.home.path, start_new_session=True,
                          timeout=3 * DEADLINE)
    return done.returncode, done.stdout, done.stderr


def both(lab, env, *args):
    ssh, tether = (run(program, lab, env, *args) for program in ("ssh", "tether"))
    assert tether[:2] == ssh[:2], (ssh, tether)
    return tether


LIST = "ssh-add -l; echo $?"


def test_as_ssh(lab, agent):
    lab.host()
    lab.host("given", client=["ForwardAgent yes"])
    lab.host("named", client=["ForwardAgent $SSH_AUTH_SOCK"])
    lab.host("refusing", client=["ForwardAgent yes"], options=["AllowAgentForwarding no"])
    key = subprocess.run(["ssh-keygen", "-lf", str(lab.home.key)], capture_output=True,
                         text=True).stdout.split()[1]
    for args, has in ((["web1"], False), (["-A", "web1"], True), (["given"], True),
                      (["-a", "given"], False), (["named"], True), (["refusing"], False)):
        status, out, _ = both(lab, agent, *args, LIST)
        assert status == 0 and (key in out) == has, (args, out)


def test_an_agent_that_is_not_there(lab):
    lab.host()
    both(lab, {"SSH_AUTH_SOCK": str(lab.folder / "nobody")}, "-A", "web1", LIST)


def test_onward_with_the_agents_key(lab, agent):
    """From the session to a further host, whose key only the agent has."""
    lab.host()
    further = lab.host("further")
    lab.home.key.unlink()
    term = lab.tether("-A", "web1", env=agent)
    term.wait_prompt()
    term.run(f"ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p {further.port} "
             "ann@127.0.0.1 'echo on''ward'", re.compile("^onward$", re.M))
    # Many at once, and all the same one after the other.
    term.run("for i in $(seq 60); do ssh-add -l >/dev/null || echo b''ad; done; echo do''ne", "done")
    term.run("seq 40 | xargs -P8 -I{} ssh-add -l | sort -u | wc -l", re.compile("^1$", re.M))
    assert "bad" not in term.text


def test_through_a_jump_host_only_the_last_gets_it(lab, agent):
    jump = lab.host("jump")
    lab.host(client=["ProxyJump jump"])
    status, out, _ = run("tether", lab, agent, "-A", "web1", LIST)
    assert status == 0 and out.endswith("0\n")
    assert "auth-agent" not in jump.log.read_text()


def test_not_to_a_host_with_another_key(lab, agent):
    host = lab.host(trust=False, client=["StrictHostKeyChecking no"])
    lab.home.known_hosts.write_text(host.known_hosts_line(key=keygen(lab.folder / "other")))
    status, out, err = run("tether", lab, agent, "-A", "web1", LIST)
    assert status == 0 and out.endswith("2\n") and "agent is not forwarded" in err
    assert run("ssh", lab, agent, "-A", "web1", LIST)[1] == out

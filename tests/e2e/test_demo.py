"""The demo host: nothing needed, nothing left."""

import os
import pathlib
import re
import signal

import pytest
from support_local import alive, children


def tree(lab):
    return sorted(str(p) for p in lab.home.path.rglob("*") if "state" not in p.parts)


def listening(pids):
    """Addresses and ports of the TCP sockets on which these processes listen."""
    inodes = {os.readlink(fd) for pid in pids for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
    rows = [row.split() for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes}


def demo(lab):
    term = lab.tether("demo")
    term.wait_prompt()
    return term


def test_the_demo_is_a_session(lab):
    term = demo(lab)
    assert term.before_cursor().startswith("[demo]: ")
    term.run("cd /usr/bin && echo hel''lo", "hello")
    assert re.match(r"\[demo\]: /usr/bin[>#] ", term.before_cursor())
    term.send("cat\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("\x03")
    term.wait_prompt()
    term.send("vim -u NONE\r")
    term.wait_for("VIM - Vi IMproved")
    term.send(":q\r")
    term.wait_prompt()
    term.resize(30, 90)
    term.run("tput cols", re.compile("^90$", re.M))
    term.send("exit 5\r")
    assert term.wait_exit() == 5


def test_nothing_is_left_behind(lab):
    before = tree(lab)
    term = demo(lab)
    helpers = children(term.pid)
    assert helpers
    assert all(address.startswith("0100007F:") for address in listening(helpers))
    term.send("exit\r")
    assert term.wait_exit() == 0
    assert not any(alive(pid) for pid in helpers)
    # The shell's own history is the shell's.
    assert [path for path in tree(lab) if not path.endswith("/.bash_history")] == before
    assert not lab.home.known_hosts.exists()


@pytest.mark.parametrize("signo", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_child_goes_with_its_parent(lab, signo):
    term = demo(lab)
    term.send("sleep 1234\r")
    term.wait_for(lambda: not term.at_prompt())
    helpers = children(term.pid)
    grandchildren = [g for h in helpers for g in children(h)]
    assert helpers and grandchildren
    os.kill(term.pid, signo)
    term.wait_exit()
    term.wait_until(lambda: not any(alive(pid) for pid in helpers + grandchildren))


def test_another_key_is_not_let_in(lab):
    """Any local user can reach the port: only the throw-away key opens it."""
    term = demo(lab)
    (address,) = listening(children(term.pid))
    port = str(int(address.split(":")[1], 16))
    ssh = lab.tether(argv=["ssh", "-p", port, "-o", "StrictHostKeyChecking=no",
                           "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes",
                           "127.0.0.1", "id"])
    assert ssh.wait_exit() == 255
    assert "uid=" not in ssh.text

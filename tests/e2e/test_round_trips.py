"""What connecting costs in round trips, beside `ssh`, counted by a relay in front of the host.

The numbers are exact: one more is a regression, and one less belongs into the table of
doc/connecting.md. The connection of TCP itself, one more for each, does not reach the relay.
"""

import os

import pytest
from compare import Agent
from conftest import TETHER, Program
from doors import PASSWORD
from keyring import KeyRing

# One way. What the host computes between hearing and answering should be shorter; where it is
# not, the count is too high, never too low, and the next try has a longer way.
DELAYS = [0.05, 0.05, 0.1, 0.2, 0.4]

READY = {".bash_profile": "PS1='READY$ '\n"}
TETHER_PATH = os.path.abspath(TETHER)


# What is run, and what on the screen says that it is there. With -F the system's config counts
# for nothing: on Debian it sends variables.
def to_a_prompt(path, ssh):
    if ssh:
        return [path, "-tt", "web1"], lambda term: "READY$" in term.text
    return [path, "web1"], Program.at_prompt


def to_a_command(path, _):
    return ([path, "-F", ".ssh/config", "web1", "echo in''side"],
            lambda term: "inside" in term.text)


def to_a_command_with_variables(path, _):
    return ([path, "-F", ".ssh/config", "-o", "SetEnv LC_ONE=1 LC_TWO=2", "web1",
             "echo in''side"], lambda term: "inside" in term.text)


class Road:
    """web1 over a relay; by way of others it is the first of them that is behind the relay."""

    def __init__(self, lab, hops=0, options=()):
        self.lab = lab
        self.env = {}
        names = [*(f"hop{i}" for i in range(hops)), "web1"]
        self.hosts = [lab.host(f"near-{name}", files=READY, options=options) for name in names]
        self.relay = lab.relay(names[0], self.hosts[0])
        for name, host in list(zip(names, self.hosts))[1:]:
            lab.home.add_host(name, host, options=[f"ProxyJump {','.join(names[:-1])}"]
                              if name == "web1" else ())

    def trips(self, mode, ssh, wanted):
        counts = []
        for delay in DELAYS:
            self.relay.delay(delay)
            counts.append(self._count(mode, ssh))
            if counts[-1] <= wanted:
                break
        return min(counts)

    def _count(self, mode, ssh):
        Program.wait_until(lambda: self.relay.stats()["open"] == 0)
        before = self.relay.stats()["trips"]
        argv, seen = mode(str(self.lab.home.path / "bin/ssh") if ssh else TETHER_PATH, ssh)
        term = Program(argv, self.lab.env(**self.env), cwd=self.lab.home.path)
        try:
            term.wait_for(lambda: self._asked(term) or seen(term), what="the end of the way")
            term.wait_for(lambda: seen(term), what="the end of the way")
            return self.relay.stats()["trips"] - before
        finally:
            term.close()

    @staticmethod
    def _asked(term):
        """Answer the password's question, once."""
        if not term.before_cursor().rstrip().endswith("password:"):
            return False
        term.send(PASSWORD + "\r")
        return True


def drop_key(lab):
    lab.home.key.unlink()
    lab.home.key.with_suffix(".pub").unlink()


def key_file(lab):
    return Road(lab)


def agent(lab):
    road = Road(lab)
    ring = KeyRing(lab.folder / "keys")
    agent = Agent(lab.folder, ["main"], ring)
    lab.ends.append(agent.close)
    road.env = agent.env
    drop_key(lab)
    road.hosts[0].authorize(ring.path("main.pub"))
    return road


def password(lab):
    road = Road(lab, options=["PasswordAuthentication yes"])
    road.hosts[0].accounts.set_password("ann", PASSWORD)
    drop_key(lab)
    return road


def one_jump(lab):
    return Road(lab, hops=1)


def two_jumps(lab):
    return Road(lab, hops=2)


# ssh's, then tether's.
COSTS = [
    (key_file, to_a_prompt, 8, 7),
    (key_file, to_a_command, 8, 6),
    (key_file, to_a_command_with_variables, 8, 8),
    (agent, to_a_prompt, 8, 8),
    (agent, to_a_command, 8, 7),
    (password, to_a_prompt, 7, 8),
    (password, to_a_command, 7, 7),
    (one_jump, to_a_prompt, 15, 12),
    (one_jump, to_a_command, 15, 11),
    (two_jumps, to_a_prompt, 22, 17),
    (two_jumps, to_a_command, 22, 16),
]


@pytest.mark.parametrize("way, mode, ssh, tether", COSTS, ids=[
    f"{way.__name__}-{mode.__name__}" for way, mode, *_ in COSTS])
def test_round_trips(lab, way, mode, ssh, tether):
    if way is password and os.getuid() != 0:
        pytest.skip("sshd checks passwords only as root")
    road = way(lab)
    assert (road.trips(mode, True, ssh), road.trips(mode, False, tether)) == (ssh, tether)

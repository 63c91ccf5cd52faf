"""When the link dies, or only falls silent."""

import os
import pathlib
import re

import pytest


@pytest.fixture
def slow(lab):
    host = lab.host()
    relay = lab.relay("slow", host)
    return host, relay


def lost(term):
    term.wait_for(re.compile("Enter connec", re.I), what="the loss told")


def back(term, relay, connections=2):
    term.wait_for(lambda: relay.stats()["connections"] == connections
                  and re.match(r" \S+ +prompt", term.status_line), what="the session again")


def test_a_cut_link_keeps_everything_and_enter_comes_back(lab, slow):
    host, relay = slow
    (host.home("ann") / "work").mkdir()
    host.own(host.home("ann"))
    term = lab.enter("slow")
    term.run("cd work; echo rem''ember", "remember")
    term.send("echo unsent")
    term.wait_line("echo unsent")
    relay.cut()
    lost(term)
    assert "remember" in term.text and "echo unsent" in term.text
    term.send("\r")
    back(term, relay)
    term.wait_line("echo unsent")
    assert "remember" in term.text
    term.send("; pwd\r")
    term.wait_for(re.compile(rf"^unsent\n{host.home('ann')}/work$", re.M))
    term.wait_prompt()
    assert term.before_cursor().endswith("/work> ")
    term.send("exit 3\r")
    assert term.wait_exit() == 3


def test_the_line_can_be_edited_while_the_link_is_down(lab, slow):
    _, relay = slow
    term = lab.enter("slow")
    term.send("echo ab")
    term.wait_line("echo ab")
    relay.cut()
    lost(term)
    term.send("cd")
    term.wait_line("echo abcd")
    term.send("\r")
    back(term, relay)
    term.wait_line("echo abcd")
    term.send("\r")
    term.wait_for(re.compile("^abcd$", re.M))


def test_what_is_typed_while_coming_back_goes_into_the_line(lab, slow):
    _, relay = slow
    relay.delay(0.1)
    term = lab.enter("slow")
    term.send("echo ab")
    term.wait_line("echo ab")
    relay.cut()
    lost(term)
    term.send("\r")
    for key in "cdefgh":
        term.read_for(0.25)
        term.send(key)
    back(term, relay)
    term.wait_line("echo abcdefgh")
    term.send("\r")
    term.wait_for(re.compile("^abcdefgh$", re.M))


def test_coming_back_fails_and_can_be_tried_again(lab, slow):
    _, relay = slow
    term = lab.enter("slow", cols=120)
    term.run("echo rem''ember", "remember")
    relay.down()
    lost(term)
    term.send("\r")
    term.wait_for(re.compile("refused", re.I))
    assert term.status is None and "remember" in term.text
    relay.up()
    term.send("\r")
    term.wait_for(lambda: relay.stats()["open"] > 0)
    term.run("echo back''again", "backagain")


def test_a_link_cut_in_a_full_screen_program(lab, slow):
    _, relay = slow
    term = lab.enter("slow")
    term.run("echo rem''ember", "remember")
    term.send("vim -u NONE -c 'set mouse=a'\r")
    term.wait_for("VIM - Vi IMproved")
    relay.cut()
    lost(term)
    term.send("\r")
    term.wait_prompt()
    assert "remember" in term.text
    term.run("echo fi''ne", "fine")


def test_leaving_while_the_link_is_down(lab, slow):
    _, relay = slow
    term = lab.shell()
    term.send("tether slow\r")
    term.wait_prompt()
    term.run("echo rem''ember", "remember")
    relay.down()
    lost(term)
    term.send("\x1d.")
    term.wait_for(lambda: term.cursor_line.startswith("local$"), what="the local prompt")
    term.send("echo $?\r")
    term.shown("255")
    assert "remember" in term.text


def test_silence_does_not_disconnect(lab, slow):
    _, relay = slow
    term = lab.enter("slow")
    relay.stall()
    term.send("echo after the silence\r")
    term.wait_for(re.compile(r"no (contact|answer)"))
    term.read_for(4)
    assert not re.search("Enter connec", term.status_line)
    relay.resume()
    term.shown("after the silence")
    term.wait_prompt()
    assert relay.stats()["connections"] == 1


def test_server_alive_ends_a_dead_link(lab):
    host = lab.host()
    relay = lab.relay("slow", host, options=["ServerAliveInterval 1", "ServerAliveCountMax 2"])
    term = lab.enter("slow")
    relay.stall()
    lost(term)
    relay.resume()
    term.send("\r")
    term.wait_for(lambda: relay.stats()["connections"] == 2)
    term.run("echo fi''ne", "fine")


def test_the_drop_key(lab, slow):
    _, relay = slow
    term = lab.enter("slow")
    relay.stall()
    term.send("\x1d.")
    assert term.wait_exit(10) == 255
    assert not term.screen.alternate


@pytest.mark.parametrize("hop", [True, False], ids=["jump", "direct"])
def test_no_socket_can_stop_the_program(lab, hop):
    """libssh would have it wait in a send() until a host that does not read has read."""
    lab.host("hop")
    lab.host(client=["ProxyJump hop"] if hop else [])
    term = lab.enter()
    process = pathlib.Path(f"/proc/{term.pid}")
    links = [fd.name for fd in (process / "fd").iterdir() if os.readlink(fd).startswith("socket:")]
    assert len(links) >= 1 + hop
    for link in links:
        flags = re.search(r"^flags:\s*(\d+)", (process / "fdinfo" / link).read_text(), re.M)[1]
        assert int(flags, 8) & os.O_NONBLOCK, f"{link} of {links} waits"

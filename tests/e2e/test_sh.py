"""Plain POSIX shells as login shells: dash and busybox ash."""

import os
import re
import shutil

import pytest
from sshd import Dropbear


@pytest.fixture(params=["dash", "ash"])
def shell(request, lab):
    if request.param == "dash":
        return shutil.which("dash")
    path = lab.folder / "ash"
    path.symlink_to(shutil.which("busybox"))
    return str(path)


def test_commands_directory_and_status(lab, shell):
    host = lab.host(shell=shell, files={".profile": "GREETING=hello; export GREETING\n"})
    term = lab.enter()
    assert term.before_cursor() == f"[web1]: {host.home('ann')}> "
    term.run("echo $GREETING th''ere", "hello there")
    assert term.page[-3:] == [f"[web1]: {host.home('ann')}> echo $GREETING th''ere", "hello there",
                              f"[web1]: {host.home('ann')}>"]
    term.run("cd /usr/bin")
    assert term.before_cursor() == "[web1]: /usr/bin> "
    term.run("(exit 42)")
    term.wait_for(lambda: re.search(r"\b42\b", term.status_line))
    term.run("echo status=$?", "status=42")
    term.send("exit 7\r")
    assert term.wait_exit() == 7


def test_the_shell_is_the_login_shell(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.run("echo $0 $SHLVL; ls -l /proc/$$/exe; echo ENV=[$ENV]", "ENV=[]")
    assert os.path.basename(os.path.realpath(shell)) in term.text


def test_ctrl_c_and_leaving_by_ctrl_d(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.send("sleep 100\r")
    term.wait_for(lambda: not term.at_prompt())
    term.read_for(0.3)
    term.send("\x03")
    term.wait_prompt()
    term.run("echo status=$?", "status=130")
    term.send("\x04")
    assert term.wait_exit() == 0


def test_type_ahead(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.send("sleep 1\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("rm-")
    term.wait_line("rm-")
    term.send("\x15echo cle''an\r")
    term.shown("clean")
    term.wait_prompt()
    assert "rm-echo" not in term.text and "not found" not in term.text


def test_lines_typed_ahead_run_in_order(lab, shell):
    host = lab.host(shell=shell)
    term = lab.enter()
    term.send("sleep 1\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("echo one >> log\recho two >> log\r")
    log = host.home("ann") / "log"
    term.wait_for(lambda: log.exists() and log.read_text() == "one\ntwo\n")
    term.run("echo fi''ne", "fine")


def test_a_program_reads_what_is_typed(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.send("read -r x; echo got:$x\r")
    term.wait_for(lambda: not term.at_prompt())
    term.read_for(0.3)
    term.send("typed words\r")
    term.shown("got:typed words")
    term.wait_prompt()


def test_more_than_one_line(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.send("\x1b[200~for i in 1 2; do\n\techo \"item\t$i\"\ndone\x1b[201~")
    term.wait_for("done")
    term.send("\r")
    term.wait_for(re.compile("^item +1\nitem +2$", re.M))
    term.wait_prompt()
    term.send("if true; then\r\r")
    term.wait_for(lambda: term.before_cursor().strip() in (">", ">>"), what="a second prompt")
    term.send("echo inner\r")
    term.wait_for(lambda: "echo inner" in term.text)
    term.send("fi\r")
    term.shown("inner")
    term.wait_prompt()


def test_a_very_long_line_is_not_cut(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.send(f"\x1b[200~v={'x' * 9000}; echo ${{#v}}\x1b[201~")
    term.wait_for("echo ${#v}")
    term.send("\r")
    term.shown("9000")
    term.wait_prompt()


def test_completion_of_files(lab, shell):
    host = lab.host(shell=shell, files={"uniquefile": "found\n", "deep/two words": "found\n"})
    term = lab.enter()
    term.send("cat uni\t")
    term.wait_for(lambda: term.before_cursor().rstrip().endswith("> cat uniquefile"))
    term.send("\x15")
    term.run("cd deep")
    term.send("cat tw\t")
    term.wait_for(lambda: "words" in term.before_cursor())
    term.send("\r")
    term.shown("found")
    assert host.port


def test_full_screen_programs(lab, shell):
    lab.host(shell=shell)
    term = lab.enter()
    term.run("echo be''fore", "before")
    term.send("seq 500 | less\r")
    term.wait_for(re.compile("^:$", re.M))
    term.send("q")
    term.wait_prompt()
    assert "before" in term.text


def test_motd_and_user_prompt_do_no_harm(lab, shell):
    lab.host(shell=shell, files={".profile": "PS1='mine $ '\nset -u\n"})
    term = lab.enter()
    term.run("echo one''two", "onetwo")
    assert "mine $" not in term.text


@pytest.mark.parametrize("name", ["/bin/bash", "/bin/dash"])
def test_behind_dropbear(lab, name):
    """A server that ends the connection at a command of 9000 bytes. (It lets in no shell that
    /etc/shells does not name, so that ash is not among them.)"""
    host = lab.host(shell=name, server=Dropbear, files={"apple": "fruit\n"})
    term = lab.enter()
    assert term.before_cursor() == f"[web1]: {host.home('ann')}> "
    term.run("cd /usr; (exit 3)")
    term.wait_for(lambda: re.search(r"\b3\b", term.status_line))
    assert term.before_cursor() == "[web1]: /usr> "
    term.run("cd")
    term.send("cat app\t")
    term.wait_line("cat apple ")
    term.send("\r")
    term.shown("fruit")
    term.wait_prompt()
    term.send("sleep 100\r")
    term.wait_for(lambda: not term.at_prompt())
    term.read_for(0.3)
    term.send("\x03")
    term.wait_prompt()
    term.send("exit 4\r")
    assert term.wait_exit() == 4

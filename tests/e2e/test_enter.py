"""Entering a host, running commands, and leaving."""

import re
import signal
import subprocess

import pytest
from support_local import children, shape

CLOSING = re.compile(r"session ended: (.+)$", re.M)


def test_prompt_commands_and_directory(lab):
    host = lab.host()
    term = lab.enter()
    assert term.before_cursor() == f"[web1]: {host.home('ann')}> "
    term.run("echo hel''lo", "hello")
    assert term.page == [f"[web1]: {host.home('ann')}> echo hel''lo", "hello",
                         f"[web1]: {host.home('ann')}>"]
    term.run("cd /usr/bin")
    assert term.before_cursor() == "[web1]: /usr/bin> "


@pytest.mark.parametrize("name", ["two words", "ünï-日本", "a;b", "100%", "%41", "it's \"q\"",
                                  "a\\b", "$HOME", "[x]> "])
def test_awkward_directory_names(lab, name):
    host = lab.host()
    (host.home("ann") / name).mkdir()
    host.own(host.home("ann"))
    term = lab.enter(cols=120)
    term.run("cd ./*/")
    assert term.before_cursor() == f"[web1]: {host.home('ann')}/{name}> "
    term.send("ls -d \"$PWD\" >/dev/null && echo o''k\r")
    term.shown("ok")


def test_failed_command_shows_its_status(lab):
    lab.host()
    term = lab.enter()
    term.run("(exit 42)")
    term.wait_for(lambda: re.search(r"\b42\b", term.status_line), what="42 in the status line")
    term.run("true")
    term.wait_for(lambda: not re.search(r"\b42\b", term.status_line), what="no status")


REPORT = ("{ echo $SHLVL $0; shopt login_shell expand_aliases; echo $HISTFILE $HISTSIZE; set -o;"
          " alias; env | grep -v ^_= | sort; umask; trap; stty -a; ulimit -a; } > ~/report.")


def test_the_environment_is_as_under_ssh(lab):
    """What a person's scripts may look at is the same as after `ssh web1`."""
    host = lab.host(files={".bash_profile": "FROM=profile; export FROM; . ~/.bashrc\n",
                           ".bashrc": "alias ll='ls -l'; PS1='$ '\n"})
    ssh = lab.tether(argv=["ssh", "-tt", "web1"])
    ssh.wait_for(re.compile(r"\$$"))
    ssh.send(REPORT + "ssh; exit\r")
    ssh.wait_exit()
    term = lab.enter(rows=25)
    term.send(REPORT + "tether; echo do''ne\r")
    term.shown("done")
    skip = re.compile(r"SSH_(CLIENT|CONNECTION|TTY)=|COLORTERM=|speed|history  ")
    # The tty knows that text is UTF-8, whatever this test's own tty knows.
    reports = []
    for name in ("ssh", "tether"):
        text = (host.home("ann") / f"report.{name}").read_text().replace(" -iutf8", " iutf8")
        reports.append([line for line in text.splitlines() if not skip.match(line)])
    assert "FROM=profile" in reports[1]
    assert reports[1] == reports[0]


def test_no_profile(lab):
    lab.host(files={".bash_profile": "FROM=profile; export FROM\n"})
    term = lab.tether("--no-profile", "web1")
    term.run("echo from=[$FROM]", "from=[]")


def test_what_ssh_shows_at_login_is_shown(lab):
    lab.host(files={".hushlogin": None, ".bash_profile": "echo profile speaks\n"},
             options=["Banner " + str(lab.folder / "banner")])
    (lab.folder / "banner").write_text("Authorised people only.\n")
    motd = subprocess.run("cat /run/motd.dynamic /etc/motd 2>/dev/null | head -n 3", shell=True,
                          capture_output=True, text=True).stdout
    term = lab.enter(rows=40)
    for line in ["Authorised people only.", *motd.splitlines(), "profile speaks"]:
        assert line.rstrip() in term.lines


def test_prompts_of_the_users_own_do_no_harm(lab):
    lab.host(files={".bash_profile":
                    "PS1='\\n\\[\\e[31m\\]fancy \\w\\[\\e[0m\\]\\n> '\n"
                    "PROMPT_COMMAND='echo -n; history -a'\ntrap 'true' DEBUG\n"
                    "set -o vi\nset -u\n"})
    term = lab.enter()
    term.run("echo one''two", "onetwo")
    term.run("PS1='other> '; PROMPT_COMMAND=:; echo three''four", "threefour")
    term.send("cd /tmp; unset PROMPT_COMMAND\r")
    term.wait_for(lambda: term.before_cursor() == "[web1]: /tmp> ", what="the directory")
    term.run("echo five''six", "fivesix")
    assert "fancy" not in term.text and "other>" not in term.text.replace("PS1='other> '", "")


def test_marks_thrown_away_leave_a_plain_terminal(lab):
    lab.host()
    term = lab.enter()
    term.send("unset PROMPT_COMMAND PS0; PS1='other> '\r")
    term.wait_for(re.compile("^other>", re.M))
    term.send("echo one''two\r")
    term.shown("onetwo")
    term.send("exit 4\r")
    assert term.wait_exit() == 4


@pytest.mark.parametrize("leave, status", [
    ("exit\r", 0), ("exit 7\r", 7), ("logout\r", 0), ("\x04", 0), ("Exit-PSSession\r", 0),
    ("(exit 3)\rexit\r", 3), ("kill -KILL $$\r", 137), ("exec false\r", 1)])
def test_leaving_gives_the_status(lab, leave, status):
    lab.host()
    term = lab.enter()
    for part in re.findall(r"[^\r]*\r|\x04", leave):
        term.wait_prompt()
        term.send(part)
    assert term.wait_exit() == status
    assert not term.screen.alternate


def test_exit_with_stopped_jobs_is_the_shells_to_decide(lab):
    lab.host()
    term = lab.enter()
    term.send("sleep 1000\r")
    term.wait_for(lambda: not term.at_prompt(), what="the command running")
    term.send("\x1a")
    term.wait_prompt()
    term.run("exit", "There are stopped jobs.")
    term.send("exit\r")
    term.wait_exit()


def test_the_last_screenful_stays_above_the_closing_line(lab):
    lab.host()
    term = lab.shell()
    before = shape(term)
    term.send("tether web1\r")
    term.wait_prompt()
    term.run("seq 101 112", "112")
    term.send("exit 5\r")
    term.wait_for(re.compile(r"^local\$$", re.M))
    term.wait_for(CLOSING)
    page = term.history.split("\n")
    end = max(i for i, line in enumerate(page) if CLOSING.search(line))
    assert [str(n) for n in range(101, 113)] == [l for l in page[:end] if re.fullmatch(r"1\d\d", l)]
    assert page[end - 1] == "logout"  # as bash says it
    assert page[end - 2].endswith("> exit 5")
    assert page[end + 1] == "local$"
    assert "status 5" in page[end]
    assert shape(term) == before
    term.send("echo $?\r")
    term.shown("5")


@pytest.mark.parametrize("where", ["prompt", "vim", "connecting"])
@pytest.mark.parametrize("signo", [signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV])
def test_the_terminal_is_restored_when_it_is_killed(lab, signo, where):
    host = lab.host()
    relay = lab.relay("slow", host)
    if where == "connecting":
        relay.stall()
    term = lab.shell()
    before = shape(term)
    term.send("ASAN_OPTIONS=handle_segv=0 tether slow\r")
    if where == "connecting":
        term.wait_for(lambda: term.screen.alternate)
    else:
        term.wait_prompt()
    if where == "vim":
        term.send("vim -u NONE -c 'set mouse=a'\r")
        term.wait_for("VIM - Vi IMproved")
    (pid,) = children(term.pid)
    subprocess.run(["kill", f"-{int(signo)}", str(pid)], check=True)
    term.wait_for(lambda: not term.screen.alternate, what="the normal screen")
    term.wait_for(lambda: term.cursor_line.startswith("local$"), what="the local prompt")
    assert shape(term) == before
    assert not term.screen.cursor.hidden
    # The local shell's own editor works on.
    term.send("echo $?\r")
    term.shown("129|143|139")


def test_suspend_to_the_local_shell_and_come_back(lab):
    lab.host()
    term = lab.shell()
    before = shape(term)
    term.send("tether web1\r")
    term.wait_prompt()
    term.run("echo still''here", "stillhere")
    term.send("half typed")
    term.wait_line("half typed")
    term.send("\x1dz")
    term.wait_for(lambda: not term.screen.alternate)
    term.wait_for(lambda: term.cursor_line.startswith("local$"), what="the local prompt")
    assert shape(term) == before
    term.send("echo local''ly\r")
    term.shown("locally")
    term.send("fg\r")
    term.wait_line("half typed")
    assert "stillhere" in term.text and "locally" not in term.text


def test_help_lists_the_keys(lab):
    lab.host()
    term = lab.enter()
    term.send("\x1d?")
    term.wait_for(re.compile("suspend"))
    term.send("q")
    term.wait_gone("suspend")
    term.run("echo a''b", "ab")
    # What is in force is listed, whatever is on the screen: the list, a running command, scrolling.
    rows, cols = 40, 80
    term.resize(rows, cols)
    for keys, title, not_now, end in (
            ("", "At the prompt:", "signal", "q"), ("\x12", "In the list:", "At the prompt", "q\x1b"),
            ("\x1d[", "In scroll mode:", "At the prompt", "qq"),
            ("cat\r", "While the host has the keys:", "edit this line", "q\x03")):
        term.send(keys)
        if keys == "cat\r":
            term.wait_for("running")
        term.send("\x1d?")
        term.wait_for("any other key closes this") # the last row: all others are drawn
        assert title in term.text and "Ctrl-] and then:" in term.text
        assert not_now not in term.text
        term.send(end)
        term.wait_gone(title)
        term.wait_prompt()
    term.run("set -o vi")
    for keys, shown in (("", "vi's commands"), ("\x1b", "insert again")):
        term.send(keys + "\x1d?")
        term.wait_for(shown)
        term.send("q")
        term.wait_gone(shown)
    term.send("iset -o emacs\r")
    term.wait_prompt()
    # In a small window it scrolls.
    term.resize(5, 20)
    term.send("\x1d?")
    term.wait_for(re.compile(r"^1-3 of \d+: Up, Down$", re.M))
    term.send("\x1b[B" * 3)
    term.wait_for(re.compile(r"^4-6 of \d+: Up, Down$", re.M))
    term.send("\x1b[F")
    term.wait_for(re.compile(r"^any other key closes\n", re.M))
    term.send("q")
    term.wait_gone("any other")


def test_scrollback(lab):
    lab.host()
    term = lab.enter()
    term.run("seq 1001 1200", "1200")
    assert "1080" not in term.text
    for _ in range(5):
        term.send("\x1b[5~")
    term.wait_for(re.compile("^1080$", re.M))
    term.send("q")
    term.wait_prompt()
    term.send("echo end\r")
    term.wait_for(re.compile("^end$", re.M))
    term.wait_prompt()


def test_wrong_usage_is_2(lab):
    for args in (["--no-such-option", "web1"], [], ["-p", "0", "web1"], ["-p"]):
        term = lab.tether(*args)
        assert term.wait_exit() == 2
        assert term.text
    for args in (["--version"], ["--help"]):
        term = lab.tether(*args)
        assert term.wait_exit() == 0
        assert "tether" in term.text


def test_terminals_we_do_not_know(lab):
    """An unknown one is taken for an xterm; one that cannot be drawn on is served as by ssh."""
    lab.host()
    term = lab.enter(env={"TERM": "nosuchterm"})
    assert "nosuchterm" in term.status_line
    term.run("echo one''two", "onetwo")
    plain = lab.tether("web1", env={"TERM": "dumb"})
    plain.wait_for(re.compile(r"\$ ?$"))
    plain.send("echo three''four\r")
    plain.shown("threefour")
    assert not plain.screen.alternate
    plain.send("exit 6\r")
    assert plain.wait_exit() == 6


def test_replies_nobody_read_prefix_nothing(lab):
    lab.host()
    term = lab.enter()
    for _ in range(5):
        term.run("printf '\\e[6n\\e[c'")
        term.run("echo cle''an", "clean")
    assert "not found" not in term.text


def test_marks_come_back_with_the_next_command(lab):
    lab.host()
    term = lab.enter()
    term.send("unset PROMPT_COMMAND; PS1='other> '\r")
    term.wait_for(re.compile("^other>", re.M))
    term.send("cd /usr\r")
    term.wait_prompt()
    assert term.before_cursor() == "[web1]: /usr> "
    term.run("echo one''two", "onetwo")

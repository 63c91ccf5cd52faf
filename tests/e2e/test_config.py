"""Our own settings: what `tether config` tells of them, and that each is followed."""

import os
import pathlib
import re
import subprocess

import pytest
from conftest import TETHER

ROOT = pathlib.Path(__file__).parent.parent.parent


def write(lab, text):
    path = lab.home.path / "config/tether/config"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o644)
    return path


def tether(lab, *args):
    done = subprocess.run([os.path.abspath(TETHER), *args], stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, env=lab.env(), cwd=lab.home.path)
    return done.returncode, done.stdout, done.stderr


def table(out):
    """name -> (value, default, from)"""
    rows = [re.split(" {2,}", line) for line in out.splitlines() if not line.startswith("#")]
    assert rows[0] == ["setting", "value", "default", "from"]
    return {row[0]: tuple(row[1:]) for row in rows[1:]}


# What is told.

def test_defaults_without_a_file(lab):
    path = lab.home.path / "config/tether/config"
    status, out, err = tether(lab, "config")
    assert (status, err) == (0, "")
    assert f"# {path} (not there)" in out
    settings = table(out)
    assert settings["leave"] == ("screen", "screen", "default")
    assert all(value == default and source == "default"
               for value, default, source in settings.values())


def test_where_values_come_from(lab):
    path = write(lab, "leave = all\n[host \"prod-* !prod-test\"]\n  leave = line\n  raw = yes\n")
    _, out, _ = tether(lab, "config")
    assert table(out)["leave"] == ("all", "screen", f"{path}:1")
    assert table(out)["raw"] == ("no", "no", "default")
    assert f"# {path}:2: [host \"prod-* !prod-test\"]" in out
    _, out, _ = tether(lab, "config", "ann@prod-1")
    assert table(out)["leave"] == ("line", "screen", f"{path}:3")
    assert table(out)["raw"] == ("yes", "no", f"{path}:4")
    _, out, _ = tether(lab, "config", "prod-test")
    assert table(out)["leave"] == ("all", "screen", f"{path}:1")


def test_its_own_help_names_every_setting(lab):
    status, out, _ = tether(lab, "config", "--help")
    names = table(tether(lab, "config")[1])
    assert status == 0
    assert re.findall(r"^([a-z0-9-]+) = ", out, re.M) == list(names)


def test_the_manual_has_every_setting(lab):
    manual = (ROOT / "doc/tether.1").read_text()
    settings = manual[manual.index(".Ss Settings"):]
    settings = settings[:settings.index("\n.Sh ")]
    told = [name for line in re.findall(r"^\.It Cm (.+)", settings, re.M)
            for name in line.split(" , ")]
    assert sorted(told) == sorted(table(tether(lab, "config")[1]))


@pytest.mark.parametrize("args", [["config", "a", "b"], ["config", "--nope"], ["config", "a;b"]])
def test_wrong_usage(lab, args):
    status, out, err = tether(lab, *args)
    assert (status, out) == (2, "") and err.startswith("tether: ")


# What is wrong with the file ends every command, before anything is done.

@pytest.mark.parametrize("args", [["config"], ["why", "web1"], ["web1", "true"], ["web1"], ["demo"]])
def test_a_wrong_file_is_refused_by_line(lab, args):
    lab.host()
    path = write(lab, "leave = all\nleeve = all\n")
    term = lab.tether(*args, cols=200)
    assert term.wait_exit() == 255
    assert f"tether: {path}:2: there is no setting 'leeve'; there are: leave, " in term.history
    assert not lab.home.history.exists()


def test_a_file_that_others_may_write_is_refused(lab):
    path = write(lab, "leave = all\n")
    for mode in (0o664, 0o646):
        path.chmod(mode)
        status, out, err = tether(lab, "config")
        assert (status, out) == (255, "") and f"{path} may be written by others" in err
    path.chmod(0o600)
    assert tether(lab, "config")[0] == 0


def test_what_is_no_file_is_refused(lab):
    path = write(lab, "")
    path.unlink()
    path.mkdir()
    assert "not a plain file" in tether(lab, "config")[2]
    path.rmdir()
    os.mkfifo(path)  # nobody writes to it: nothing waits
    assert "not a plain file" in tether(lab, "config")[2]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read any file")
def test_a_file_that_cannot_be_read_is_refused(lab):
    write(lab, "leave = all\n").chmod(0)
    status, _, err = tether(lab, "config")
    assert status == 255 and "Permission denied" in err


# What each does.

def leave_behind(lab):
    """What the local terminal holds after a session that printed more than a page."""
    term = lab.shell()
    term.send("tether web1\r")
    term.wait_prompt()
    term.run("seq 101 160", re.compile("^160$", re.M))
    term.send("exit 5\r")
    term.wait_for("session ended")
    term.wait_for(re.compile(r"^local\$$", re.M))
    return re.findall(r"^1\d\d$", term.history, re.M)


@pytest.mark.parametrize("setting, least, most", [
    ("", 15, 23), ("leave = screen", 15, 23), ("leave = line", 0, 0), ("leave = all", 60, 60)])
def test_leave(lab, setting, least, most):
    lab.host()
    write(lab, setting)
    left = [int(n) for n in leave_behind(lab)]
    assert left == list(range(161 - len(left), 161))
    assert least <= len(left) <= most


def test_scrollback(lab):
    lab.host()
    write(lab, "scrollback = 20\n")
    term = lab.enter()
    term.run("seq 1001 1200", "1200")
    term.send("\x1d[g")
    term.wait_for("line 1 of ")
    oldest = int(re.search(r"^(1\d{3})$", term.text, re.M)[1])
    assert 1150 < oldest < 1165


def test_mouse_off(lab):
    lab.host()
    assert 1002 in lab.enter().emulator.modes
    write(lab, "[host \"web*\"]\nmouse = off\n")
    term = lab.enter()
    assert 1002 not in term.emulator.modes
    term.send("\x1dm")
    term.wait_for("the mouse scrolls")
    term.wait_for(lambda: 1002 in term.emulator.modes)


def test_another_command_key(lab):
    lab.host()
    write(lab, "command-key = ^A\n[host \"web2\"]\ncommand-key = Ctrl-S\n")
    term = lab.enter()
    term.send("\x01")
    term.wait_for(lambda: "Ctrl-A then: ? help" in term.status_line)
    term.send("?")
    term.wait_for("a   send Ctrl-A itself (or press it twice)")
    assert "Ctrl-A and then:" in term.text and "Ctrl-]" not in term.text
    term.send("q")
    term.wait_gone("suspend")
    term.send("\x01!")
    term.wait_for(lambda: "Ctrl-A ? lists them" in term.status_line)
    # Twice: at the prompt it is the editor's, for a program it is sent.
    term.send("bc\x01\x01a")
    term.wait_for(lambda: term.typed() == "a" and term.cursor_line.endswith("> abc"))
    term.send("\x03")
    term.send("cat -v\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("\x01\x01\x1d\r")
    term.shown(r"\^A\^\]")
    term.send("\x01ak\r")
    term.wait_for("^Ak")
    term.send("\x03\x03\x03")
    term.wait_prompt()
    # Where the letter is a command's, twice is the way.
    lab.host("web2")
    term = lab.enter("web2")
    term.send("cat\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("\x13?")
    term.wait_for("twice, it is sent itself")
    assert "s   send a signal" in term.text


def test_another_terminal_for_the_host(lab):
    lab.host()
    lab.enter().run("echo [$TERM]", "[xterm-256color]")
    write(lab, "term = xterm\n")
    lab.enter().run("echo [$TERM]", "[xterm]")


def test_no_bell_and_no_title(lab):
    lab.host()
    term = lab.enter()
    term.run("printf '\\a\\e]2;named\\a'; echo do''ne", "done")
    term.wait_for(lambda: term.emulator.screen.title == "named")
    rung = bytes(term.raw).count(b"\a")
    write(lab, "bell = off\ntitle = off\n")
    term = lab.enter()
    term.run("printf '\\a\\e]2;named\\a'; echo do''ne", "done")
    assert b"named\a" not in term.raw and bytes(term.raw).count(b"\a") == rung - 2


def test_notices_stay_as_long_as_asked(lab):
    lab.host()
    write(lab, "notice = 1\n[host \"web2\"]\nnotice = 600\n")
    lab.host("web2")
    long = lab.enter("web2")
    long.send("\x1d!")
    long.wait_for("not a key of tether's")
    term = lab.enter()
    term.send("\x1d!")
    term.wait_for("not a key of tether's")
    term.wait_gone("not a key of tether's")
    long.read_for(0.1)
    assert "not a key of tether's" in long.status_line


def test_the_clipboard_is_one_or_the_other(lab):
    lab.host()
    lab.host("web2")
    write(lab, "clipboard = terminal\n[host \"web2\"]\nclipboard = tool\n")
    log = lab.folder / "copied"
    tool = lab.home.path / "bin/xclip"
    tool.write_text(f"#!/bin/sh\ncat >'{log}.new'\nmv '{log}.new' '{log}'\n")
    tool.chmod(0o755)
    for name, in_terminal in (("web1", True), ("web2", False)):
        term = lab.enter(name, env={"DISPLAY": ":9"})
        term.run("echo one''two", "onetwo")
        term.send("\x1dy")
        term.wait_for(lambda: "copied 6 characters" in term.status_line)
        if in_terminal:
            term.wait_for(lambda: b"\x1b]52;c;" in term.raw)
            assert not log.exists()
        else:
            term.wait_until(log.exists)
            assert log.read_text() == "onetwo" and b"\x1b]52;" not in term.raw
    tool.unlink()
    term.send("\x1dy")
    term.wait_for(lambda: "there is no wl-copy, xclip or xsel" in term.status_line)


def test_no_history_and_no_suggestion(lab):
    lab.host()
    term = lab.enter()
    term.run("echo kept''one", "keptone")
    term.send("exit\r")
    term.wait_exit()
    kept = (lab.home.history / "web1").read_text()
    assert "echo kept''one" in kept
    write(lab, "history = no\n")
    term = lab.enter()
    term.run("echo un''kept", "unkept")
    term.send("\x1b[A")
    term.wait_line("echo un''kept")  # this session's own are there
    term.send("\x1b[A\x1b[A")
    term.read_for(0.2)
    assert term.typed() == "echo un''kept"
    assert (lab.home.history / "web1").read_text() == kept
    write(lab, "suggest = no\n")
    term = lab.enter()
    term.send("echo k")
    term.wait_line("echo k")
    term.send("\x1b[C")
    term.read_for(0.2)
    assert term.cursor_line.endswith("> echo k")


def test_profile_and_raw_and_the_command_line_beats_both(lab):
    lab.host(files={".bash_profile": "FROM=profile; export FROM; PS1='its own> '\n"})
    write(lab, "profile = no\n")
    term = lab.enter()
    term.run("echo from=[$FROM]", "from=[]")
    term = lab.tether("--profile", "web1")
    term.run("echo from=[$FROM]", "from=[profile]")
    write(lab, "[host \"web1\"]\nraw = yes\n")
    term = lab.tether("web1")
    term.wait_for(re.compile("^its own>", re.M))
    assert "plain terminal" in term.status_line
    lab.tether("--no-raw", "web1").wait_prompt()


@pytest.mark.parametrize("args, client, seconds", [
    ([], [], 1), (["--timeout", "2"], [], 2), ([], ["ConnectTimeout 2"], 2)])
def test_timeout(lab, args, client, seconds):
    """The command line's word goes before ssh's, and that before ours."""
    host = lab.host()
    relay = lab.relay("slow", host, options=client)
    relay.stall()
    write(lab, "timeout = 1\n")
    status, _, err = tether(lab, *args, "slow", "true")
    assert status == 255 and f"no answer within {seconds} s" in err


def test_the_status_line_above(lab):
    lab.host()
    write(lab, "status = top\n")
    term = lab.enter()
    assert term.lines[0].startswith(" web1  prompt")
    term.run("stty size", re.compile("^23 80$", re.M))
    term.run("seq 101 150", re.compile("^150$", re.M))
    assert term.lines[0].startswith(" web1 ") and term.cursor[0] == 23
    term.run("(exit 42)")
    term.wait_for(lambda: "exit 42" in term.lines[0])
    # A click is told to a program by the row of its own screen, which begins below the line.
    term.send("vim -u NONE -c 'set mouse=a' -c 'call setline(1, range(1, 9))'\r")
    term.wait_for(re.compile(r"^9$", re.M))
    row = term.lines.index("5")
    term.send(f"\x1b[<0;1;{row + 1}M\x1b[<0;1;{row + 1}m")
    term.wait_for(lambda: term.cursor[0] == row)
    term.send("x:wq! out\r")
    term.wait_prompt()
    term.run("grep -c . out; sed -n 5p out | wc -c", re.compile("^1$", re.M))
    # Scroll mode asks there, and the cursor with it.
    term.send("\x1d[/15")
    term.wait_for(lambda: "/15" in term.lines[0])
    assert term.cursor[0] == 0
    term.send("\r")
    term.wait_for(lambda: re.search(r"\d+ of \d+", term.lines[0]))


def test_without_a_status_line_what_matters_is_told(lab):
    host = lab.host()
    relay = lab.relay("web2", host)
    write(lab, "status = off\nnotice = 1\n[host \"web2\"]\nword = PROD\n")
    term = lab.enter()
    term.run("stty size", re.compile("^24 80$", re.M))
    term.run("seq 101 150", re.compile("^150$", re.M))
    assert term.cursor[0] == 23
    term.run("(exit 42)")
    assert term.cursor_line.startswith("exit 42 [web1]: ")
    # A failure's text goes with the next success.
    term.send("true\r")
    term.wait_for(lambda: term.cursor_line.startswith("[web1]: "))
    term.wait_prompt()
    term.send("\x1d")
    term.wait_for(lambda: "then: ? help" in term.status_line)
    assert term.cursor[0] == 22  # the page has moved up by the line that is there for now
    term.send("q")
    term.wait_for(lambda: "not a key of tether's" in term.status_line)
    term.wait_for(lambda: term.cursor[0] == 23, what="the line going away")
    term = lab.enter("web2")
    assert term.cursor_line.startswith("PROD [web2]: ")
    relay.stall()
    term.send("true\r")
    term.wait_for(lambda: re.search("no (answer|contact) for", term.status_line))
    relay.cut()
    term.wait_for(lambda: "Enter connects again" in term.status_line)


def test_a_word_and_a_color(lab):
    lab.host()
    write(lab, "[host \"web*\"]\nword = PROD\ncolor = red\n")
    term = lab.enter()
    assert term.status_line.startswith(" PROD web1  prompt")
    cells = term.screen.buffer[23]
    assert all(cells[x].fg == "red" and cells[x].reverse for x in range(1, 10))
    assert cells[12].fg == "default"
    prompt = term.screen.buffer[term.cursor[0]]
    assert [prompt[x].fg for x in range(7)] == ["default"] + 4 * ["red"] + 2 * ["default"]
    # Without colors the word is there all the same.
    term = lab.enter(env={"NO_COLOR": "1"})
    assert term.status_line.startswith(" PROD web1 ")
    assert all(cell.fg == "default" for cell in term.screen.buffer[23].values())


def test_a_prompt_of_ones_own(lab):
    lab.host()
    write(lab, "prompt = \"{user}@{host} {cwd} {status}{duration}é \"\n")
    term = lab.tether("web1")
    term.wait_for(lambda: re.search("ann@web1 .* é $", term.before_cursor()))
    term.send("cd /usr\r")
    term.wait_for(lambda: term.before_cursor() == "ann@web1 /usr é ")
    term.send("(exit 3)\r")
    term.wait_for(lambda: term.before_cursor() == "ann@web1 /usr 3é ")
    row = term.screen.buffer[term.cursor[0]]
    mark = term.cursor[1] - 2
    assert (row[mark].data, row[mark].fg) == ("é", "red") and row[mark - 1].fg == "default"
    term.send("sleep 1.1\r")
    term.wait_for(lambda: re.search(r"ann@web1 /usr \d\.\dsé $", term.before_cursor()))


@pytest.mark.parametrize("status", ["top", "off"])
def test_extremes(lab, status):
    """Nothing above the page, no prompt, and no room for more than a row."""
    lab.host()
    write(lab, f"scrollback = 0\nprompt = \"\"\nleave = all\nstatus = {status}\n")
    term = lab.tether("web1")
    term.wait_for(lambda: term.screen.alternate)
    term.send("seq 101 150; echo do''ne\r")
    term.shown("done")
    for rows in (1, 2, 5):
        term.resize(rows, 40)
        term.send(f"typed{rows}")
        term.wait_for(lambda: term.cursor_line == f"typed{rows}")
        term.send("\x03")
    term.send("tput lines\r")
    term.shown("5" if status == "off" else "4")
    term.resize(24, 80)
    term.send("exit 3\r")
    assert term.wait_exit() == 3
    assert not re.search("^101$", term.history, re.M)

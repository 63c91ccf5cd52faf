"""cmd.exe behind Windows' own server, in the shapes of Windows 10's console: tests/support/conpty.py"""

import pathlib
import re
import sys

from shells import KNOWN, OPEN, looks, wait_looks
from windows import WindowsHost

CONPTY = pathlib.Path(__file__).parent.parent / "support/conpty.py"


def open_conpty(lab, *options, **more):
    shell = lab.folder / "shell"
    shell.write_text(f'#!/bin/sh\nexec {sys.executable} {CONPTY} "$@"\n')
    shell.chmod(0o755)
    host = WindowsHost(lab.folder / "win1", shell, **more)
    lab.ends.append(host.stop)
    lab.home.add_host("win1", host)
    term = lab.tether(*options, "win1")
    term.wait_prompt()
    return term


def test_cmd_in_its_console(lab):
    term = open_conpty(lab)
    head = "[win1]: C:\\Users\\ann>"
    assert term.before_cursor() == head + " "
    # Its own commands are known, and nothing is said of others.
    term.send("ECHO x & git log")
    wait_looks(term, "ECHO", KNOWN)
    assert looks(term, "git") == OPEN
    term.send("\x15")
    term.wait_prompt()
    # What the mark had overtaken is there, and nothing of sh's has been sent.
    assert "Version 10.0.19045" in term.text and "not recognized" not in term.text
    assert "C:\\Users\\ann>" not in term.text.replace(head, "")
    term.run("echo one")
    term.run("echo two")
    assert [line for line in term.page if line.strip()][1:] == [
        f"{head} echo one", "one", f"{head} echo two", "two", head]
    term.run("cd D:\\Program Files (x86)")
    assert term.at_prompt() == "D:\\Program Files (x86)"
    term.run("cd \\\\server\\share")
    assert term.at_prompt() == "\\\\server\\share"
    term.run("cd C:\\" + "\\".join(["a long name of a folder"] * 5))
    assert term.is_at("C:\\" + "\\".join(["a long name of a folder"] * 5))
    term.run("cd C:\\")
    # Drawn anew at the prompt, or late.
    term.run("repaint")
    term.read_for(0.3)
    assert term.before_cursor() == "[win1]: C:\\> "
    assert "C:\\>" not in term.text.replace("[win1]: C:\\>", "")
    term.send("slow\r")
    term.shown("slow text")
    assert term.wait_prompt() == "C:\\"
    term.run("title")
    term.send("type evil\r")
    term.wait_for("Fake>")
    term.read_for(0.2)
    assert not term.at_prompt()
    assert term.wait_prompt() == "C:\\"
    # How each ended; in the first rows, in the middle and in the last row, and behind lines that
    # take more rows here than there, which its places do not know of.
    for command in ("cls", "rows 3 " + "z" * 60, "rows 12 " + "z" * 60, "rows 2 " + "z" * 60,
                    "cls", "rows 2", "rows 30", "rows 2"):
        head = [line for line in term.lines[:-1] if line][-1]
        term.run(command)
        if command == "cls":
            continue
        shown = [f"{head} {command}"] + [f"row {n + 1}" for n in range(int(command.split()[1]))]
        term.run("fail 7")
        term.wait_for(lambda: "exit 7" in term.status_line)
        assert term.page[-2:] == [f"{head} fail 7", head], term.picture()
        assert "".join(term.page[:-2]).endswith("".join(shown[-15:])), term.picture()
        term.run("fail 0")
        assert "exit" not in term.status_line
    # Typed ahead: in the line, once.
    term.send("wait\r")
    term.wait_for("running")
    term.send("echo ahead")
    term.wait_line("echo ahead")
    term.send("\x15echo not ahead\r")
    term.shown("not ahead")
    term.wait_prompt()
    assert "echo aheadecho" not in term.text
    # A line of more than the row, and one that it does not take.
    term.run("echo " + "y" * 150)
    assert term.text.count("y") >= 300
    term.send("\x1b[200~echo a\techo b\x1b[201~\r")
    term.wait_for("at a tab: nothing was sent")
    term.send("\x03")
    term.wait_prompt()
    # A program with a screen of its own.
    page = term.page
    term.send("full\r")
    term.wait_for("full screen")
    assert "yyyy" not in term.text
    term.send("q")
    term.wait_prompt()
    assert term.page[-2:] == ["[win1]: C:\\> full", "[win1]: C:\\>"] and page[-1] in term.text
    # A block is run row by row, and what it is asked more of gets it.
    block = "echo one\nif x (\n\techo two\n  echo three\n)\necho four"
    term.send(f"\x1b[200~{block}\x1b[201~")
    term.wait_for("echo four")
    term.send("\r")
    term.shown("four")
    term.wait_prompt()
    head = "[win1]: C:\\>"
    assert term.page[-10:] == [
        f"{head} echo one", "one", f"{head} if x (", "More?  echo two", "More?   echo three",
        "More? )", "two", "three", f"{head} echo four", "four", head][1:], term.picture()
    # Ctrl-C stops it.
    term.send("\x1b[200~sleep\necho not run\x1b[201~")
    term.wait_for("echo not run")
    term.send("\r")
    term.wait_for("running")
    term.send("\x03")
    term.wait_for("have not run")
    term.wait_for(lambda: "exit 0xC000013A" in term.status_line)
    assert "echo not run" not in term.text
    # What prints while a line is edited stands above it.
    term.run("start from the back")
    term.send("echo typing on")
    term.wait_for(re.compile("^from the back$", re.M))
    term.wait_line("echo typing on")
    term.send("\r")
    term.shown("typing on")
    term.wait_prompt()
    # A prompt that is not ours, and ours again.
    term.send("prompt $P$G\r")
    term.wait_for("line mode for the shell that waits here")
    term.send("echo raw\r")
    term.wait_for(re.compile("^raw$", re.M))
    term.wait_for("line mode for the shell that waits here")
    term.send("\x1dt")
    term.wait_prompt()
    # Another size, at the prompt.
    term.resize(12, 60)
    term.wait_for(lambda: term.at_prompt() and term.status_line.rstrip().endswith("ms"))
    term.run("rows 2")
    term.resize(24, 80)
    term.wait_for(lambda: term.at_prompt() and term.status_line.rstrip().endswith("ms"))
    head = "[win1]: C:\\>"
    term.run("rows 3")
    assert term.page[-5:] == [f"{head} rows 3", "row 1", "row 2", "row 3", head], term.picture()
    # Empty line, end of file.
    before = term.lines[:-1]
    term.send("\r")
    term.wait_for(lambda: term.lines[:-1] != before and term.at_prompt(), what="another prompt")
    term.send("\x04")
    assert term.wait_exit() == 0


def test_a_server_that_does_not_say_what_it_is(lab):
    term = open_conpty(lab, "--shell", "cmd", banner="9.99 FlowSsh")
    term.run("echo one")
    assert term.at_prompt() == "C:\\Users\\ann"
    term.send("exit 3\r")
    assert term.wait_exit() == 3

"""Macros: keys that are pressed again where typed ones would be used, over a slow line."""

import os
import re

BEGIN, END, RUN = "\x18(", "\x18)", "\x18e"


def record(term, *pieces):
    """Each piece when what the one before it does is done."""
    term.send(BEGIN)
    term.wait_for("recording keys")
    for piece, done in pieces:
        term.send(piece)
        done()
    term.send(END)
    term.wait_gone("recording keys")


def rows(term, text):
    return sum(line == text for line in term.page)


def test_macros(lab):
    host = lab.host(files={"alpha": "is alpha\n", "bar": "", "baz": "is baz\n", ".hushlogin": ""})
    home = host.home("ann")
    os.mkfifo(home / "gate")
    host.own(home)
    lab.relay("slow", host, delay=0.05)
    term = lab.enter("slow")

    def ran(text, times):
        return lambda: term.wait_for(lambda: rows(term, text) == times and term.at_prompt(),
                                     what=f"{text!r}, {times} times, and a prompt")

    # Over several prompts; what is typed behind it comes behind it.
    record(term, ("echo one\r", ran("one", 1)), ("echo two\recho thr", lambda: term.wait_line(
        "echo thr")), ("\x15", lambda: term.wait_line("")))
    term.send(f"{RUN}echo {{,be}}hind")
    term.wait_for(lambda: rows(term, "two") == 2 and term.typed() == "echo {,be}hind")
    term.send("\r")
    ran("hind behind", 1)()
    assert [line for line in term.page if not line.startswith("[")][-3:] == [
        "one", "two", "hind behind"]

    # Tab: what comes next waits for the candidates, in the line and in the menu.
    record(term, ("cat al\t", lambda: term.wait_line("cat alpha ")), ("\r", ran("is alpha", 1)),
           ("cat ba\t", lambda: term.wait_for(re.compile("bar +baz"))),
           ("\t\t", lambda: term.wait_line("cat ba")), ("\r", lambda: term.wait_line("cat baz ")),
           ("\r", ran("is baz", 1)))
    term.send(RUN)
    ran("is baz", 2)()
    assert rows(term, "is alpha") == 2

    # What is typed while a command of it runs is not read by that: it comes behind the macro.
    record(term, ("cat gate\r", lambda: (open(home / "gate", "w").write("came\n"), ran("came", 1)())),
           ("echo end\r", ran("end", 1)))
    term.send(f"{RUN}")
    with open(home / "gate", "w") as gate:
        term.wait_for("in a macro: running")
        term.send("later")
        term.wait_for(re.compile("^later$", re.M))
        gate.write("came\n")
    term.wait_for(lambda: rows(term, "end") == 2 and term.typed() == "later", what="what was typed")

    # Ctrl-C stops it, with the command or at the prompt, and what is recorded is forgotten.
    term.send("\x15" + RUN)
    with open(home / "gate", "w"):
        term.wait_for("in a macro: running")
        term.send("\x03")
        term.wait_prompt()
    term.run("echo after", re.compile("^after$", re.M))
    assert rows(term, "end") == 2
    term.send(f"{BEGIN}echo no")
    term.wait_for("recording keys")
    term.send("\x03")
    term.wait_gone("recording keys")
    term.send(f"{RUN}echo empty\r")
    ran("empty", 1)()

    # One that runs itself ends.
    term.run("set -o vi")
    term.wait_for("prompt: insert")
    term.send("\x1b")
    term.wait_for("prompt: command")
    term.send("qaAecho again\r")
    ran("again", 1)()
    term.send("\x1b")
    term.wait_for("prompt: command")
    term.send("@aq@a")
    term.wait_for("it runs itself")
    term.wait_for(lambda: term.text.count("echo again") > 4, what="rounds of it")

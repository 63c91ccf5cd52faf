"""tour.py PROGRAM: a short tour of the demo host, for those without a terminal.

The program is driven on a pty as a person would; the screens it shows are printed as text.
"""

import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from terminal import Terminal  # noqa: E402

PROMPT = re.compile(r"^\[demo\]: .*[>#] $")


def show(term, title):
    bar = "+" + "-" * term.screen.columns + "+"
    print(f"\n{title}\n{bar}")
    for line in term.lines:
        print(f"|{line.ljust(term.screen.columns)}|")
    print(bar, flush=True)


def prompt(term):
    term.wait_for(lambda: PROMPT.match(term.before_cursor()), what="a prompt")


def command(term, text):
    prompt(term)
    term.send(text)
    term.wait_for(lambda: term.before_cursor().endswith(text[-20:]), what="the typed line")
    term.send("\r")
    term.wait_for(lambda: not term.before_cursor().endswith(text[-20:]), what="the command taken")


def tour(term, folder):
    prompt(term)
    # The shell on the other side is the user's own: it shall not remember the tour.
    command(term, f"unset HISTFILE; cd {folder} && touch apple apricot avocado && seq 300 > numbers")
    command(term, "clear")
    command(term, "ls -l")
    prompt(term)
    show(term, "Inside: the prompt, a command, its output")
    term.send("cat a\t")
    term.wait_for(re.compile("apple +apricot +avocado"))
    show(term, "Tab: what fits, from the shell on the host")
    term.send("\x03")
    command(term, "less numbers")
    term.wait_for(re.compile("^22$", re.M))
    show(term, "A full-screen program")
    term.send("q")
    command(term, "sleep 100")
    term.wait_for("running")
    show(term, "A command that takes its time")
    term.send("\x03")
    prompt(term)
    show(term, "Ctrl-C stops the command and not the session")
    term.send("exit 0\r")
    status = term.wait_exit()
    show(term, f"After exit: the last page stays (exit status {status})")
    return status


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="tour-", dir="/tmp") as folder:
        env = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": f"{folder}/.state",
               "LANG": os.environ.get("LANG", "C.UTF-8")}
        term = Terminal([program, "demo"], env)
        try:
            return tour(term, folder)
        except AssertionError as error:
            print(error, file=sys.stderr)
            return 1
        finally:
            term.close()


if __name__ == "__main__":
    sys.exit(main())

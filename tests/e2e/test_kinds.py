"""Kinds of local terminal, locales and sizes."""

import re

import pytest

TERMS = ["xterm-256color", "xterm-direct", "xterm", "tmux-256color", "screen", "screen-256color",
         "rxvt-unicode-256color", "linux", "vt220", "vt100", "konsole-256color", "alacritty",
         "cons25", "ansi"]
COLORS = re.compile(rb"\x1b\[[0-9;:]*m")


def wait_prompt(term):
    """As the fixtures', but where the terminal may have no alternate screen."""
    term.wait_for(lambda: " prompt " in term.status_line and term.before_cursor().endswith("> "))


def color_codes(raw):
    """The SGR parameters sent that set a color."""
    codes = [int(n or 0) for sgr in COLORS.findall(raw) for n in re.split(rb"[;:]", sgr[2:-1])]
    return {n for n in codes if 30 <= n <= 49 or 90 <= n <= 107}


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
@pytest.mark.parametrize("kind", TERMS)
def test_a_session_in_every_kind_of_terminal(lab, kind, locale):
    lab.host(files={"text": "".join(f"row {n}\n" for n in range(100))})
    term = lab.tether("web1", env={"TERM": kind, "LC_ALL": locale})
    wait_prompt(term)
    term.send("clear\r")
    term.send("printf '\\e[1;4;31mred\\e[m \\e[38;2;9;9;9m\\xe4\\xb8\\xad\\xc3\\xa9\\e[m\\n'\r")
    term.shown("red 中é" if locale == "C.UTF-8" else r"red \?\?\?")
    # Some scroll, insert and erase by means of their own.
    term.send("seq 1 200\r")
    term.shown("200")
    wait_prompt(term)
    term.send("less text\r")
    term.wait_for(lambda: term.lines[0] == "row 0")
    term.send("G")
    term.wait_for(lambda: "row 99" in term.text and "(END)" in term.text)
    term.send("kk")
    term.wait_for(lambda: term.lines[21] == "row 97")
    term.send("q")
    wait_prompt(term)
    term.resize(18, 60)
    term.send("\r")
    term.send("seq 1 9 | tr '\\n' ' '\r")
    term.wait_for("1 2 3 4 5 6 7 8 9")
    wait_prompt(term)
    term.send("\x1b[5~")
    term.wait_for(lambda: "line " in term.status_line)
    term.send("q")
    wait_prompt(term)
    term.send("exit\r")
    term.wait_exit()
    assert not term.emulator.screen.alternate
    if kind in ("vt220", "vt100"):
        assert not color_codes(bytes(term.raw))
    if not kind.startswith(("xterm", "tmux", "screen", "rxvt", "konsole", "alacritty")):
        assert b"\x1b]" not in term.raw and b"\x1b[?2026" not in term.raw


def marked_rows(term):
    first = [term.screen.buffer[y][0] for y in range(term.screen.lines - 1)]
    return [cell for cell in first if cell.reverse or cell.underscore]


@pytest.mark.parametrize("kind", ["xterm-256color", "vt220"])
def test_nothing_is_told_by_color_alone(lab, kind):
    """Without color: what failed says so, what is selected and found can be seen."""
    lab.host()
    term = lab.tether("web1", env={"TERM": kind, "NO_COLOR": "1"}, cols=100)
    wait_prompt(term)
    term.send("printf '\\e[31mred\\e[m\\n'; (exit 7)\r")
    term.wait_for(lambda: "exit 7" in term.status_line)
    term.wait_for(lambda: any(re.search(r"\(exit 7\) .*exit 7 ", line) for line in term.lines[:-1]))
    term.send("seq 1 50\r")
    term.shown("50")
    wait_prompt(term)
    term.send("\x1b[5~/^4[0-3]\r")
    term.wait_for(lambda: "1 of 4" in term.status_line)
    term.wait_for(lambda: len(marked_rows(term)) >= 4)
    assert not color_codes(bytes(term.raw))


def test_no_color_must_not_be_empty(lab):
    lab.host()
    term = lab.enter(env={"NO_COLOR": ""})
    term.run("printf '\\e[31mre''d\\e[m\\n'", "red")
    assert 31 in color_codes(bytes(term.raw))


@pytest.mark.parametrize("rows, cols", [(5, 20), (200, 500), (2, 8), (1, 1), (24, 1), (1, 200)])
def test_sizes(lab, rows, cols):
    lab.host()
    term = lab.tether("web1", rows=rows, cols=cols)
    mark = lab.folder / "web1/home/ann/mark"
    term.wait_for(lambda: b"\x1b]4;0;?" in term.raw, what="a session")
    term.send("cd /; stty size >~/mark\r")
    term.wait_for(lambda: mark.exists() and mark.read_text(), what="a command's end")
    assert mark.read_text().split() == [str(rows - 1 if rows > 1 else 1), str(cols)]
    if rows >= 5 and cols >= 20:
        term.send("clear; seq 300\r")
        term.shown("300")
        term.wait_for(lambda: term.before_cursor() == "[web1]: /> ")
        term.send("\x1b[5~/^25$\r")
        term.wait_for(lambda: "1 of 1" in term.status_line)
        term.send("q")
        term.wait_for(lambda: term.before_cursor() == "[web1]: /> ")
    term.send("exit\r")
    term.wait_exit()
    assert term.status == 0

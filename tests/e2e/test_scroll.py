"""Scroll mode: search, selection, the mouse, the clipboard, the transcript."""

import base64
import re
import stat

import pytest

PAGE_UP, PAGE_DOWN = "\x1b[5~", "\x1b[6~"
UP, DOWN, HOME, END = "\x1b[A", "\x1b[B", "\x1b[H", "\x1b[F"
WHEEL_UP, WHEEL_DOWN = "\x1b[<64;5;5M", "\x1b[<65;5;5M"
CLIP = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")


def mouse(kind, row, col):
    """A report of the left button, rows and columns from 0."""
    bits, end = {"press": (0, "M"), "move": (32, "M"), "release": (0, "m")}[kind]
    return f"\x1b[<{bits};{col + 1};{row + 1}{end}"


def copied(term, count=1):
    """What was copied last, once so many copies have been made."""
    term.wait_for(lambda: len(CLIP.findall(bytes(term.raw))) >= count, what="a copy")
    return base64.b64decode(CLIP.findall(bytes(term.raw))[-1]).decode()


def row_of(term, text):
    return next(y for y, line in enumerate(term.lines) if line.startswith(text))


def reversed_text(term):
    """The reversed cells of each row of the page that has any."""
    rows = []
    for y in range(term.screen.lines - 1):
        row = term.screen.buffer[y]
        cells = "".join(row[x].data for x in range(term.screen.columns) if row[x].reverse)
        if cells:
            rows.append(cells)
    return rows


@pytest.fixture
def term(lab):
    lab.host()
    term = lab.enter()
    term.run("seq 1001 1200", "1200")
    return term


def test_search_counts_and_goes_on(term):
    term.send("\x1d[")
    term.wait_for("q returns")
    term.send("?11[0-9]7")
    term.wait_for(lambda: "10 of 10" in term.status_line)
    assert term.status_line.split()[1] == "?11[0-9]7"
    term.send("\r")
    term.wait_for(lambda: reversed_text(term) == ["1187", "1197"])
    term.send("n")
    term.wait_for(lambda: "9 of 10" in term.status_line)
    term.send("nn")
    term.wait_for(lambda: "7 of 10" in term.status_line and "1167" in term.text)
    term.send("N")
    term.wait_for(lambda: "8 of 10" in term.status_line)
    term.send("/no such\r")
    term.wait_for(lambda: "no match" in term.status_line)
    term.send("q")
    term.wait_prompt()
    term.run("echo a''b", "ab")


def test_escape_leaves_the_search_where_it_began(term):
    term.send(PAGE_UP)
    term.wait_for(lambda: "line " in term.status_line)
    before = term.lines[:-1]
    term.send("/1010")
    term.wait_for(re.compile("^1010$", re.M))
    term.send("\x1b")
    term.wait_for(lambda: term.lines[:-1] == before and not reversed_text(term))
    term.send("\x1b")
    term.wait_prompt()


def test_home_end_and_pages(term):
    term.send(PAGE_UP + "g")
    term.shown("1001")
    term.send(" ")
    term.wait_for(lambda: "1030" in term.text and "1010" not in term.text)
    term.send("b" + DOWN * 3 + UP)
    term.wait_for(lambda: "1010" in term.text)
    term.send("G")
    term.wait_for(lambda: "1200" in term.text)
    term.send("q")
    term.wait_prompt()


def test_commands_are_jumped_to(term):
    term.run("seq 2001 2100", "2100")
    term.send("\x1d[[")
    term.wait_for(lambda: term.page[0].endswith("seq 2001 2100"))
    term.send("[")
    term.wait_for(lambda: term.page[0].endswith("seq 1001 1200"))
    term.send("]")
    term.wait_for(lambda: term.page[0].endswith("seq 2001 2100"))
    term.send("[[[")
    term.wait_for("no command before this")
    term.send("q")
    term.wait_prompt()


def test_selection_with_keys(term):
    term.send(PAGE_UP)
    term.wait_for(lambda: "line " in term.status_line)
    first = int(term.lines[0])
    term.send("v" + DOWN * 2 + "l")
    term.wait_for(lambda: reversed_text(term)[-1:] == [str(first + 2)[:2]])
    term.send("y")
    term.wait_for("copied 3 lines")
    assert copied(term) == f"{first}\n{first + 1}\n{str(first + 2)[:2]}"
    assert not reversed_text(term)
    term.send("V\r")
    assert copied(term, 2) == str(first + 2)
    term.send("q")
    term.wait_prompt()


def test_the_page_stays_still_while_output_comes(lab):
    lab.host()
    go = lab.folder / "go"
    term = lab.enter()
    term.run("seq 1001 1200", "1200")
    term.send(f"until test -e {go}; do read -t 0.05 < <(:); done; seq 2001 2050\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send(WHEEL_UP * 4)
    term.wait_for("typing returns")
    before = term.lines[:-1]
    go.touch()
    term.wait_for(lambda: "51 new lines" in term.status_line or "50 new lines" in term.status_line)
    assert term.lines[:-1] == before
    term.send(END)
    term.wait_prompt()
    assert "2050" in term.text


def test_a_glance_with_the_wheel_ends_by_typing(term):
    term.send(WHEEL_UP * 3)
    term.wait_for("typing returns")
    term.send("echo q''k\r")
    term.shown("qk")
    term.wait_prompt()
    term.send(WHEEL_UP + WHEEL_DOWN)
    term.wait_prompt()


def test_with_nothing_above_there_is_no_scroll_mode(lab):
    lab.host()
    term = lab.enter()
    term.send(PAGE_UP + WHEEL_UP)
    term.run("echo q''k", "qk")


def test_a_paste_in_scroll_mode_is_for_the_line(term):
    term.send(PAGE_UP)
    term.wait_for(lambda: "line " in term.status_line)
    term.send("\x1b[200~echo q''k\x1b[201~")
    term.wait_line("echo q''k")


def test_a_drag_copies_without_wraps_and_blanks(lab):
    lab.host()
    term = lab.enter(cols=40)
    text = "".join(f"{n:03}" for n in range(20))
    term.run(f"clear; printf '{text}   \\nnext   \\n'", "next")
    top, end = row_of(term, text[:40]), row_of(term, "next")
    assert end == top + 2
    term.send(mouse("press", top, 3) + mouse("move", top, 9) + mouse("move", end, 8))
    term.wait_for(lambda: len(reversed_text(term)) == 3)
    term.send(mouse("release", end, 8))
    term.wait_for("copied 2 lines")
    assert copied(term) == f"{text[3:]}\nnext"
    assert not reversed_text(term)
    assert term.wait_prompt()


def test_clicks_select_words_and_lines(lab):
    lab.host()
    term = lab.enter()
    term.run("clear; echo 'one /usr/share/doc (two)'")
    row = row_of(term, "one /usr")
    click = mouse("press", row, 8) + mouse("release", row, 8)
    term.send(click)
    term.send(click)
    assert copied(term) == "/usr/share/doc"
    term.send(click)
    assert copied(term, 2) == "one /usr/share/doc (two)"
    # One click alone copies nothing, nor does the outer terminal's Shift.
    term.send(mouse("press", row, 1) + mouse("release", row, 1))
    term.send("\x1b[<4;1;1M\x1b[<36;9;1M\x1b[<4;9;1m")
    term.run("echo do''ne", "done")
    assert len(CLIP.findall(bytes(term.raw))) == 2


def test_the_last_output_is_copied(term):
    term.send("\x1dy")
    assert copied(term) == "\n".join(str(n) for n in range(1001, 1201))
    term.wait_for("copied 200 lines")
    term.run("true")
    term.send("\x1dy")
    term.wait_for("the last command printed nothing")
    term.run("printf 'no newline'", "no newline")
    term.send("\x1dy")
    assert copied(term, 2) == "no newline"
    # Of a command that runs, it is still the one before.
    term.send("echo partial; cat\r")
    term.shown("partial")
    term.send("\x1dy")
    assert copied(term, 3) == "no newline"
    term.send("\x04")
    term.wait_prompt()


def test_a_copy_has_a_limit(term):
    term.run("seq 100000 130000 | tr '\\n' ' '; echo")
    term.send("\x1dy")
    term.wait_for("not copied: 205 KB")
    assert not CLIP.search(bytes(term.raw))


def test_the_systems_tool_is_used(lab):
    lab.host()
    bin_folder = lab.home.path / "bin"
    bin_folder.mkdir(exist_ok=True)
    out = lab.home.path / "clip"
    tool = bin_folder / "xclip"
    tool.write_text(f'#!/bin/sh\necho "$@" > {out}.args\ncat > {out}.part\nmv {out}.part {out}\n')
    tool.chmod(0o755)
    path = f"{bin_folder}:{lab.home.env.get('PATH', '/usr/bin:/bin')}"
    term = lab.enter(env={"DISPLAY": ":77", "PATH": path, "WAYLAND_DISPLAY": ""})
    term.run("seq 100000 130000")
    term.send("\x1dy")
    term.wait_for("copied 30001 lines")
    term.wait_until(out.exists)
    assert out.read_text() == "\n".join(str(n) for n in range(100000, 130001))
    assert (lab.home.path / "clip.args").read_text() == "-selection clipboard -in\n"


def test_the_mouse_is_given_back(term):
    term.wait_for(lambda: 1002 in term.emulator.modes)
    term.send("\x1dm")
    term.wait_for(lambda: 1002 not in term.emulator.modes)
    term.send("\x1dm")
    term.wait_for(lambda: 1002 in term.emulator.modes)


def test_the_hosts_program_has_the_mouse_it_asks_for(term):
    term.send("printf '\\033[?1000h\\033[?1006h'; cat -v\r")
    term.wait_for(lambda: 1000 in term.emulator.modes and 1002 not in term.emulator.modes)
    term.send(WHEEL_UP + "\r")
    term.wait_for("^[[<64;5;5M")
    term.send("\x03")
    term.wait_prompt()
    term.wait_for(lambda: 1002 in term.emulator.modes and 1000 not in term.emulator.modes)


def test_the_wheel_never_walks_the_history(term):
    term.send("cat -v\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send(WHEEL_UP * 2)
    term.wait_for("typing returns")
    term.send("x\r")
    term.shown("x")
    assert "^[" not in term.text
    term.send("\x04")
    term.wait_prompt()


def test_the_transcript_is_saved(lab, term):
    term.send("\x1d[w")
    name = term.wait_for(re.compile(r"save to: (tether-web1-\d{4}-\d\d-\d\d\.txt)"))[1]
    term.send("\r")
    term.wait_for("saved to tether-web1")
    path = lab.home.path / name
    text = path.read_text()
    assert "> seq 1001 1200\n1001\n" in text and "\n1200\n" in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("precious")
    term.send("w\r")
    term.wait_for("overwrite? y or n")
    term.send("n")
    term.wait_gone("overwrite?")
    assert path.read_text() == "precious"
    term.send("w\r")
    term.wait_for("overwrite? y or n")
    term.send("y")
    term.wait_for("saved to")
    assert path.read_text() == text
    term.send("w\x15~/other.txt\r")
    term.wait_for("saved to ~/other.txt")
    assert (lab.home.path / "other.txt").read_text() == text
    term.send("w\x15/no/such/folder\r")
    term.wait_for("not saved to /no/such/folder")
    term.send("w\x15/dev/null\ry")
    term.wait_for("not a plain file")
    term.send("w")
    term.wait_for("save to:")
    term.send("\x1b")
    term.wait_gone("save to:")
    term.send("q")
    term.wait_prompt()


def test_a_program_does_not_take_the_scrollback_away(term):
    term.run("printf '\\033[H\\033[2J\\033[3J'; clear")
    term.send(PAGE_UP + "g")
    term.shown("1001")
    term.send("q")
    term.wait_prompt()


def test_a_small_screen(lab):
    lab.host()
    term = lab.enter()
    term.run("cd /")
    term.resize(5, 20)
    term.run("seq 1 50", "50")
    term.send(PAGE_UP + "?^3\r")
    term.wait_for(lambda: "11 of 11" in term.status_line)
    term.send("g")
    term.wait_for(lambda: "1 of" in term.status_line or "clear" in term.text)
    term.resize(24, 80)
    term.wait_for(lambda: "line " in term.status_line)
    term.send("q")
    term.wait_prompt()


def test_a_resize_while_scrolled_back(term):
    term.send(PAGE_UP + PAGE_UP)
    term.wait_for(lambda: "line " in term.status_line)
    first = term.lines[0]
    term.resize(30, 60)
    term.wait_for(lambda: term.lines[0] == first and "line " in term.status_line)
    term.send("q")
    term.wait_prompt()

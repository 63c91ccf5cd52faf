"""What programs on the host may know of the local terminal, and what they may do to it."""

import base64
import re
import time

from test_config import write

CLIP = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
ASKED = b"\x1b[?u\x1b[?4m\x1b[m\x1b]10;?\x1b\\"


def enter_answering(lab, *answers):
    """A local terminal that gives these answers to the program's questions."""
    lab.host()
    term = lab.enter()
    term.wait_for(lambda: ASKED in term.raw)
    term.send("".join(answers))
    return term


def start(term, command, wanted):
    term.wait_prompt()
    term.send(command + "\r")
    term.wait_for(wanted)


def test_the_local_colors_are_told(lab):
    term = enter_answering(lab, "\x1b]10;rgb:e0e0/e0e0/e0e0\x1b\\", "\x1b]11;rgb:1a1a/1b1b/1d1d\x07",
                           "\x1b]4;1;rgb:dd/00/00\x1b\\")
    ask = "printf '\\e]{}\\e\\\\\\e[c'; IFS= read -rsd c x; printf '%q\\n' \"$x\""
    term.run(ask.format("11;?"), r"$'\E]11;rgb:1a1a/1b1b/1d1d\E\\\E[?62;22'")
    term.run(ask.format("10;?"), r"$'\E]10;rgb:e0e0/e0e0/e0e0\E\\\E[?62;22'")
    term.run(ask.format("4;1;?"), r"$'\E]4;1;rgb:dddd/0000/0000\E\\\E[?62;22'")
    # The cursor's is not known: no answer, and none is made up.
    term.run(ask.format("12;?"), r"$'\E[?62;22'")


def test_answers_that_are_not_typed(lab):
    """Neither the editor nor a program gets what the terminal says of itself."""
    term = enter_answering(lab, "\x1b]11;rgb:1/2/3\x07\x1b]4;", "99;rgb:1/2/3\x07\x1b[?64;1c")
    term.run("echo cl''ean", "clean")
    start(term, "cat -v", lambda: not term.at_prompt())
    term.send("\x1b[?0u\x1b]10;rgb:1/2/3\x07x\r")
    term.shown("x")
    term.send("\x04")
    term.wait_prompt()


def test_kitty_keys_where_the_terminal_has_them(lab):
    term = enter_answering(lab, "\x1b[?0u")
    term.run("printf '\\e[?u'; IFS= read -rsd u x; printf '%q\\n' \"$x\"", r"$'\E[?0'")
    start(term, "printf '\\e[>3u'; cat -v", lambda: b"\x1b[=3;1u" in term.raw)
    # Keys pass as they come, pressed and let go.
    term.send("\x1b[97;6u\x1b[97;6:3u\x1b[A\x1bOA\r")
    term.wait_for("^[[97;6u^[[97;6:3u^[[A^[OA")
    # The command key is ours in this form too, and its release is nobody's.
    term.send("\x1b[93;5u\x1b[93;5:3u")
    term.wait_for("then: ? help")
    term.send("si")
    term.wait_prompt()
    term.wait_for(lambda: term.raw.endswith(b"\x1b[=0;1u") or b"\x1b[=0;1u" in term.raw)
    term.send("\x1b[97;1:3u")
    term.run("echo q''k", "qk")


def test_kitty_keys_where_it_has_not(lab):
    lab.host()
    term = lab.enter()
    term.run("printf '\\e[?u\\e[c\\e[>1u'; IFS= read -rsd c x; printf '%q\\n' \"$x\"",
             r"$'\E[?62;22'")
    assert b"\x1b[=1" not in term.raw


def test_modify_other_keys(lab):
    term = enter_answering(lab, "\x1b[>4;0m")
    start(term, "printf '\\e[>4;2m'; cat -v", lambda: b"\x1b[>4;2m" in term.raw)
    term.send("\x1b[27;6;65~\r")
    term.wait_for("^[[27;6;65~")
    term.send("\x04")
    term.wait_for(lambda: "^[[27;5;100~" in term.text)  # Ctrl-D, as it was asked for
    term.send("\x1dsi")
    term.wait_prompt()
    term.wait_for(lambda: b"\x1b[>4;0m" in term.raw)


def test_nothing_is_asked_of_a_terminal_that_is_no_xterm(lab):
    lab.host()
    term = lab.tether("web1", env={"TERM": "vt220"})  # which has no second screen
    term.wait_for(lambda: "prompt" in term.status_line)
    term.send("echo he''re\r")
    term.shown("here")
    assert b"\x1b[?u" not in term.raw and b"\x1b]" not in term.raw


def test_the_answers_are_not_left_for_the_local_shell(lab):
    """A session that ends at once: the questions are out, their answers on the way."""
    lab.host(files={".bash_profile": "exit 3\n"})
    term = lab.shell()
    term.send("tether web1\r")
    term.wait_for("exit status 3")
    term.wait_for(lambda: term.before_cursor().endswith("local$ "))
    term.read_for(0.3)
    assert term.before_cursor() == "local$ "


# Titles.

def test_the_title_is_in_the_status_line(lab):
    lab.host()
    term = lab.enter(cols=160)
    start(term, "printf '\\e[22;0t\\e]0;my \\u202etitle\\a'; cat",
          lambda: "my \\u{202e}title" in term.status_line)
    assert term.screen.title == "my \\u{202e}title"
    before = term.raw.count(b"\x1b[23;2t\x1b[22;2t")
    term.send("\x04")
    term.wait_prompt()
    # The program did not put back what it had kept; we do, to what the local window had.
    term.wait_for(lambda: term.raw.count(b"\x1b[23;2t\x1b[22;2t") == before + 1)
    assert "title" not in term.status_line


# The clipboard.

def test_a_program_may_not_write_to_the_clipboard(lab):
    lab.host()
    term = lab.enter()
    term.run("printf '\\e]52;c;c2VjcmV0\\a'")
    term.wait_for(lambda: "osc52 = yes" in term.status_line)
    assert not CLIP.search(bytes(term.raw))


def test_a_program_may_where_the_config_lets_it(lab):
    lab.host()
    write(lab, '[host "web1"]\nosc52 = yes\n')
    term = lab.enter()
    term.run("printf '\\e]52;c;c2VjcmV0\\a'")
    term.wait_for(lambda: CLIP.search(bytes(term.raw)))
    assert base64.b64decode(CLIP.findall(bytes(term.raw))[-1]) == b"secret"
    term.wait_for(lambda: "copied 6 characters" in term.status_line)
    term.run("printf '\\e]52;c;Gw==\\a'")
    term.wait_for(lambda: "no plain text" in term.status_line)
    # It is never read.
    term.run("printf '\\e]52;c;?\\a\\e[c'; IFS= read -rsd c x; printf '%q\\n' \"$x\"",
             r"$'\E[?62;22'")
    assert len(CLIP.findall(bytes(term.raw))) == 1


def test_a_program_may_clear_the_scrollback_where_the_config_lets_it(lab):
    lab.host()
    write(lab, "clear = all\n")
    term = lab.enter()
    term.run("seq 1001 1100", "1100")
    term.run("printf '\\033[H\\033[2J\\033[3J'; echo le''ft", "left")
    term.send("\x1d[g")
    term.wait_for(lambda: "line 1 of 2" in term.status_line)
    assert "1001" not in term.text and "1080" not in term.text
    term.send("q")
    term.wait_prompt()


# How commands ended.

def test_a_prompt_tells_how_its_command_ended(lab):
    lab.host()
    term = lab.enter(cols=120)
    term.run("true")
    term.shown(r"\S+ \S+> true +0\.\d\d s")
    term.run("(exit 3)")
    term.shown(r"\S+ \S+> \(exit 3\) +exit 3  0\.\d\d s")
    # Not of lines that did not run, nor in what is copied, nor after a resize lost.
    term.send("drop me")
    term.wait_line("drop me")
    term.send("\x03")
    term.wait_for(re.compile(r"> drop me\^C$", re.M))
    term.send("\r")
    term.shown(r"\[web1\]: \S+>")
    term.run("sleep 1; echo an''swer", "answer")
    term.shown(r"\S+ \S+> sleep 1; echo an''swer +1\.\d\d s")
    term.resize(24, 110)
    term.shown(r"\S+ \S+> sleep 1; echo an''swer +1\.\d\d s")
    assert len(re.findall(r" s$", term.text, re.M)) == 3
    term.send("\x1d[VV")
    term.wait_for(lambda: "line " in term.status_line)
    term.send("kkV\r")
    term.wait_for(lambda: CLIP.search(bytes(term.raw)))
    assert base64.b64decode(CLIP.findall(bytes(term.raw))[-1]).endswith(b"> sleep 1; echo an''swer")


def test_prompts_that_tell_nothing(lab):
    lab.host()
    write(lab, "times = off\n")
    term = lab.enter(cols=120)
    term.run("false")
    term.shown(r"\S+ \S+> false")


def test_an_unfinished_picture_is_held_back_for_a_while(lab):
    lab.host()
    term = lab.enter()
    term.send("printf 'rea''dy'; read; printf '\\e[?2026hpic''ture'; read; printf '\\e[?2026l'\r")
    term.wait_for("ready")
    start_time = time.monotonic()
    term.send("\r")
    term.wait_for("picture")
    assert time.monotonic() - start_time >= 0.1
    term.send("\r")
    term.wait_prompt()


# Floods.

def transcript(lab, term):
    """Everything the session has kept, as lines."""
    term.send("\x1d[w\x15~/kept.txt\r")
    term.wait_for("saved to")
    term.send("q")
    term.wait_prompt()
    return (lab.home.path / "kept.txt").read_text().splitlines()


def test_nothing_of_a_flood_is_lost(lab):
    lab.host()
    term = lab.enter()
    term.run("seq 1 90000", re.compile("^90000$", re.M))
    numbers = [line for line in transcript(lab, term) if line.isdigit()]
    assert numbers == [str(n) for n in range(1, 90001)]


def test_what_a_stopped_flood_leaves_is_whole(lab):
    lab.host()
    write(lab, "scrollback = 1000\n")
    term = lab.enter()
    term.send("seq 100000000\r")
    term.wait_for(lambda: re.search(r"^\d{5,}$", term.text, re.M))
    # A key of ours is answered while it runs.
    term.send("\x1d")
    term.wait_for("then: ? help")
    assert not term.at_prompt()
    term.send("\x1b")
    term.wait_gone("then: ? help")
    term.send("\x03")
    term.wait_prompt()
    lines = transcript(lab, term)
    numbers = [int(n) for line in lines if (n := line.removesuffix("^C")).isdigit()]
    # The last one may be cut by the interrupt, whose echo is all that follows.
    assert len(numbers) > 900 and len(numbers) >= len(lines) - 1
    assert numbers[:-1] == list(range(numbers[0], numbers[0] + len(numbers) - 1))


def test_a_flood_is_drawn_at_most_sixty_times_a_second(lab):
    lab.host()
    term = lab.enter()
    before, start_time = term.raw.count(b"\x1b[?2026h"), time.monotonic()
    term.run("seq 1 300000", re.compile("^300000$", re.M))
    took = time.monotonic() - start_time
    assert term.raw.count(b"\x1b[?2026h") - before <= took / 0.016 + 2

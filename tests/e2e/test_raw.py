"""While a command runs: full-screen programs, Ctrl-C, type-ahead, floods."""

import re
import time

import pytest
from terminal import DEADLINE


PASTE = "\x1b[200~{}\x1b[201~"


def running(term):
    return not term.at_prompt()


def start(term, command, wanted):
    term.wait_prompt()
    term.send(command + "\r")
    term.wait_for(wanted)


def test_less(lab):
    lab.host()
    term = lab.enter()
    term.run("echo before''less", "beforeless")
    start(term, "seq 500 | less", re.compile("^:$", re.M))
    assert term.lines[0] == "1" and "beforeless" not in term.text
    term.send("G")
    term.wait_for("(END)")
    assert "500" in term.text
    term.send("/49.\r")
    term.send("q")
    term.wait_prompt()
    assert "beforeless" in term.text


def test_vim(lab):
    host = lab.host()
    term = lab.enter()
    start(term, "vim -u NONE -N new.txt", "[New]")
    term.send("ihello vim\x1b")
    term.send(":wq\r")
    term.wait_prompt()
    assert (host.home("ann") / "new.txt").read_text() == "hello vim\n"


def test_vim_arrow_keys_and_paste(lab):
    host = lab.host()
    term = lab.enter()
    start(term, "vim -u NONE -N new.txt", "[New]")
    term.send("iabc\x1b[D\x1b[DX\x1b[200~pasted\rtext\x1b[201~\x1b:wq\r")
    term.wait_prompt()
    assert (host.home("ann") / "new.txt").read_text() == "aXpasted\ntextbc\n"


def test_top(lab):
    lab.host()
    term = lab.enter()
    start(term, "top", re.compile("PID +USER"))
    term.send("q")
    term.wait_prompt()


def test_python(lab):
    lab.host()
    term = lab.enter()
    start(term, "/usr/bin/python3 -q", re.compile("^>>>", re.M))
    term.send("6 * 7\r")
    term.shown("42")
    term.send("import time; time.sleep(100)\r")
    term.wait_for(lambda: term.cursor[1] == 0, what="a sleeping python")
    term.send("\x03")
    term.wait_for("KeyboardInterrupt")
    term.send("exit()\r")
    term.wait_prompt()


def test_resize_is_seen_by_the_host(lab):
    lab.host()
    term = lab.enter()
    term.run("stty size", re.compile("^(2[2-4]) 80$", re.M))
    lost = 24 - int(re.search("^(2[2-4]) 80$", term.text, re.M)[1])
    term.resize(30, 100)
    term.wait_for(lambda: term.screen.lines == 30 and term.status_line)
    term.run("stty size", re.compile(rf"^{30 - lost} 100$", re.M))
    # A program that is told of the new size while it runs.
    start(term, "sh -c \"trap 'stty size' WINCH; echo ready; while :; do sleep 0.1; done\"",
          re.compile("^ready$", re.M))
    term.resize(20, 60)
    term.shown(f"{20 - lost} 60")
    term.send("\x03")
    term.wait_prompt()


# Ctrl-C.

@pytest.mark.parametrize("command, status", [
    ("sleep 100", 130),
    ("sleep 100 | cat | cat", 130),
    ("/usr/bin/python3 -c 'while 1: pass'", 1),
    ("yes", 130),
    ("for i in 1 2 3; do sleep 100; done", 130),
])
def test_ctrl_c_stops_the_command_and_not_the_session(lab, command, status):
    lab.host()
    term = lab.enter()
    term.send(command + "\r")
    term.wait_for(lambda: running(term) and re.search(r"running", term.status_line),
                  what="a running command")
    if command == "yes":
        term.wait_for(lambda: term.text.count("y\n") > 15)
    else:
        term.read_for(0.3)
    term.send("\x03")
    term.wait_prompt()
    term.run("echo status=$?", re.compile(rf"^status={status}$|^status=130$", re.M))


def test_a_program_that_ignores_int_is_ended_by_the_command_key(lab):
    lab.host(files={"stubborn": "trap '' INT; trap 'echo got TERM; exit 5' TERM; echo up\n"
                                "while :; do sleep 0.1; done\n",
                    "deaf": "trap '' INT TERM; echo up\nwhile :; do sleep 0.1; done\n"})
    term = lab.enter()
    start(term, "bash stubborn", re.compile("^up$", re.M))
    term.send("\x03\x03\x03")
    term.wait_for(re.compile(r"Ctrl-\] s"))
    term.send("\x1dst")
    term.wait_for("got TERM")
    term.wait_prompt()
    term.run("echo status=$?", "status=5")
    term.run("clear")
    start(term, "bash deaf", re.compile("^up$", re.M))
    term.send("\x1dsk")
    term.wait_prompt()
    term.run("echo status=$?", "status=137")


def test_a_background_job_is_left_alone(lab):
    lab.host()
    term = lab.enter()
    term.run("sleep 1000 & echo $! > job")
    term.send("sleep 100\r")
    term.wait_for(lambda: running(term))
    term.read_for(0.3)
    term.send("\x03")
    term.wait_prompt()
    term.run("kill -0 $(cat job) && echo al''ive", "alive")
    term.run("kill %1; fg")


def test_ctrl_c_goes_to_a_raw_program_as_a_byte(lab):
    lab.host()
    term = lab.enter()
    start(term, "stty raw -echo; echo rea''dy; head -c 3 | od -An -tx1; stty sane", "ready")
    term.send("a\x03\x1a")
    term.wait_for("61 03 1a")
    term.wait_prompt()


def test_background_output_at_the_prompt_is_shown(lab):
    lab.host()
    term = lab.enter()
    term.send("(sleep 0.5; echo from the back) &\r")
    term.wait_prompt()
    term.send("typing on")
    term.wait_line("typing on")
    term.wait_for(re.compile("from the back", re.M))
    term.wait_line("typing on")


# Type-ahead.

def test_type_ahead_appears_in_the_editor(lab):
    lab.host()
    term = lab.enter()
    term.send("sleep 1\r")
    term.wait_for(lambda: running(term))
    term.send("echo häl")
    term.wait_line("echo häl")
    term.send("f\r")
    term.shown("hälf")
    term.wait_prompt()


def test_type_ahead_does_not_prefix_the_next_command(lab):
    lab.host()
    term = lab.enter()
    term.send("sleep 1\r")
    term.wait_for(lambda: running(term))
    term.send("rm-")
    term.wait_line("rm-")
    term.send("\x15echo clean\r")
    term.shown("clean")
    term.wait_prompt()
    assert "rm-echo" not in term.text and "not found" not in term.text


def test_lines_typed_ahead_run_in_order(lab):
    host = lab.host()
    term = lab.enter()
    term.send("sleep 1\r")
    term.wait_for(lambda: running(term))
    term.send("echo one >> log\recho two >> log\recho half")
    term.wait_line("echo half")
    assert (host.home("ann") / "log").read_text() == "one\ntwo\n"
    term.send("way\r")
    term.shown("halfway")
    term.wait_prompt()


def test_what_a_program_read_is_not_given_back(lab):
    lab.host()
    term = lab.enter()
    term.send("read -r x; sleep 1; echo got:$x\r")
    term.wait_for(lambda: running(term))
    term.send("abc\rdef")
    term.wait_for("got:abc")
    term.wait_line("def")


@pytest.mark.parametrize("delay", [0, 0.02, 0.1])
def test_type_ahead_over_the_edge_of_the_prompt(lab, delay):
    """Keys on their way while the prompt is on its way: none lost, doubled or out of order."""
    host = lab.host()
    lab.relay("slow", host, delay)
    term = lab.enter("slow")
    text = "echo abcdefghijklmnopqrstuvwxyz0123456789"
    for pause in (0.01, 0.02, 0.033):
        term.send("sleep 0.4\r")
        for key in text:
            term.read_for(pause)
            term.send(key)
        term.wait_line(text)
        term.read_for(2.5 * delay + 0.1)
        term.wait_line(text)
        term.send("\r")
        term.shown(text[5:])
        term.wait_prompt()
        term.run("clear")


@pytest.mark.parametrize("delay", [0, 0.1])
def test_enter_typed_right_behind_the_prompt(lab, delay):
    """Whole lines typed blindly, at any moment, run once each and in order."""
    host = lab.host()
    lab.relay("slow", host, delay)
    term = lab.enter("slow")
    term.send("sleep 0.3\r")
    for n in range(12):
        term.read_for(0.05)
        term.send(f"echo {n} >> log\r")
    log = host.home("ann") / "log"
    term.wait_for(lambda: log.exists() and log.read_text().endswith("11\n"))
    term.wait_prompt()
    assert log.read_text() == "".join(f"{n}\n" for n in range(12))


# Floods.

def test_a_flood_is_answered_at_once(lab):
    """Counted in bytes: how long these take is the machine's affair."""
    relay = lab.relay("far", lab.host())
    term = lab.enter("far")
    term.send("yes 'a line of some length'\r")
    term.wait_for(lambda: relay.stats()["down"] > 20_000_000)
    before = relay.stats()["down"]
    term.send("\x03")
    term.wait_prompt()
    # A turn's share that is being read, what the channel's window lets through, and the host's own.
    assert relay.stats()["down"] - before < 4_000_000


def test_a_local_terminal_that_does_not_read_stops_nothing(lab):
    host = lab.host()
    term = lab.enter()
    term.send("seq 2000000; echo done > flag\r")
    # Nothing is read here: the host's command must end all the same.
    end = time.monotonic() + 60
    while not (host.home("ann") / "flag").exists():
        assert time.monotonic() < end, "the command did not end"
        time.sleep(0.05)
    term.wait_for(re.compile("^2000000$", re.M))
    term.wait_prompt()


def test_a_binary_flood_leaves_a_working_screen(lab):
    lab.host()
    term = lab.enter()
    # Without the bytes that end queries: their answers would stand in the line, as under ssh.
    term.send("head -c 300000 /dev/urandom | tr -d 'Zcnpqtvx\\005\\232'\r")
    term.wait_for(lambda: term.at_prompt() and "urandom" not in term.text, what="the flood's end")
    term.run("clear; echo fi''ne", "fine")


def test_a_paste_to_a_program_arrives_whole(lab):
    """Over a slow link too, in brackets or not; Ctrl-C drops what has not left."""
    host = lab.host()
    relay = lab.relay("far", host, delay=0.1)
    lines = "".join(f"line {n:04} of a big paste of äöü\r" for n in range(6000))  # 200 KB
    for name, text in (("web1", PASTE.format(lines)), ("far", lines)):
        term = lab.enter(name)
        start(term, "cat > big; echo sav''ed", lambda term=term: running(term))
        term.send(text)
        term.wait_for("line 5999 of a big paste")
        term.send("\x04")
        term.wait_for("saved")
        assert (host.home("ann") / "big").read_text() == lines.replace("\r", "\n")
    start(term, "cat > big", lambda: running(term))
    relay.stall("up")
    term.send(PASTE.format(lines * 20))
    term.wait_until(lambda: term.read_for(0.01) or relay.stats()["up held"] > 0)
    term.send("\x03")
    relay.resume("up")
    term.wait_prompt()
    assert (host.home("ann") / "big").stat().st_size < len(lines.encode()) * 20


def test_ssh_escapes(lab):
    lab.host()
    term = lab.enter()
    start(term, "cat", lambda: running(term))
    term.send("~~one\r")
    term.wait_for(lambda: len(re.findall(r"^~one$", term.text, re.M)) == 2)
    term.send("~?")
    term.wait_for("suspend")
    term.send("q")
    term.wait_gone("suspend")
    term.send("\x04")
    term.wait_prompt()

"""Hosts with Windows' own server, as far as they can be had here: see tests/support/windows.py."""

import re

import pytest
import shells
from shells import PASTE
from windows import Wine, WindowsHost, find_pwsh, find_wine, pwsh_shell

# What of the scenarios of shells.py is played for cmd.exe: here, by Wine's, or in test_conpty.py;
# and why the others are not.
IN_CMD = {
    "test_prompt_and_directory", "test_the_page_holds_what_was_said_and_no_more", "test_status",
    "test_directories_with_awkward_names", "test_comments_and_empty_lines", "test_utf8",
    "test_a_block_of_lines_with_tabs", "test_the_shell_asks_for_the_rest",
    "test_a_line_of_64_kilobytes", "test_completion", "test_completion_of_awkward_names",
    "test_a_menu_and_what_is_said_in_it", "test_completion_leaves_the_status_alone",
    "test_a_line_edited_on_the_host", "test_ctrl_c", "test_ctrl_c_ends_a_block",
    "test_a_full_screen_program", "test_type_ahead", "test_lines_typed_ahead_run_in_order",
    "test_a_program_reads_what_is_typed", "test_resize", "test_background_output_while_editing",
    "test_marks_cannot_be_forged", "test_a_nested_shell_and_back"}
NOT_IN_CMD = {
    "it has no such thing": {
        "test_traps_and_options", "test_tracing_shows_nothing_of_ours", "test_a_syntax_error",
        "test_quotes_and_history_characters", "test_a_job_that_ends_at_the_prompt",
        "test_a_function_of_many_lines", "test_a_here_document", "test_start_up_files",
        "test_a_start_up_file_that_asks", "test_no_profile", "test_a_line_in_the_persons_editor"},
    "its prompt and its questions are variables, which its programs inherit": {
        "test_nothing_of_ours_is_inherited"},
    "it is no Unix host's login shell": {"test_the_shell_is_the_login_shell", "test_behind_dropbear"},
}

needs_pwsh = pytest.mark.skipif(not find_pwsh(), reason="there is no pwsh")
needs_wine = pytest.mark.skipif(not find_wine(), reason="there is no wine64")


def windows_host(lab, shell):
    host = WindowsHost(lab.folder / "win1", shell)
    lab.ends.append(host.stop)
    lab.home.add_host("win1", host)
    return host


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    wine = Wine(tmp_path_factory.mktemp("wine"))
    yield wine
    wine.close()


def test_what_is_said_of_the_scenarios():
    """Each that is named is there, and is named once."""
    named = [name for names in (IN_CMD, *NOT_IN_CMD.values()) for name in names]
    assert len(named) == len(set(named))
    assert all(hasattr(shells, name) for name in named)


@needs_pwsh
def test_powershell(lab):
    windows_host(lab, pwsh_shell(lab.folder / "shell"))
    (lab.folder / "win1/uniquefile").write_text("found\n")
    term = lab.enter("win1")
    assert term.before_cursor().startswith("[win1]: PS /")
    term.run("1 + 1", re.compile("^2$", re.M))
    term.run("sh -c 'exit 3'")
    term.wait_for(lambda: re.search(r"\bexit 3\b", term.status_line))
    # Its answer comes in parts.
    term.send("Get-ChildItem -\t")
    term.wait_for("switch")
    term.send("\x03")
    term.wait_prompt()
    term.send("cat uni\t")
    term.wait_for(lambda: (term.typed() or "").rstrip() == "cat uniquefile")
    term.send("\r")
    term.shown("found")
    term.wait_prompt()
    term.send("exit 7\r")
    assert term.wait_exit() == 7
    assert "EncodedCommand" not in term.text


@needs_wine
def test_cmd(lab, wine):
    windows_host(lab, wine.shell(lab.folder / "shell"))
    users = wine.drive / "users"
    (users / "two words").mkdir()
    (users / "two words/one").write_text("x\r\n")
    (users / "found.txt").write_text("it is found\r\n")
    term = lab.enter("win1")
    assert re.match(r"\[win1\]: [CZ]:\\\S*users> $", term.before_cursor()), term.before_cursor()
    term.run("echo hello there", re.compile("^hello there$", re.M))
    assert term.text.count("hello there") == 2
    term.run("c:")
    term.run("cd \\users")
    term.run("cd")
    term.shown(r"C:\\users")
    assert term.at_prompt().lower() == "c:\\users"
    term.run("type found.txt", "it is found")
    # How a command ended, and what leaves that as it is.
    term.run("cmd /c exit 42")
    term.wait_for(lambda: re.search(r"\bexit 42\b", term.status_line))
    term.run("echo status=%errorlevel%", "status=42")
    assert not re.search(r"\bexit\b", term.status_line)
    term.run("cmd /c exit 0")
    term.run("nosuchcommand")
    term.wait_for(lambda: re.search(r"\bexit 9009\b", term.status_line))
    # Type-ahead: what nobody read is in the line.
    term.send("ping -n 3 127.0.0.1\r")
    term.wait_for("Reply from")
    term.send("echo typed ahead")
    term.wait_for(lambda: term.typed() == "echo typed ahead", what="the line typed ahead")
    term.send("\r")
    term.shown("typed ahead")
    term.wait_prompt()
    # Lines typed ahead, and a program that reads.
    term.send("ping -n 2 127.0.0.1\r")
    term.wait_for(lambda: not term.at_prompt())
    term.send("echo first>log\recho second>>log\r")
    log = users / "log"
    term.wait_for(lambda: log.exists() and log.read_text().split() == ["first", "second"])
    term.wait_prompt()
    term.send("set /p answer=\r")
    term.wait_for("running")
    term.send("typed words\r")
    term.wait_prompt()
    term.run("echo got:%answer%")
    term.shown("got:typed words")
    # Names and letters that a shell might trip over.
    term.run("chcp 65001")
    term.run("echo h\u00e4lf \u65e5\u672c")
    term.shown("h\u00e4lf \u65e5\u672c")
    for n, name in enumerate(("two words", "a&b", "ca^ret", "100%", "x(y)", "\u00fcn\u00ef", "a!b")):
        (users / f"dirs{n}" / name).mkdir(parents=True)
        term.run(f'cd "dirs{n}\\{name}"')
        assert term.is_at(f"C:\\users\\dirs{n}\\{name}"), term.picture()
        term.run("cd /d C:\\users")
    # The console's own editor, for one line.
    term.send("echo one three")
    term.wait_line("echo one three")
    term.send("\x1bb")
    term.wait_line("echo one ")
    term.send("\x1de")
    term.wait_for("edited on the host")
    term.wait_for(lambda: "one three" in term.cursor_line)
    term.send("two \r")
    term.shown("one two three")
    term.wait_prompt()
    # Another cmd has Wine's own prompt, and ours when it is asked.
    term.send("cmd\r")
    term.wait_for("line mode for the shell that waits here")
    term.send("\x1dt")
    term.wait_prompt()
    term.run("echo inside")
    term.run("exit 4")
    term.wait_for(lambda: re.search(r"\bexit 4\b", term.status_line))
    # Completion is a listing; names are quoted as cmd does it.
    (users / "found.too").write_text("")
    term.send("type found.t\t")
    term.wait_for(re.compile("found.too.*found.txt"))
    term.send("\t\t\r")
    term.wait_for(lambda: (term.typed() or "").rstrip() == "type found.txt")
    term.send("\x15echo level=%errorlevel%\r")
    term.shown("level=4")
    term.wait_prompt()
    (users / "found.too").unlink()
    term.send("type fou\t")
    term.wait_for(lambda: (term.typed() or "").rstrip() == "type found.txt")
    term.send("\x03")
    term.wait_prompt()
    term.send("type two\t")
    term.wait_line('type "two words\\')
    term.send("on\t")
    term.wait_for(lambda: (term.typed() or "").rstrip() == 'type "two words\\one"')
    term.send("\r")
    term.shown("x")
    term.wait_prompt()
    term.send("\x15cd fou\t")
    term.wait_for("no completion")
    for typed, line in (("regsv", "regsvr32"), ("echo a & assoc", "echo a & assoc"),
                        ("echo %USERPROF", "echo %USERPROFILE%")):
        term.send("\x15" + typed + "\t")
        term.wait_for(lambda line=line: (term.typed() or "").rstrip() == line, what=line)
    term.send("\x03")
    term.wait_prompt()
    # A block is run row by row, and what cmd asks more of gets it.
    term.run("cls")
    term.send(PASTE.format("echo one\nif a==a (\n\techo two\n  echo three\n)\necho four"))
    term.wait_for("echo four")
    term.send("\r")
    term.wait_for(re.compile("^one\n(.*\n)*two\nthree\n(.*\n)*four$", re.M))
    term.wait_prompt()
    # What cmd cannot be given is refused, and stays.
    term.send("echo " + "x" * 200)
    term.wait_for(lambda: "x" * 40 in term.text)
    term.send("\r")
    term.wait_prompt()
    assert term.text.count("x" * 40) >= 8
    term.send("exit 5\r")
    assert term.wait_exit() == 5

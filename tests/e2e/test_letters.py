"""ssh's letters and the session's options, beside ssh itself."""

import re
import subprocess

from test_pipe import argv, both, run
from terminal import DEADLINE


def test_letters_as_ssh(lab):
    """Each through ssh and through tether, with one outcome."""
    host = lab.host(options=["Subsystem echo cat", "Subsystem bad /no/such/program"])
    port = str(host.port)
    for args, data, status in [
            (["-p", port, "-l", "ann", "127.0.0.1", "id -un"], b"", 0),
            ([f"-p{port}", "-oUser=ann", "nobody@127.0.0.1", "id -un"], b"", 0),
            ([f"ssh://ann@127.0.0.1:{port}", "id -un"], b"", 0),
            (["ann@web1", "-l", "nobody", "id -un"], b"", 0),
            (["-l", "ann", "nobody@web1", "id -un"], b"", 0),
            (["-4Cax", "-b", "127.0.0.1", "web1", "cat"], b"compressed" * 1000, 0),
            (["-c", "aes128-ctr", "-m", "hmac-sha2-256", "web1", "echo in"], b"", 0),
            (["-B", "lo", "web1", "echo $SSH_CLIENT | cut -d' ' -f1"], b"", 0),
            (["-kK", "-oGSSAPIAuthentication no", "web1", "exit 4"], b"", 4),
            (["-s", "web1", "echo"], b"to a subsystem\n", 0),
            (["web1", "-s", "bad"], b"", 127),
            (["-F", "none", "-i", str(lab.home.key), "-p", port, "ann@127.0.0.1", "exit 3"], b"", 3),
            (["--", "web1", "exit 5"], b"", 5),
            (["-2n", "web1", "-T", "cat"], b"not read", 0),
    ]:
        assert both(lab, *args, data=data)[0] == status, args


def test_options_that_ssh_refuses(lab):
    """The complaint is ssh's own, and the status too."""
    lab.host()
    for args in (["-oPort=x", "web1", "true"], ["-oNoSuchThing=1", "web1", "true"],
                 ["-c", "no-such-cipher", "web1", "true"], ["-F", "/no/such/file", "web1", "true"],
                 ["-oStrictHostKeyChecking=perhaps", "web1", "true"]):
        status, out, err = run(lab, "ssh", *args)
        complaint = err.split(b"\n")[0].strip()
        if args[0] == "-c":
            complaint = b"Bad SSH2 cipher spec 'no-such-cipher'"  # as for -o Ciphers
        ours = run(lab, "tether", *args)
        assert (status, out) == (255, b"") == ours[:2], args
        assert complaint in ours[2] and ours[2].count(b"\n") == 1, (args, err, ours)


def test_a_key_file_that_is_not_there_is_warned_about(lab):
    lab.host()
    status, out, err = run(lab, "tether", "-i", "/no/such/key", "web1", "exit 3")
    warned = run(lab, "ssh", "-i", "/no/such/key", "web1", "exit 3")
    assert (status, out) == warned[:2] == (3, b"")
    assert b"/no/such/key not accessible" in err and b"/no/such/key not accessible" in warned[2]


def test_what_is_not_followed_is_named_once(lab):
    lab.host(client=["LocalForward 0.0.0.0:1 x:1", "LocalForward 2 x:2", "ForwardX11 yes",
                     "PermitLocalCommand yes", "LocalCommand true"])
    status, out, err = run(lab, "tether", "-oPKCS11Provider=/no/such.so", "web1", "exit 3")
    assert (status, out) == (3, b"")
    named = re.fullmatch(rb"tether: not followed here: (.*)\n", err)
    assert sorted(named[1].split(b", ")) == [b"ForwardX11", b"LocalCommand", b"LocalForward",
                                             b"PKCS11Provider"], err
    for quiet in (["-q"], ["-oLogLevel=ERROR"]):
        assert run(lab, "tether", *quiet, "web1", "exit 3") == (3, b"", b"")


def test_log_levels(lab):
    host = lab.host()
    lab.home.add_host("gone", host, port=1, trust=False)
    for level, said in (("QUIET", 0), ("FATAL", 1), ("ERROR", 1), ("INFO", 1)):
        status, _, err = run(lab, "tether", f"-oLogLevel={level}", "gone", "true")
        assert (status, err.count(b"\n")) == (255, said), (level, err)
    debug = run(lab, "tether", "-oLogLevel=DEBUG1", "web1", "true")[2]
    assert b"authentication" in debug
    assert debug.count(b"\n") == run(lab, "tether", "-v", "web1", "true")[2].count(b"\n")
    assert run(lab, "tether", "-vq", "web1", "true")[2] == b""


def test_the_log_in_a_file(lab):
    host = lab.host()
    lab.home.add_host("gone", host, port=1, trust=False)
    log = lab.folder / "log"
    assert run(lab, "tether", "-vE", str(log), "web1", "exit 3") == (3, b"", b"")
    assert "authentication" in log.read_text() and log.stat().st_mode & 0o777 == 0o600
    before = log.read_text()
    assert run(lab, "tether", "-E", str(log), "gone", "true") == (255, b"", b"")
    assert log.read_text().startswith(before) and "refused" in log.read_text()


def test_remote_command(lab):
    host = lab.host(client=["RemoteCommand echo %n %p; cat"])
    lab.home.add_host("tty", host, options=["RemoteCommand stty size", "RequestTTY force"])
    lab.home.add_host("none", host, options=["RemoteCommand none", "StdinNull yes"])
    lab.home.add_host("sub", host, options=["SessionType subsystem", "RemoteCommand nothing"])
    assert both(lab, "web1", data=b"input")[1] == b"web1 %d\ninput" % host.port
    assert both(lab, "-oRemoteCommand=none", "web1", "exit 3")[0] == 3
    assert both(lab, "none", "cat; exit 4", data=b"x")[:2] == (4, b"")
    assert both(lab, "tty")[0] == 0
    for name, args, word in (("web1", ["true"], b"command"), ("none", ["-N"], b"SessionType"),
                             ("none", ["-s"], b"subsystem"), ("sub", [], b"subsystem")):
        status, out, err = run(lab, "tether", name, *args)
        assert (status, out, err.count(b"\n")) == (255, b"", 1), err
        assert word in err, err
    assert run(lab, "ssh", "web1", "true")[0] == 255


def test_a_remote_command_on_a_terminal(lab):
    """It is run as ssh runs it: there is no screen of ours."""
    lab.host(client=["RemoteCommand read x; echo got $x", "RequestTTY yes"])
    term = lab.tether("web1")
    term.send("line\r")
    term.wait_for("got line")
    assert term.wait_exit() == 0
    assert not term.screen.alternate and b"\x1b[?1049h" not in term.raw


def test_escape_chars(lab):
    """In a command's terminal: as ssh, which is asked the same."""
    host = lab.host()
    lab.home.add_host("percent", host, options=["EscapeChar %"])
    lab.home.add_host("noesc", host, options=["EscapeChar none"])

    def ends(program, args, typed, wanted):
        term = lab.tether(argv=argv(program, lab, "-t", *args, "echo begun; cat"))
        term.wait_for(re.compile("^begun", re.M))
        term.send(typed)
        if wanted is None:
            assert term.wait_exit() == 255
            return
        term.wait_for(wanted)
        term.send("\r\x04")
        assert term.wait_exit() == 0

    for args, typed, wanted in [
            (["percent"], "\r%.", None),
            (["percent"], "\r~.x", "~.x"),
            (["percent"], "\r%%x", "\n%x"),
            (["-e", "^B", "percent"], "\r\x02.", None),
            (["-e~", "percent"], "\r~.", None),
            (["noesc"], "\r~.x", "~.x"),
            (["-e", "none", "web1"], "\r~.x", "~.x"),
    ]:
        for program in ("ssh", "tether"):
            ends(program, args, typed, wanted)


def test_the_escape_char_on_the_screen(lab):
    host = lab.host(client=["EscapeChar ^B"])
    lab.home.add_host("noesc", host, options=["EscapeChar none"])
    term = lab.enter()
    term.run("true")
    term.send("cat\r")
    term.wait_for(lambda: "running" in term.status_line)
    term.send("~.\r")
    term.wait_for(lambda: term.text.count("~.") == 2)
    term.send("\x02?")
    term.wait_for("suspend")
    term.send("q")
    term.wait_gone("suspend")
    term.send("\r\x02.")
    assert term.wait_exit() == 255
    term = lab.enter("noesc")
    term.send("cat\r")
    term.wait_for(lambda: "running" in term.status_line)
    term.send("~.\r")
    term.wait_for(lambda: term.text.count("~.") == 2)
    term.send("\x04")
    term.wait_prompt()


def test_tools_that_call_ssh(lab):
    """scp and sftp with tether in ssh's place give it letters of their own."""
    lab.host(options=["Subsystem sftp internal-sftp"])
    tether = argv("tether", lab)[0]
    (lab.home.path / "one").write_text("content")
    for command in (["scp", "-S", tether, "one", "web1:two"],
                    ["scp", "-S", tether, "-p", "web1:two", "three"]):
        done = subprocess.run(command, env=lab.env(), cwd=lab.home.path, capture_output=True,
                              start_new_session=True, timeout=3 * DEADLINE)
        assert (done.returncode, done.stderr) == (0, b""), done
    assert (lab.home.path / "three").read_text() == "content"
    done = subprocess.run(["sftp", "-S", tether, "-b-", "web1"], input=b"get two four\n",
                          env=lab.env(), cwd=lab.home.path, capture_output=True,
                          start_new_session=True, timeout=3 * DEADLINE)
    assert done.returncode == 0, done
    assert (lab.home.path / "four").read_text() == "content"


def test_without_the_ssh_program(lab):
    """The config is read here, by way of a jump host too."""
    lab.host("jump")
    lab.host(client=["ProxyJump jump", "SendEnv LC_TWO", "LocalForward 1 x:1"])
    with open(lab.home.config, "a") as file:
        file.write("Match exec true\n    User nobody\n")
    alone = {"PATH": str(lab.folder), "LC_TWO": "two"}
    status, out, err = run(lab, "tether", "web1", "cat; echo $LC_TWO; exit 3", data=b"in ",
                           env=alone)
    assert (status, out) == (3, b"in two\n")
    assert re.fullmatch(rb"tether: no ssh program here: tether reads the ssh config itself; not "
                        rb"followed here: Match exec \(\S+/config:\d+\), LocalForward\n", err), err
    with open(lab.home.config, "a") as file:
        file.write("Prot 22\n")
    status, out, err = run(lab, "tether", "web1", "true", env=alone)
    assert (status, out) == (255, b"")
    assert re.fullmatch(rb"tether: \S+/config:\d+: there is no option 'Prot'\n", err), err

"""Login shells that are not what their name says, and hosts that let no shell be asked."""

import shutil

PLAIN = "plain terminal"


def odd_shell(lab, program="bash"):
    """A login shell by a name that says nothing."""
    path = lab.folder / "odd"
    shutil.copy(shutil.which(program), path)
    path.chmod(0o755)
    return str(path)


def test_the_person_knows_the_shell(lab):
    lab.host(shell=odd_shell(lab), files={".profile": "PS1='odd$ '\n"})
    term = lab.tether("web1")
    term.wait_for("odd$")
    term.wait_for(lambda: PLAIN in term.status_line or "a shell waits" in term.status_line)
    assert "[web1]" not in term.text
    term.send("exit\r")
    term.wait_exit()
    term = lab.tether("--shell", "bash", "web1")
    term.wait_prompt()
    term.run("echo $0", "odd")
    term.send("exit\r")
    assert term.wait_exit() == 0
    config = lab.home.path / "config/tether/config"
    config.parent.mkdir(parents=True)
    config.write_text('[host "web*"]\nshell = bash\n')
    config.chmod(0o600)
    term = lab.enter()
    term.send("exit\r")
    term.wait_exit()
    term = lab.tether("--shell", "plain", "web1")
    term.wait_for("odd$")
    term.send("echo ty''ped\r")
    term.shown("typed")
    assert "[web1]" not in term.text


def test_a_shell_that_there_is_not(lab):
    term = lab.tether("--shell", "bsh", "web1", cols=200)
    assert term.wait_exit() == 2
    assert "--shell must be auto|plain|bash|" in term.history and "not 'bsh'" in term.history

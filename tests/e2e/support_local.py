"""Looking at local processes and at the local terminal."""

import pathlib
import termios


def children(pid):
    """The processes that a process has started."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def shape(term):
    """All of the local terminal that a program must put back: its settings and modes."""
    attributes = termios.tcgetattr(term.fd)
    # The local shell's editor, waiting for a line, has its own settings; they are part of it.
    return attributes, sorted(term.emulator.modes - {25})

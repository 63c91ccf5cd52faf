#!/usr/bin/env python3
"""record.py [NAME...]: record what real programs send to a terminal of 80x24, into data/.

Each runs as root in a process namespace of its own, on a made-up folder, so that a recording
names nothing of the machine it was made on. Each recording is cut while the program is on
the screen (NAME) and taken to its end (NAME-left).
"""
import fcntl
import os
import pathlib
import select
import shutil
import struct
import sys
import termios

DATA = pathlib.Path(__file__).parent / "data"
HOME = pathlib.Path("/tmp/notes")
NOTE = "".join(
    f"{i:3}\tThe quick brown fox \u2014 \u0441\u044a\u0435\u0448\u044c \u0435\u0449\u0451 "
    f"\u4e2d\u6587 caf\u00e9 line {i}{' and so on' * (i % 13)}\n" for i in range(1, 200))

# What is run, the keys pressed one after another, and the keys that leave it.
PROGRAMS = {
    "vim": ("vim -u NONE -N --cmd 'syntax on' --cmd 'set nu hls mouse=a' note.c",
            ["\x06", "/for\r", "nn", "iinserted text\r\x1b", "dd", "\x15", ":split\r", "yy3p",
             ":set wrap!\r", "G", "\x19\x19\x19"], ":qa!\r"),
    "less": ("less -R note.txt", [" ", " ", "/caf\r", "b", "\x1b[B\x1b[B", "G", "\x1b[A"], "q"),
    "top": ("top -d 9", ["x", "z", "1", "c"], "q"),
    "htop": ("htop -d 90", ["\x1b[B", "t", "I"], "q"),
    "mc": ("mc -u -a -S default", ["\x1bOB", "\t", "\x1bOB", "\x1b[20~", "\x1bOB"], "\x1b\x1b\x1b[21~\r"),
    "tmux": ("tmux -f /dev/null -L rec new-session 'cat note.txt; exec cat'",
             ["\x02%", "\x02\"", "\x02["], "\x02:kill-server\r"),
    "dialog": ("dialog --menu Choose 12 50 4 one First two Second three Third", ["\x1b[B"],
               "\x1b"),
    "emacs": ("emacs -nw -Q note.c", ["\x16", "\x183", "\x18o", "\x1b>"], "\x18\x03"),
    "man": ("man -P 'less -R' ls", [" ", "/-l\r"], "q"),
}


def read_until_quiet(fd, seconds):
    """Until it says nothing for so long: a recording has no better sign of its end."""
    out = b""
    while select.select([fd], [], [], seconds)[0]:
        try:
            piece = os.read(fd, 65536)
        except OSError:  # it has ended
            break
        if not piece:
            break
        out += piece
    return out


def record(command, keys, leave):
    pid, fd = os.forkpty()
    if pid == 0:
        os.chdir(HOME)
        env = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": str(HOME), "PS1": "$ ",
               "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TMUX_TMPDIR": str(HOME)}
        os.execvpe("unshare", ["unshare", "-pfm", "--uts", "--mount-proc", "sh", "-c",
                               f"hostname box; exec {command}"], env)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown = read_until_quiet(fd, 2)
    for key in keys:
        os.write(fd, key.encode())
        shown += read_until_quiet(fd, 0.4)
    os.write(fd, leave.encode())
    left = shown + read_until_quiet(fd, 0.8)
    os.close(fd)
    os.waitpid(pid, 0)
    return shown, left


def main():
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir()
    (HOME / "note.txt").write_text(NOTE)
    (HOME / "note.c").write_text("/* a note */\n" + "".join(
        f"static int f{i}(int x)\n{{\n\tfor (int i = 0; i < {i}; i++)\n\t\tx += i; /* add */\n"
        "\treturn x;\n}\n\n" for i in range(40)))
    for name in sys.argv[1:] or PROGRAMS:
        if not shutil.which(PROGRAMS[name][0].split()[0]):
            print(f"{name}: not here")
            continue
        shown, left = record(*PROGRAMS[name])
        (DATA / f"{name}.vt").write_bytes(shown)
        (DATA / f"{name}-left.vt").write_bytes(left)
        print(f"{name}: {len(shown)}, {len(left)} bytes")
    shutil.rmtree(HOME)


if __name__ == "__main__":
    main()

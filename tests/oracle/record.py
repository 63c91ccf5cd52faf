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
import signal
import struct
import subprocess
import sys
import termios

DATA = pathlib.Path(__file__).parent / "data"
HOME = pathlib.Path("/tmp/notes")
NCURSES = "/usr/libexec/ncurses-examples"
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
    "git": ("git -C repo log --graph --all --color --decorate", [" ", "\x1b[B"], "q"),
    "tig": ("sh -c 'cd repo; exec tig --all'", ["\x1b[B\x1b[B", "\r", " ", "\x1b[B", "h"], "QQQQ"),
    "python": ("/usr/bin/python3 -q", ["def f(n): return f(n - 1) if n else 1 / 0\r\r", "f(4)\r",
                                       "'\u4e2d' * 50\r"], "\x04"),
    "apt": ("apt -q=0 -o Dir::Etc=/tmp/notes/apt install -y "
            "./note.deb", [], ""),
    "fish": ("fish --no-config", ["echo hello", "\x01\x1b[C", "\r", "ls /e\t", "\x03"], "\x04"),
    # The test programs of ncurses itself.
    "knight": (f"{NCURSES}/knight", ["\x1b[B\x1b[C", " ", "a"], "q"),
    "testcurs": (f"{NCURSES}/testcurs", ["\r", " ", " ", " ", " ", " "], "qq"),
    "insdelln": (f"{NCURSES}/insdelln", ["i", "i", "\x1b[B\x1b[B", "d", "I", "D"], "q"),
    "ins_wide": (f"{NCURSES}/ins_wide", ["\x1b[C", "w", "m", "t"], "q"),
    "combine": (f"{NCURSES}/combine", [" ", " "], "q"),
    "chgat": (f"{NCURSES}/chgat", ["c", "v", "\x1b[C", "t", "p"], "q"),
    "menus": (f"{NCURSES}/demo_menus", ["\x1b[B", "\x1b[C", "\x1b[B", "\r"], "q\x1b"),
    "forms": (f"{NCURSES}/demo_forms", ["ann\x1b[B", "text\t", "\x17"], "\x11"),
    "panels": (f"{NCURSES}/demo_panels", [" "] * 6, "q"),
    "windows": (f"{NCURSES}/movewindow", ["c", "\x1b[B\x1b[B", "\r", "\x1b[B\x1b[C", "\r", "m",
                                          "\x1b[C", "\r"], "q\x1b"),
    "background": (f"{NCURSES}/back_ground", ["\x1b[C", "\x1b[B"], "q"),
}


def make_repository():
    """A history with branches and merges, by nobody in particular."""
    def git(*argv, day=1):
        date = f"2024-01-{day:02} 12:00:00 +0000"
        subprocess.run(["git", "-C", HOME / "repo", "-c", "user.name=Ann", "-c",
                        "user.email=ann@example.org", *argv], check=True,
                       env={"PATH": "/usr/bin:/bin", "HOME": str(HOME), "GIT_AUTHOR_DATE": date,
                            "GIT_COMMITTER_DATE": date}, stdout=subprocess.DEVNULL)

    (HOME / "repo").mkdir()
    git("init", "-q", "-b", "main")
    for day in range(1, 25):
        if day % 6 == 2:
            git("checkout", "-q", "-b", f"topic-{day}")
        (HOME / "repo" / f"file{day % 6}").write_text(f"line {day}\n")
        git("add", ".")
        git("commit", "-q", "-m", f"change {day}: a caf\u00e9, \u4e2d\u6587", day=day)
        if day % 6 == 4:
            git("checkout", "-q", "main")
        if day % 6 == 0:
            git("merge", "-q", "--no-ff", "-m", f"merge topic-{day - 4}", f"topic-{day - 4}", day=day)


def make_package():
    """Something for apt to install (and to remove again: main does)."""
    for folder in ("sources.list.d", "preferences.d", "apt.conf.d", "auth.conf.d", "trusted.gpg.d"):
        (HOME / "apt" / folder).mkdir(parents=True)
    (HOME / "apt/sources.list").touch()
    control = HOME / "note" / "DEBIAN" / "control"
    control.parent.mkdir(parents=True)
    control.write_text("Package: tether-note\nVersion: 1.0\nArchitecture: all\n"
                       "Maintainer: Ann <ann@example.org>\nDescription: a note\n")
    subprocess.run(["dpkg-deb", "--build", "-Zgzip", "--root-owner-group", HOME / "note",
                    HOME / "note.deb"], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(HOME / "note")


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
        os.execvpe("unshare", ["unshare", "-pfm", "--kill-child", "--uts", "--mount-proc", "sh", "-c",
                               f"hostname box; exec {command}"], env)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    shown = read_until_quiet(fd, 2 if keys else 15)
    for key in keys:
        os.write(fd, key.encode())
        shown += read_until_quiet(fd, 0.4)
    os.write(fd, leave.encode())
    left = shown + read_until_quiet(fd, 0.8)
    os.close(fd)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return shown, left


def main():
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir()
    (HOME / "note.txt").write_text(NOTE)
    (HOME / "note.c").write_text("/* a note */\n" + "".join(
        f"static int f{i}(int x)\n{{\n\tfor (int i = 0; i < {i}; i++)\n\t\tx += i; /* add */\n"
        "\treturn x;\n}\n\n" for i in range(40)))
    make_repository()
    make_package()
    for name in sys.argv[1:] or PROGRAMS:
        if not shutil.which(PROGRAMS[name][0].split()[0]):
            print(f"{name}: not here")
            continue
        shown, left = record(*PROGRAMS[name])
        (DATA / f"{name}.vt").write_bytes(shown)
        (DATA / f"{name}-left.vt").write_bytes(left)
        print(f"{name}: {len(shown)}, {len(left)} bytes")
    subprocess.run(["dpkg", "--purge", "tether-note"], check=False, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    shutil.rmtree(HOME)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""record_vttest.py: walk through vttest's menus and record each screen, into data/vttest.jsonl.

vttest runs on a pty, answered by our emulator (VSCREEN_DUMP names vscreen_dump). Whatever a
menu offers is chosen, but for what stands below; a screen that is no menu gets Return. A step is
one line: where it was ("11/1"), the keys, and the bytes that they brought.
"""
import fcntl
import json
import os
import pathlib
import re
import select
import signal
import struct
import termios

from emulators import COLS, ROWS, Ours

DATA = pathlib.Path(__file__).parent / "data" / "vttest.jsonl"
CHOICE = "Enter choice number"
ITEM = re.compile(r"^ +(\d+)\. (.*)$")
LEAF_STEPS = 40

# Not walked: what waits for a person's keys or mouse, or has nothing to do with a screen.
SKIPPED = re.compile(
    r"exit|keyboard|modify test|setup|mouse|keys|keypad|locator|printer|print|macro|"
    r"user-defined|font|answerback|download|session|tektronix|switch|transmission|"
    r"window mod|window report|raise|iconify|active position rep|specify|soft char|"
    r"VT420|VT520|request mode|window title|VT220 features|status line", re.I)


class Vttest:
    def __init__(self):
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execvp("vttest", ["vttest", f"{ROWS}x{COLS}.{COLS}"])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
        self.emulator = Ours()
        self.screen = None
        self.steps = []

    def reads(self):
        """Is it waiting for input?"""
        return pathlib.Path(f"/proc/{self.pid}/syscall").read_text().startswith("0 0x0 ")

    def settle(self):
        """All that it sends until it waits for a key."""
        out = b""
        while True:
            if select.select([self.fd], [], [], 0.02)[0]:
                try:
                    piece = os.read(self.fd, 65536)
                except OSError:
                    return out
                out += piece
                self.screen = self.emulator.feed(piece)
                if self.emulator.replies:
                    os.write(self.fd, self.emulator.replies)
            elif self.reads():
                return out

    def step(self, where, keys):
        os.write(self.fd, keys.encode())
        out = self.settle()
        self.steps.append({"at": where, "keys": keys, "out": out.decode("latin-1")})

    def menu(self):
        """What it is called, if the screen is one."""
        rows = self.screen.rows
        return any(CHOICE in row for row in rows) and rows[2].strip()

    def walk(self, where):
        menu = self.menu()
        for number, title in [m.groups() for row in self.screen.rows if (m := ITEM.match(row))]:
            if SKIPPED.search(title):
                continue
            at = f"{where}/{number}" if where else number
            self.step(at, f"{number}\r")
            if self.menu() and self.menu() != menu:
                self.walk(at)
            for _ in range(LEAF_STEPS):
                if self.menu() == menu:
                    break
                self.step(at, "0\r" if self.menu() else "\r")
            else:
                raise SystemExit(f"{at} {title}: no way out\n" + "\n".join(self.screen.rows))


def main():
    vttest = Vttest()
    vttest.steps.append({"at": "", "keys": "", "out": vttest.settle().decode("latin-1")})
    try:
        vttest.walk("")
    finally:
        os.kill(vttest.pid, signal.SIGKILL)
    DATA.write_text("".join(json.dumps(step) + "\n" for step in vttest.steps))
    print(len(vttest.steps), "screens")


if __name__ == "__main__":
    main()

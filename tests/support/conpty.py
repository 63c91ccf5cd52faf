"""cmd.exe in the console of Windows 10 as its sshd passes it on, from what is known of its bytes:
as a login shell, `conpty.py -c COMMAND`. There is no Windows to record: see the head of each shape.
"""

import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
import tty


def put(text):
    os.write(1, text.encode())


def read_key(timeout=None):
    try:
        ready = select.select([0], [], [], timeout)[0]
        return os.read(0, 1).decode("latin-1") if ready else ""
    except InterruptedError:
        return ""


class Screen:
    """What the console takes the screen for. It sends pictures of that and not what was printed
    (microsoft/terminal, VtRenderer): what changed, from the top to the bottom, each at its place,
    and then the cursor's place; what scrolled off as line ends at the bottom."""

    def __init__(self):
        self.size()
        self.row = self.col = self.scrolled = 0
        self.cells = [""] * self.rows
        self.changed = {} # row: from which column
        self.last = 0, 0 # where the terminal's cursor is

    def size(self):
        self.rows, self.cols = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))[:2]

    def resize(self):
        self.size()
        while len(self.cells) > self.rows and self.row < len(self.cells) - 1:
            self.cells.pop()
        gone = max(len(self.cells) - self.rows, 0)
        self.cells = self.cells[gone:] + [""] * (self.rows - len(self.cells))
        self.row -= gone
        self.repaint()

    def text(self, text):
        """A sequence that it does not know is passed on at once, while text waits for the next
        picture: so a mark overtakes what was printed before it (microsoft/terminal#8698)."""
        for part in re.findall(r"\x1b\][^\x1b\a]*(?:\x1b\\|\a)|\x1b\[\d*[A-Z]|.", text, re.S):
            if part[:2] == "\x1b]":
                put(part)
            elif part[:2] == "\x1b[":
                self.sequence(part[-1], int(part[2:-1] or 1))
            elif part == "\n":
                self.down()
            elif part == "\r":
                self.col = 0
            else:
                self.character(part)

    def sequence(self, final, count):
        if final == "A":
            self.row = max(self.row - count, 0)
        elif final == "J":
            self.change(self.row, self.col, self.cells[self.row][:self.col])
            for row in range(self.row + 1, self.rows):
                self.change(row, 0, "")

    def change(self, row, col, text):
        if text != self.cells[row]:
            self.cells[row] = text
            self.changed[row] = min(self.changed.get(row, col), col)

    def down(self):
        if self.row < self.rows - 1:
            self.row += 1
            return
        self.cells = self.cells[1:] + [""]
        self.changed = {row - 1: col for row, col in self.changed.items() if row}
        self.scrolled += 1

    def character(self, char):
        if self.col == self.cols:
            self.col = 0
            self.down()
        row = self.cells[self.row].ljust(self.col)
        self.change(self.row, self.col, row[:self.col] + char + row[self.col + 1:])
        self.col += 1

    def move(self, row, col):
        """As short as it can be said (XtermEngine::_MoveCursor). Behind a full row the cursor is
        in the next one already."""
        at, self.last = self.last, (row, col)
        if at == (row, col) or (col == 0 and at == (row - 1, self.cols)):
            return ""
        if col == 0 and at[0] in (row, row - 1):
            return "\r" if at[0] == row else "\r\n"
        if at[0] == row and at[1] == col + 1:
            return "\b"
        if at[0] == row and at[1] < col:
            return f"\x1b[{col - at[1]}C"
        return f"\x1b[{row + 1};{col + 1}H"

    def paint(self):
        out = "\x1b[?25l"
        if self.scrolled:
            out += self.move(self.rows - 1, 0) + "\n" * self.scrolled
        for row, col in sorted(self.changed.items()):
            text = self.cells[row]
            out += self.move(row, col) + text[col:] + ("\x1b[K" if len(text) < self.cols else "")
            self.last = row, max(len(text), col)
        out += self.move(self.row, self.col) if self.col < self.cols else ""
        put(out + "\x1b[?25h")
        self.changed, self.scrolled = {}, 0

    def repaint(self):
        """Everything, drawn anew: as behind each new size."""
        self.changed = dict.fromkeys(range(self.rows), 0)
        self.last = -1, -1
        self.paint()


class Console:
    def __init__(self, variables, prompt):
        self.screen = Screen()
        self.variables = variables
        self.prompt = prompt
        self.cwd = "C:\\Users\\ann"
        self.level = 0
        self.history = []
        self.later = None # (when, what is printed then by a program that goes on)
        signal.signal(signal.SIGWINCH, lambda *_: self.screen.resize())

    def begin(self):
        """It asks for modes that it would like, and, waiting up to 3 s, what the terminal is and
        where its cursor stands; then it clears the screen and gives it its title
        (microsoft/terminal: VtIo, 1.22; and with PSEUDOCONSOLE_INHERIT_CURSOR)."""
        put("\x1b[?9001h\x1b[?1004h\x1b[c\x1b[6n")
        answer = ""
        while not re.search(r"\x1b\[\?[\d;]*c.*\x1b\[\d+;\d+R", answer):
            key = read_key(3)
            if not key:
                sys.exit(99)
            answer += key
        put("\x1b[2J\x1b[m\x1b[H\x1b]0;C:\\WINDOWS\\system32\\cmd.exe\x07\x1b[?25h")
        self.screen.text("Microsoft Windows [Version 10.0.19045]\r\n")

    def show_prompt(self):
        prompt = self.prompt
        for code, text in {"$P": self.cwd, "$G": ">", "$E": "\x1b", "$_": "\r\n", "$S": " "}.items():
            prompt = prompt.replace(code, text)
        self.screen.text("\r\n" + prompt)
        time.sleep(0.01)
        self.screen.paint()

    def wait_key(self):
        while self.later:
            left = self.later[0] - time.monotonic()
            if left <= 0:
                self.screen.text(self.later[1] or "")
                self.screen.paint() if self.later[1] else self.screen.repaint()
                self.later = None
            elif key := read_key(left):
                return key
        while not (key := read_key()):
            pass
        return key

    def read_line(self):
        line = ""
        while True:
            key = self.wait_key()
            if key == "\r":
                if line and line != (self.history or [""])[-1]:
                    self.history.append(line)
                self.screen.text("\r\n")
                self.screen.paint()
                return line
            if key == "\x03":
                self.screen.text("^C\r\n")
                return ""
            if key == "\x1b":
                while not re.search(r"[A-Z~]$", key):
                    key += read_key()
                if key == "\x1b[1;5H":
                    self.erase(line)
                    line = ""
            else:
                line += key
                self.screen.text(key)
                self.screen.paint()

    def erase(self, line):
        """(One that takes more than its row is not typed ahead here.)"""
        self.screen.col -= len(line)
        self.screen.text(" " * len(line))
        self.screen.col -= len(line)
        self.screen.paint()

    def expand(self, line):
        self.variables["errorlevel"] = str(self.level)
        return re.sub("%(\\w+)%", lambda m: self.variables.get(m[1], m[0]), line)

    def run(self):
        self.begin()
        self.show_prompt()
        while True:
            line = self.expand(self.read_line())
            command, _, rest = line.partition(" ")
            if command == "exit":
                sys.exit(int(rest or 0))
            run = getattr(self, f"do_{command}", None)
            if run:
                run(rest)
            elif command == "if":
                self.block()
            elif command:
                self.level = 9009
                self.screen.text(f"'{command}' is not recognized as an internal or external command,\r\n")
            if self.prompt:
                self.show_prompt()

    def block(self):
        """It asks for the rest, with no mark."""
        rows = []
        while rows[-1:] != [")"]:
            self.screen.text("More? ")
            self.screen.paint()
            rows.append(self.read_line())
        for row in rows[:-1]:
            self.do_echo(row.strip().removeprefix("echo "))

    def do_cd(self, rest):
        self.cwd, self.level = rest, 0

    def do_echo(self, rest):
        self.screen.text(rest + "\r\n")

    def do_fail(self, rest):
        self.level = int(rest)

    def do_rows(self, rest):
        for n in range(int(rest.split()[0])):
            self.screen.text(f"row {n + 1}\r\n")

    def do_history(self, _):
        self.screen.text("\r\n".join(self.history) + "\r\n")

    def do_prompt(self, rest):
        self.prompt = rest

    def do_wait(self, _):
        time.sleep(0.5)

    def do_sleep(self, _):
        while read_key() != "\x03":
            pass
        self.level = -1073741510
        self.screen.text("^C")

    def do_slow(self, _):
        """Text, and the prompt, later than anybody waits for."""
        put(re.sub(".*(\x1b\\])", "\\1", self.prompt.replace("$E", "\x1b")))
        time.sleep(0.3)
        self.screen.text("slow text\r\n")

    def do_type(self, _):
        """A file that knows what a mark looks like."""
        self.screen.text(f"\x1b]7770;{'0' * 32};B\x1b\\C:\\Fake>")
        self.screen.paint()
        time.sleep(0.5)
        self.screen.text("\r\n")

    def do_title(self, _):
        put("\x1b]0;C:\\WINDOWS\\system32\\cmd.exe - title\x07")

    def do_full(self, _):
        """A program that has the screen for itself, until a key."""
        put("\x1b[?1049h\x1b[2J\x1b[5;5Hfull screen")
        read_key()
        put("\x1b[?1049l")

    def do_cls(self, _):
        self.screen.cells = [""] * self.screen.rows
        self.screen.row = self.screen.col = 0
        self.screen.scrolled = 0
        put("\x1b[2J")
        self.screen.repaint()

    def do_start(self, rest):
        """A program that prints at the prompt."""
        self.later = (time.monotonic() + 0.4, rest + "\r\n")

    def do_repaint(self, _):
        self.later = (time.monotonic() + 0.1, None)


def main():
    command = sys.argv[2] if len(sys.argv) > 2 else ""
    if command.startswith("echo tether"):
        put("tether C:\\WINDOWS\\system32\\cmd.exe $PSHOME\r\n")
    elif match := re.fullmatch(r'cmd /k set ([^"]*)\^&prompt ([^"]*)', command, re.S):
        # (With a terminal, sshd has it run as it is by `cmd /c`: do_exec_windows; and conhost, in
        # between, quotes words anew, which would double a \ before a quote.)
        tty.setraw(0, termios.TCSANOW)
        Console(dict(name.split("=", 1) for name in match[1].split("^&set ")), match[2]).run()
    else:
        # Nothing of sh's is to come here.
        put(f"'{command}' is not recognized as an internal or external command,\r\n")
        sys.exit(1)


main()

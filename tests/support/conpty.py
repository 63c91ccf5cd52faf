"""cmd.exe in the console of Windows 10 as its sshd passes it on, from what is known of its bytes:
as a login shell, `conpty.py -c COMMAND`. There is no Windows to record: see the head of each shape.
"""

import os
import re
import select
import sys
import termios
import time
import tty


def put(text):
    os.write(1, text.encode())


def read_key(timeout=None):
    ready = select.select([0], [], [], timeout)[0]
    return os.read(0, 1).decode("latin-1") if ready else ""


class Console:
    def __init__(self, prompt):
        self.mark = prompt.replace("$P$G", "").replace("$E", "\x1b")
        self.cwd = "C:\\Users\\ann"

    def begin(self):
        """It asks for modes that it would like, and, waiting up to 3 s, what the terminal is; then
        it clears the screen and gives it its title (microsoft/terminal: VtIo, 1.22)."""
        put("\x1b[?9001h\x1b[?1004h\x1b[c")
        answer = ""
        while not re.search(r"\x1b\[\?[\d;]*c", answer):
            key = read_key(3)
            if not key:
                sys.exit(99)
            answer += key
        put("\x1b[2J\x1b[m\x1b[H\x1b]0;C:\\WINDOWS\\system32\\cmd.exe\x07\x1b[?25h")

    def prompt(self, before=""):
        """A sequence that it does not know is passed on at once, while text waits for the next
        picture: so the mark overtakes what was printed before it (microsoft/terminal#8698)."""
        put(self.mark)
        time.sleep(0.01)
        put(f"\x1b[?25l{before}\r\n{self.cwd}>\x1b[?25h")

    def repaint(self):
        """The whole screen, drawn anew where it thinks that things are."""
        put(f"\x1b[?25l\x1b[HMicrosoft Windows\x1b[K\r\n\x1b[K\r\n{self.cwd}>\x1b[K\x1b[J\x1b[?25h")

    def read_line(self):
        line = ""
        while True:
            key = read_key()
            if key == "\r":
                put("\r\n")
                return line
            if key == "\x1b":
                sequence = key
                while not re.search(r"[A-Z~]$", sequence):
                    sequence += read_key()
                if sequence == "\x1b[1;5H":
                    put("\x1b[?25l" + "\b" * len(line) + " " * len(line) + "\b" * len(line) + "\x1b[?25h")
                    line = ""
            else:
                line += key
                put(f"\x1b[?25l{key}\x1b[?25h")

    def run(self):
        self.begin()
        self.prompt("Microsoft Windows [Version 10.0.19045]\r\n")
        while True:
            command, _, rest = self.read_line().partition(" ")
            output = ""
            if command == "exit":
                sys.exit(int(rest or 0))
            elif command == "cd":
                self.cwd = rest
            elif command == "echo":
                output = rest + "\r\n"
            elif command == "wait":
                time.sleep(0.5)
            elif command == "slow":
                # Text, and the prompt, later than anybody waits for.
                put(self.mark)
                time.sleep(0.3)
                put(f"slow text\r\n\r\n{self.cwd}>")
                continue
            elif command == "type":
                # A file that knows what a mark looks like.
                put(f"\x1b]7770;{'0' * 32};B\x1b\\C:\\Fake>")
                time.sleep(0.5)
                output = "\r\n"
            elif command == "title":
                put("\x1b]0;C:\\WINDOWS\\system32\\cmd.exe - title\x07")
            self.prompt(output)
            if command == "repaint":
                time.sleep(0.1)
                self.repaint()


def main():
    command = sys.argv[2] if len(sys.argv) > 2 else ""
    if command.startswith("echo tether"):
        put("tether C:\\WINDOWS\\system32\\cmd.exe $PSHOME\r\n")
    elif command.startswith("cmd /k prompt "):
        tty.setraw(0, termios.TCSANOW)
        Console(command.removeprefix("cmd /k prompt ")).run()
    else:
        # Nothing of sh's is to come here.
        put(f"'{command}' is not recognized as an internal or external command,\r\n")
        sys.exit(1)


main()

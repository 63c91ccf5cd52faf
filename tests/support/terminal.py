"""A program on a pty, its screen read back by another terminal emulator."""

import errno
import fcntl
import os
import re
import select
import signal
import struct
import termios
import time

from screen import Emulator

# How long a condition may take before the test fails; a test that passes does not wait.
DEADLINE = float(os.environ.get("TETHER_TEST_DEADLINE", "20"))


IUTF8 = 0o40000  # Linux's; as terminal emulators set it


class Terminal:
    def __init__(self, argv, env, rows=24, cols=80, cwd=None):
        self.argv = argv
        self.raw = bytearray()
        self.status = None
        self._out = bytearray()
        self.emulator = Emulator(rows, cols, self._out.extend)
        self.pid, self.fd = os.forkpty()
        if self.pid == 0:
            self._child(argv, env, rows, cols, cwd)
        os.set_blocking(self.fd, False)
        self.resize(rows, cols)
        self.settings = termios.tcgetattr(self.fd)

    @staticmethod
    def _child(argv, env, rows, cols, cwd):
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
            settings = termios.tcgetattr(0)
            settings[0] |= IUTF8
            termios.tcsetattr(0, termios.TCSANOW, settings)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            for signo in (signal.SIGINT, signal.SIGPIPE, signal.SIGHUP, signal.SIGTERM):
                signal.signal(signo, signal.SIG_DFL)
            if cwd:
                os.chdir(cwd)
            os.execvpe(argv[0], argv, env)
        except OSError as error:
            os.write(2, f"{argv[0]}: {error}\n".encode())
        finally:
            os._exit(127)

    # Reading the screen.

    @property
    def screen(self):
        return self.emulator.screen

    @property
    def lines(self):
        return [self.screen.row_text(y) for y in range(self.screen.lines)]

    @property
    def text(self):
        return "\n".join(self.lines).rstrip("\n")

    @property
    def history(self):
        """What scrolled off the normal screen, and the screen."""
        return "\n".join(self.screen.above + self.lines).rstrip("\n")

    @property
    def cursor(self):
        return self.screen.cursor.y, self.screen.cursor.x

    @property
    def cursor_line(self):
        return self.lines[self.screen.cursor.y]

    def before_cursor(self):
        """The text of the cursor's row, up to the cursor."""
        row = self.screen.buffer[self.screen.cursor.y]
        return "".join(row[x].data for x in range(self.screen.cursor.x))

    # Driving the program.

    def send(self, data):
        self._out += data.encode() if isinstance(data, str) else data
        self._pump(0)

    def resize(self, rows, cols):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))
        if (rows, cols) != (self.screen.lines, self.screen.columns):
            self.screen.resize(rows, cols)

    def kill(self, signo):
        os.kill(self.pid, signo)

    # Waiting.

    def wait_for(self, wanted, timeout=DEADLINE, what=None):
        """Wait until a text or pattern is on the screen, or a callable returns something
        true; return it (the match, for a pattern)."""
        check, what = self._condition(wanted, what)
        end = time.monotonic() + timeout
        while True:
            if not self.emulator.sync:
                found = check()
                if found:
                    return found
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError(f"waited {timeout:g} s for {what}\n{self.picture()}")
            if not self._pump(min(left, 0.1)) and self.fd is None:
                found = check()
                if found:
                    return found
                raise AssertionError(f"the program ended before {what}\n{self.picture()}")

    def wait_gone(self, text, timeout=DEADLINE):
        self.wait_for(lambda: text not in self.text, timeout, f"{text!r} to go away")

    def wait_exit(self, timeout=DEADLINE):
        """Wait until the program has ended and all it wrote is read; returns its status, or
        minus the signal that ended it."""
        end = time.monotonic() + timeout
        while self.status is None or self.fd is not None:
            if time.monotonic() > end:
                raise AssertionError(f"the program did not end in {timeout:g} s\n{self.picture()}")
            self._pump(0.05)
            self._reap()
        return self.status

    @staticmethod
    def wait_until(check, timeout=DEADLINE):
        """Wait for something that is not on the screen."""
        end = time.monotonic() + timeout
        while not check():
            assert time.monotonic() < end, f"waited {timeout:g} s in vain"
            time.sleep(0.01)

    def read_for(self, seconds):
        """Go on reading for a while: for what must NOT happen."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.fd is not None:
            self._pump(left)

    def picture(self):
        bar = "+" + "-" * self.screen.columns + "+"
        rows = [f"|{line.ljust(self.screen.columns)}|" for line in self.lines]
        return "\n".join([f"$ {' '.join(self.argv)}", bar, *rows, bar,
                          f"cursor {self.cursor}, last bytes {bytes(self.raw[-160:])!r}"])

    def _condition(self, wanted, what):
        if isinstance(wanted, str):
            return (lambda: wanted in self.text), what or repr(wanted)
        if isinstance(wanted, re.Pattern):
            return (lambda: wanted.search(self.text)), what or repr(wanted.pattern)
        return wanted, what or getattr(wanted, "__name__", "a condition")

    # Moving bytes.

    def _pump(self, timeout):
        """Write what is queued, read what is there; False if nothing came in time."""
        if self.fd is None:
            return False
        want_write = [self.fd] if self._out else []
        readable, writable, _ = select.select([self.fd], want_write, [], timeout)
        if writable:
            try:
                del self._out[:os.write(self.fd, self._out[:4096])]
            except BlockingIOError:
                pass
            except OSError:
                self._out.clear()
        if not readable:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:
            self._keep_settings()
            os.close(self.fd)
            self.fd = None
            return False
        self.raw += data
        self.emulator.feed(data)
        return True

    def _keep_settings(self):
        try:
            self.last_settings = termios.tcgetattr(self.fd)
        except termios.error:
            self.last_settings = None

    def _reap(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)

    def close(self):
        """End the program if it still runs: by hanging up, then by force."""
        if self.status is None:
            if self.fd is not None:
                os.close(self.fd)
                self.fd = None
            end = time.monotonic() + 5
            self._reap()
            while self.status is None:
                if time.monotonic() > end:
                    os.kill(self.pid, signal.SIGKILL)
                    os.waitpid(self.pid, 0)
                    self.status = -signal.SIGKILL
                    break
                time.sleep(0.01)
                self._reap()
        elif self.fd is not None:
            os.close(self.fd)
            self.fd = None

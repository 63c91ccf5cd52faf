"""A terminal emulator to read the program's screen back with: pyte, and what pyte lacks.

The alternate screen, scrolling by SU and SD, REP, colon sub-parameters, private prefixes and
control strings are added here; the rest is pyte's.
"""

import collections
import copy
import re

import pyte

ALTERNATE = {47, 1047, 1049}

SEQUENCE = re.compile(
    rb"\x1b(?:"
    rb"\[(?P<prefix>[<-?]*)(?P<params>[0-;]*)(?P<inter>[ -/]*)(?P<final>[@-~])"
    rb"|\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|[P_^X](?P<string>[^\x1b]*)\x1b\\"
    rb"|[ -#%-/]*[0-OQ-WYZ\\`-~]"
    rb")", re.DOTALL)


class Screen(pyte.Screen):
    """pyte.Screen with an alternate screen and a memory of what scrolled off the top."""

    def __init__(self, cols, rows, reply):
        self.reply = reply
        self.normal = None
        self.above = []
        self.bells = 0
        self.title_stack = 0
        super().__init__(cols, rows)

    @property
    def alternate(self):
        return self.normal is not None

    def write_process_input(self, data):
        self.reply(data.encode())

    def set_mode(self, *modes, **kwargs):
        if kwargs.get("private") and ALTERNATE & set(modes) and not self.alternate:
            self.normal = (self.buffer, copy.copy(self.cursor), self.margins)
            self.buffer = collections.defaultdict(self.normal[0].default_factory)
            self.margins = None
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes, **kwargs):
        if kwargs.get("private") and ALTERNATE & set(modes) and self.alternate:
            self.buffer, cursor, self.margins = self.normal
            cursor.hidden = self.cursor.hidden
            self.cursor = cursor
            self.normal = None
            self.ensure_hbounds()
            self.ensure_vbounds()
        super().reset_mode(*modes, **kwargs)

    def resize(self, lines=None, columns=None):
        # A terminal that grows or shrinks keeps the text at the cursor on the screen.
        over = self.cursor.y - (lines or self.lines) + 1
        for _ in range(max(over, 0)):
            self._scroll_off()
        super().resize(lines, columns)
        self.cursor.y -= max(over, 0)
        self.ensure_hbounds()
        self.ensure_vbounds()

    def _scroll_off(self):
        self.above.append(self.row_text(0))
        for y in range(self.lines - 1):
            self.buffer[y] = self.buffer[y + 1]
        self.buffer.pop(self.lines - 1, None)

    def index(self):
        top, bottom = self.margins or (0, self.lines - 1)
        if not self.alternate and self.cursor.y == bottom and top == 0:
            self.above.append(self.row_text(0))
        super().index()

    def scroll_up(self, count=1, **_):
        self._scroll(count, lambda n: self.delete_lines(n))

    def scroll_down(self, count=1, **_):
        self._scroll(count, lambda n: self.insert_lines(n))

    def _scroll(self, count, move):
        y, x = self.cursor.y, self.cursor.x
        self.cursor.y = self.margins.top if self.margins else 0
        move(count or 1)
        self.cursor.y, self.cursor.x = y, x

    def repeat(self, count=1, **_):
        before = self.buffer[self.cursor.y][max(self.cursor.x - 1, 0)].data
        self.draw((before or " ") * (count or 1))

    def bell(self, *_):
        self.bells += 1

    def row_text(self, y):
        """The row as text: a wide character is followed by an empty cell."""
        row = self.buffer[y]
        return "".join(row[x].data for x in range(self.columns)).rstrip()


class _Stream(pyte.ByteStream):
    csi = dict(pyte.ByteStream.csi, S="scroll_up", T="scroll_down", b="repeat")


class Emulator:
    """Bytes in, a screen out. `reply` gets what a terminal would answer."""

    def __init__(self, rows, cols, reply=lambda data: None):
        self.screen = Screen(cols, rows, reply)
        self.stream = _Stream(self.screen)
        self.modes = set()
        self.sync = False
        self._rest = b""

    def feed(self, data):
        data = self._rest + data
        out = bytearray()
        at = 0
        while True:
            esc = data.find(b"\x1b", at)
            if esc < 0:
                out += data[at:]
                self._rest = b""
                break
            out += data[at:esc]
            match = SEQUENCE.match(data, esc)
            if match:
                out += self._translate(match)
                at = match.end()
            elif len(data) - esc < (1 << 20) and self._unfinished(data[esc:]):
                self._rest = data[esc:]
                break
            else:
                at = esc + 1
        self.stream.feed(bytes(out))

    @staticmethod
    def _unfinished(tail):
        return re.fullmatch(rb"\x1b(\[[0-?]*[ -/]*|[\]P_^X].*|[ -/]*)", tail, re.DOTALL)

    def _translate(self, match):
        final = match["final"]
        if final is None:
            if match["string"] is not None:
                return b""
            return match[0]
        if match["prefix"] == b"?" and final in b"hl":
            for mode in match["params"].split(b";"):
                self._mode(int(mode or 0), final == b"h")
        if match["inter"] or match["prefix"] not in (b"", b"?"):
            return b""
        if match["prefix"] == b"?" and final not in b"hlJKn":
            return b""
        if final == b"m":
            return b"\x1b[%sm" % b";".join(_plain_sgr(match["params"]))
        if b":" in match["params"]:
            return b""
        return match[0]

    def _mode(self, mode, on):
        (self.modes.add if on else self.modes.discard)(mode)
        if mode == 2026:
            self.sync = on


def _plain_sgr(params):
    """Colon forms as the older semicolon forms; underline colours left out."""
    out = []
    fields = params.split(b";")
    while fields:
        field = fields.pop(0)
        if field == b"58":
            del fields[:2 if fields[:1] == [b"5"] else 4]
        elif b":" not in field:
            out.append(field)
        else:
            parts = field.split(b":")
            if parts[0] in (b"38", b"48"):
                values = [p for p in parts[2:] if p]
                out += [parts[0], parts[1], *values[-3:]]
            elif parts[0] == b"4":
                out.append(b"24" if parts[1] == b"0" else b"4")
    return out or [b"0"]

"""A screen as an SVG picture: for the README, from the real program.

    picture.py PROGRAM > doc/screen.svg
"""

import html
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from sshd import Home, Sshd  # noqa: E402
from terminal import Terminal  # noqa: E402

WIDTH, HEIGHT, MARGIN = 8.4, 18, 14
PALETTE = {"default": "#d8dee9", "black": "#3b4252", "red": "#e06c75", "green": "#98c379",
           "brown": "#e5c07b", "blue": "#61afef", "magenta": "#c678dd", "cyan": "#56b6c2",
           "white": "#d8dee9", "brightblack": "#7f848e"}
BACKGROUND = "#1e222a"


def color(name, otherwise):
    if name == "default":
        return otherwise
    return PALETTE.get(name) or ("#" + name if len(name) == 6 else otherwise)


def runs(row, cols):
    """Stretches of equal style: (column, text, foreground, background, bold)."""
    out = []
    for x in range(cols):
        cell = row[x]
        fg, bg = color(cell.fg, PALETTE["default"]), color(cell.bg, None)
        if cell.reverse:
            fg, bg = bg or BACKGROUND, fg
        style = (fg, bg, cell.bold)
        if out and out[-1][2:] == style:
            out[-1] = (out[-1][0], out[-1][1] + cell.data, *style)
        else:
            out.append((x, cell.data, *style))
    return out


def svg(term):
    cols, rows = term.screen.columns, term.screen.lines
    width, height = cols * WIDTH + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
           f'viewBox="0 0 {width:g} {height:g}" font-family="DejaVu Sans Mono, Menlo, Consolas, '
           f'monospace" font-size="14">',
           f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>']
    for y in range(rows):
        top = MARGIN + y * HEIGHT
        for x, text, fg, bg, bold in runs(term.screen.buffer[y], cols):
            left = MARGIN + x * WIDTH
            if bg:
                out.append(f'<rect x="{left:g}" y="{top}" width="{len(text) * WIDTH:g}" '
                           f'height="{HEIGHT}" fill="{bg}" shape-rendering="crispEdges"/>')
            if text.strip():
                weight = ' font-weight="bold"' if bold else ""
                out.append(f'<text x="{left:g}" y="{top + 14}" fill="{fg}"{weight} '
                           f'textLength="{len(text) * WIDTH:g}" xml:space="preserve">'
                           f'{html.escape(text)}</text>')
    y, x = term.cursor
    out.append(f'<rect x="{MARGIN + x * WIDTH:g}" y="{MARGIN + y * HEIGHT}" width="{WIDTH}" '
               f'height="{HEIGHT}" fill="#d8dee9" fill-opacity="0.6"/>')
    return "\n".join([*out, "</svg>\n"])


def scene(term):
    """What the picture shows: a few commands, a failed one, and a menu of completions."""
    def prompt():
        term.wait_for(lambda: term.before_cursor().endswith("> "), what="a prompt")

    def command(text):
        prompt()
        term.send(text)
        term.wait_for(lambda: term.before_cursor().endswith(text), what=text)
        term.send("\r")
        term.wait_for(lambda: not term.before_cursor().endswith(text), what=text)

    command("cd /usr/share/vim")
    command("clear")
    command("ls --color=always -F")
    command("du -sh vim90")
    command("grep -c word /etc/hosts")
    command("cd /etc")
    prompt()
    term.send("ls d\t")
    term.wait_for(lambda: re.search(r"^\W*d\S+ +d\S+", term.lines[term.cursor[0] + 1]), what="a menu")
    term.send("\t")
    term.wait_for(">d")


def main():
    with tempfile.TemporaryDirectory(prefix="p-", dir="/tmp") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        home = Home(folder / "me")
        sshd = Sshd(folder / "host")
        sshd.add_user("ann")
        with sshd:
            home.add_host("web1", sshd)
            term = Terminal([os.path.abspath(sys.argv[1]), "web1"], home.env, 13, 80)
            scene(term)
            sys.stdout.write(svg(term))
            term.close()


if __name__ == "__main__":
    main()

"""The manual's list of all that programs are told: it is what the emulator answers, and nothing
else that can be sent brings an answer.
"""

import pathlib
import re

import pytest
from emulators import COLS, ROWS, Ours

MANUAL = pathlib.Path(__file__).parent.parent.parent / "doc" / "tether.1"
ST = "\033\\"

# The manual's entry; all that may ask for it; the answers; what of them the entry must spell out.
ENTRIES = {
    "DA1: CSI c, ESC Z": (r"\033\[0?c|\033Z", r"\033\[\?62;22c", "CSI ? 62 ; 22 c"),
    "DA2: CSI > c": (r"\033\[>0?c", r"\033\[>0;(95|276);0c", "CSI > 0 ; 95 ; 0 c, or 276"),
    "DA3: CSI = c": (r"\033\[=0?c", r"\033P!\|00000000\033\\", "DCS ! | 00000000 ST"),
    "DSR: CSI 5 n": (r"\033\[5n", r"\033\[0n", "CSI 0 n"),
    "CPR: CSI 6 n, CSI ? 6 n": (r"\033\[\??6n", r"\033\[\??\d+;\d+R", "row and column"),
    "DSR: CSI ? n n": (r"\033\[\?(15|25|26|53|55|56|996)n",
                       r"\033\[\?(13|20|27;1;0;0|50|57;0|997;[12])n",
                       "15: ? 13, 25: ? 20, 26: ? 27 ; 1 ; 0 ; 0, 53 and 55: ? 50, 56: ? 57 ; 0, "
                       "996: ? 997 ; 1"),
    "DECREQTPARM: CSI n x": (r"\033\[[01]?x", r"\033\[[23];1;1;128;128;1;0x",
                             "CSI 2 ; 1 ; 1 ; 128 ; 128 ; 1 ; 0 x, or 3"),
    "DECRQM: CSI ? n $ p": (r"\033\[\??\d+\$p", r"\033\[\??\d+;[012]\$y", "1 or 2"),
    "DECRQSS: DCS $ q x ST": (r"\033P\d*\$q.*\033\\",
                              r"\033P(1\$r(0[;:\d]*m|\d+;\d+r|\d q|62;1\"p)|0\$r)\033\\",
                              "m, r, SP q and \" p"),
    "XTGETTCAP: DCS + q x ST": (r"\033P\d*\+q.*\033\\",
                                r"(\033P1\+r[\da-fA-F]+(=[\da-f]+)?\033\\|\033P0\+r\033\\)+",
                                "TN, Co, colors, RGB, Tc, Su, Smulx, Setulc, smxx, rmxx, Ss, Se"),
    "XTVERSION: CSI > q": (r"\033\[>0?q", r"\033P>\|tether\033\\", "DCS > | tether ST"),
    "XTQMODKEYS: CSI ? 4 m": (r"\033\[\?4m", r"\033\[>4;[012]m", "CSI > 4 ; n m"),
    "kitty: CSI ? u": (r"\033\[\?\d*u", r"\033\[\?\d+u", "CSI ? n u"),
    "XTWINOPS: CSI 18 t": (r"\033\[18t", rf"\033\[8;{ROWS};{COLS}t", "CSI 8 ; rows ; columns t"),
    "OSC 4, 10, 11, 12 with ?": (r"\033\](4;\d+|1[012])(;[^;]+)*;\?\007",
                                 r"\033\](4;\d+|1[012]);rgb(:|/[\da-f]{4}|(?<=:)[\da-f]{4})+\033\\",
                                 "16 to 255"),
}


def manual():
    """The list's entries: heading and text."""
    page = MANUAL.read_text()
    part = page[page.index("Besides keys, pastes"):]
    part = part[part.index(".Bl"):part.index("\n.El")]
    for escape, plain in ((r"\&", ""), (r"\(dq", '"'), ("Oo ? Oc", "?"), ("\n.Cm ", " ")):
        part = part.replace(escape, plain)
    entries = [entry.split("\n", 1) for entry in part.split("\n.It ")[1:]]
    return {heading: text.replace("\n", " ") for heading, text in entries}


def test_the_manual_has_them_all():
    assert list(manual()) == list(ENTRIES)


@pytest.mark.parametrize("heading", ENTRIES)
def test_the_manual_spells_the_answer(heading):
    assert ENTRIES[heading][2] in manual()[heading]


NUMBERS = ["", *range(70), 996, 997, 1000, 1004, 1006, 1016, 1048, 1049, 2004, 2026, 2027, 9999]
CAPABILITIES = ["544e", "436F", "4d73", "5375", "zz"]


def questions():
    """All short sequences that could be one, in groups of groups that have much in common."""
    finals = [chr(c) for c in range(0x40, 0x7f)]
    yield [[chr(c) for c in range(0x20) if c not in b"\x18\x1a\x1b"] + ["\x7f", "\033\033\x18"]]
    for between in ["", *(chr(c) for c in range(0x20, 0x30))]:
        yield [[f"\033{between}{chr(c)}\x18" for c in range(0x30, 0x7f)]]
        for prefix in ("", "?", ">", "=", "<"):
            yield [[f"\033[{prefix}{n}{between}{final}" for n in NUMBERS] for final in finals]
        yield [[f"\033P{n}{between}{final}{text}{ST}" for n in ("", 0, 1)
                for text in ("", "m", "r", "x", *CAPABILITIES)] for final in finals]
    for end in ("?", "c;?", "1;?", "255;?", "256;?", "x"):
        yield [[f"\033]{n};{end}\a" for n in (*range(140), 633, 777, 1337, 7777)]]
    yield [[f"\033{kind}{text}{ST}" for kind in "_^X" for text in ("", "?", "Gi=1,a=q;AAAA", "q")]]


def answer(emulator, *texts):
    emulator.feed("".join(texts).encode("latin-1"))
    return emulator.replies.decode("latin-1")


def answered(emulator):
    """The questions that are answered, with what."""
    for groups in questions():
        if not answer(emulator, *(question for group in groups for question in group)):
            continue
        for group in groups:
            if answer(emulator, *group):
                told = ((question, answer(emulator, question)) for question in group)
                yield from ((question, text) for question, text in told if text)


def entry_of(question, told):
    return [heading for heading, (asks, tells, _) in ENTRIES.items()
            if re.fullmatch(asks, question, re.S) and re.fullmatch(tells, told, re.S)]


def test_nothing_else_is_ever_told():
    heard = set()
    with Ours(told=True) as emulator:
        for question, told in answered(emulator):
            heading = entry_of(question.removesuffix("\x18"), told)
            assert heading, f"{question!r} is answered by {told!r}"
            heard.update(heading)
    assert heard == set(ENTRIES)

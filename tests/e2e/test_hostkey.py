"""Host keys: what `ssh` and the program make of the same key, config, files and answers."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import pytest
from conftest import TETHER
from hostkey import ART, Case, Judges
from sshd import keygen

ACCEPT = ("StrictHostKeyChecking accept-new",)
YES = ("StrictHostKeyChecking yes",)
NO = ("StrictHostKeyChecking no",)
KNOWN = ".ssh/known_hosts"
NEW = "{n} {ed}\n"


# Where we mean to differ.

REVOKED_IS_REFUSED = "a revoked key is never accepted"
UNREAD_IS_REFUSED = "a file that cannot be read is not taken for empty"
KNOWN_FIRST = "known types are asked for first, whatever the list: ssh finds another key and gives up"
SAME_TYPE = "of several offending keys we name the one of the type shown"
MAKES_FOLDER = "the folder of the file is made"
TAB = "a tab ends a marker, as sshd(8) has it"
UNKNOWN_IS_KEY = "a key of a kind that is not known here is a key"


def refused(reason, why):
    return {"accepted": (False, why), "reason": (reason, why)}


# An unknown host.

ASKED = [
    Case("new", answers=("yes",)),
    Case("new, YES and blanks", answers=("  YES  ",)),
    Case("new, no", answers=("no",)),
    Case("new, nothing", answers=("",)),
    Case("new, blanks", answers=("   ",)),
    Case("new, other words first", answers=("y", "sure", "yes")),
    Case("new, other words, then no", answers=("maybe", "NO")),
    Case("new, ^C", differs={"reason": ("unknown", "ssh says nothing of having been given up")}),
    Case("new, the fingerprint", answers=("{print}",)),
    Case("new, the fingerprint and blanks", answers=(" {print} ",)),
    Case("new, the fingerprint without its hash", answers=("{print}x", "no")),
    Case("new, the MD5 fingerprint", answers=("{md5}", "no")),
    Case("new, MD5 asked for", config=("FingerprintHash md5",), answers=("{md5}",)),
    Case("new, MD5 asked for, SHA256 given", config=("FingerprintHash md5",),
         answers=("{print}", "no")),
    Case("new, an empty file", known="", answers=("yes",)),
    Case("new, others in the file", known="# mine\nweb2 {ed2}\n\n", answers=("yes",)),
    Case("new, a last line without its newline", known="web2 {ed2}", answers=("yes",),
         differs={"files": ({KNOWN: "web2 {ed2}\n" + NEW}, "ssh 9.2 makes one line of the two")}),
    Case("new, hashed", config=("HashKnownHosts yes",), answers=("yes",)),
    Case("new, the same key elsewhere", known="web2 {ed}\n{h:web3} {ed}\n", answers=("yes",)),
    Case("new, batch", config=("BatchMode yes",)),
    Case("new, its picture", config=("VisualHostKey yes",), answers=("yes",)),
    Case("new, its MD5 picture", config=("VisualHostKey yes", "FingerprintHash md5"),
         answers=("yes",)),
]

STRICT = [
    Case("new, strict", config=YES),
    Case("new, accept-new", config=ACCEPT),
    Case("new, no", config=NO),
    Case("new, off", config=("StrictHostKeyChecking off",)),
    Case("new, accept-new, hashed", config=(*ACCEPT, "HashKnownHosts yes")),
    Case("new, accept-new, batch", config=(*ACCEPT, "BatchMode yes")),
    Case("known", known=NEW),
    Case("known, strict", known=NEW, config=YES),
    Case("known, accept-new", known=NEW, config=ACCEPT),
    Case("known, batch", known=NEW, config=("BatchMode yes",)),
    Case("known, its picture", known=NEW, config=("VisualHostKey yes",)),
    Case("known by one of several types", known="{n} {rsa}\n"),
    Case("known by all types", known="{n} {rsa}\n{n} {ec}\n{n} {ed}\n", config=YES),
    Case("known, another of the type before", known="{n} {ed2}\n{n} {ed}\n", config=YES),
    Case("known, another of the type behind", known="{n} {ed}\n{n} {ed2}\n", config=YES),
    Case("known, another type changed", known="{n} {rsa2}\n{n} {ed}\n", config=YES),
]

# Another key than the known one.

CHANGED = [
    Case("changed", known="{n} {ed2}\n", answers=("yes",)),
    Case("changed, strict", known="{n} {ed2}\n", config=YES),
    Case("changed, accept-new", known="{n} {ed2}\n", config=ACCEPT),
    Case("changed, no", known="{n} {ed2}\n", config=NO),
    Case("changed, in line 4", known="# mine\n\nweb2 {ed}\n{n} {ed2}\n"),
    Case("changed, hashed", known="{h:%s} {ed2}\n" % "{n}"),
    Case("changed, by a pattern", known="[127.0.0.*]:* {ed2}\n"),
    Case("changed, all types", known="{n} {rsa2}\n{n} {ec2}\n{n} {ed2}\n"),
    Case("another type only", known="{n} {rsa2}\n", config=("HostKeyAlgorithms ssh-ed25519",)),
    Case("another type only, accept-new", known="{n} {rsa}\n",
         config=("HostKeyAlgorithms ssh-ed25519", *ACCEPT)),
    Case("another type only, no", known="{n} {rsa}\n",
         config=("HostKeyAlgorithms ssh-ed25519", *NO)),
    Case("changed, and another type behind", known="{n} {ed2}\n{n} {rsa2}\n",
         config=("HostKeyAlgorithms ssh-ed25519",),
         differs={"place": (f"{KNOWN}:1", SAME_TYPE)}),
]

# The format of the file, by way of a name of our own choice.

ALIAS = ("HostKeyAlias pool", "StrictHostKeyChecking yes")
SECURITY_KEY = ("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIA"
                "ABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAAAABHNzaDo=\n")


def written_so(name, known, **differs):
    return Case(f"a line: {name}", known=known, config=ALIAS, differs=differs)


FORMAT = [
    written_so("CRLF", "pool {ed}\r\n"),
    written_so("no newline", "pool {ed}"),
    written_so("blanks and tabs", " \t pool \t {ed}\n"),
    written_so("a comment behind", "pool {ed} me@here # there\r\n"),
    written_so("commented out", "#pool {ed}\n"),
    written_so("upper case", "POOL {ed}\n"),
    written_so("several names", "a,pool,b {ed}\n"),
    written_so("several names, one another", "a,pools,b {ed}\n"),
    written_so("a star", "p* {ed}\n"),
    written_so("a question mark", "p??l {ed}\n"),
    written_so("one question mark too few", "p?l {ed}\n"),
    written_so("ruled out", "*,!pool {ed}\n"),
    written_so("ruled out first", "!p*,* {ed}\n"),
    written_so("another ruled out", "!web*,* {ed}\n"),
    written_so("only ruled out", "!web {ed}\n"),
    written_so("ruled out on one line only", "!pool,* {ed2}\npool {ed}\n"),
    written_so("a dot behind", "pool. {ed}\n"),
    written_so("a port", "[pool]:22 {ed}\n"),
    written_so("hashed", "{h:pool} {ed}\n"),
    written_so("hashed, another", "{h:web2} {ed}\n"),
    written_so("hashed, ruined", "|1|x|y {ed}\n|1|| {ed}\n|2|a|b {ed}\n"),
    written_so("hashed, with a name behind", "{h:pool},web2 {ed}\n"),
    written_so("a byte order mark", "\ufeffpool {ed}\n"),
    written_so("a byte order mark on a comment", "\ufeff# mine\npool {ed}\n"),
    written_so("a NUL behind the key", "pool {ed}\0 more\n"),
    written_so("a NUL in the key", "pool ssh-ed25519 AAAA\0\npool {ed}\n"),
    written_so("junk", "pool\npool ssh-ed25519\npool ssh-ed25519 AAAA\npool junk junk\n"),
    written_so("junk before the key", "pool ssh-ed25519 A=A=\npool 1024 35 123\npool {ed}\n"),
    written_so("a name of the type that is none", "pool ecdsa-sha2-nistp256 {ed}\n"),
    written_so("a key of a kind of the future", "pool ssh-new@a AAAACXNzaC1uZXdAYQAAAAA=\n",
               reason=("changed", UNKNOWN_IS_KEY), place=(f"{KNOWN}:1", UNKNOWN_IS_KEY)),
    written_so("a certificate", "pool {cert}\n"),
    written_so("a certificate beside", "pool {cert}\npool {ed}\n"),
    written_so("a certificate that is revoked", "@revoked pool {cert}\npool {ed}\n"),
    written_so("a security key", "pool " + SECURITY_KEY),
    written_so("a security key beside", "pool " + SECURITY_KEY + "pool {ed}\n"),
    written_so("a giant line", "x," * 300000 + "pool {ed2}\npool {ed}\n"),
    written_so("a giant name", "x" * 2000 + ",pool {ed}\npool {ed}\n"),
    written_so("an unknown marker", "@trusted pool {ed}\n"),
    written_so("two markers", "@revoked @cert-authority pool {ed}\npool {ed}\n"),
    written_so("revoked, another key", "@revoked * {ed2}\npool {ed}\n"),
    written_so("revoked, another host", "@revoked *,!pool {ed}\npool {ed}\n"),
    written_so("revoked first", "@revoked * {ed}\npool {ed}\n"),
    written_so("revoked last", "pool {ed}\n@revoked pool {ed}\n"),
    written_so("revoked, hashed", "pool {ed}\n@revoked {h:pool} {ed}\n"),
    written_so("revoked, with a tab", "@revoked\tpool {ed}\npool {ed}\n",
               **refused("revoked", TAB)),
    written_so("a certificate authority", "@cert-authority * {ed2}\n"),
    written_so("the key as a certificate authority", "@cert-authority * {ed}\n"),
    written_so("a certificate authority beside", "@cert-authority * {ed2}\npool {ed}\n"),
]

MARKED = [
    Case("revoked, ask", known="@revoked * {ed}\n", answers=("yes",)),
    Case("revoked, accept-new", known="@revoked * {ed}\n", config=ACCEPT),
    Case("revoked, no", known="@revoked * {ed}\n", config=NO,
         differs=refused("revoked", REVOKED_IS_REFUSED)),
    Case("revoked for the name without its port", known="@revoked 127.0.0.1 {ed}\n", config=ACCEPT,
         differs={**refused("revoked", REVOKED_IS_REFUSED), "files": ({}, REVOKED_IS_REFUSED)}),
    Case("a certificate authority, ask", known="@cert-authority * {ed2}\n", answers=("yes",)),
]

# Which name.

NAMED = [
    Case("known without its port", known="127.0.0.1 {ed}\n", config=YES),
    Case("known without its port, hashed", known="{h:127.0.0.1} {ed}\n", config=YES),
    Case("changed without its port", known="127.0.0.1 {ed2}\n", answers=("yes",)),
    Case("changed without its port, accept-new", known="127.0.0.1 {ed2}\n", config=ACCEPT),
    Case("known on another port", known="[127.0.0.1]:2 {ed}\n", config=YES),
    Case("known without its port, changed with it", known="127.0.0.1 {ed}\n{n} {ed2}\n"),
    Case("an alias", known="pool {ed}\n", config=("HostKeyAlias pool", *YES)),
    Case("an alias, only the name is known", known=NEW, config=("HostKeyAlias pool", *YES)),
    Case("an alias, new", config=("HostKeyAlias pool", *ACCEPT)),
    Case("an alias, new, hashed", config=("HostKeyAlias pool", "HashKnownHosts yes", *ACCEPT)),
    Case("an alias in upper case", known="pool {ed}\n", config=("HostKeyAlias POOL", *YES)),
    Case("an alias in upper case, new", config=("HostKeyAlias Pool",), answers=("yes",)),
    Case("localhost trusted", known="{n} {ed2}\n",
         config=("NoHostAuthenticationForLocalhost yes", *YES)),
    Case("localhost trusted, new", config=("NoHostAuthenticationForLocalhost yes",)),
    Case("localhost trusted, but for an alias",
         config=("NoHostAuthenticationForLocalhost yes", "HostKeyAlias pool", *YES)),
    Case("the address of localhost is not checked", known=NEW, config=("CheckHostIP yes",)),
    Case("the address of localhost, new", config=("CheckHostIP yes", *ACCEPT)),
]

# Which files.

TWO = "UserKnownHostsFile ~/.ssh/known_hosts ~/.ssh/two"

FILES = [
    Case("known in the second file", files={".ssh/two": NEW}, config=(TWO, *YES)),
    Case("changed in the first, known in the second", known="{n} {ed2}\n",
         files={".ssh/two": NEW}, config=(TWO, *YES)),
    Case("known in the first, revoked in the second", known=NEW,
         files={".ssh/two": "@revoked * {ed}\n"}, config=(TWO, *YES)),
    Case("new goes to the first", files={".ssh/two": "web2 {ed2}\n"}, config=(TWO, *ACCEPT)),
    Case("known globally", files={".ssh/global": NEW}, config=YES),
    Case("changed globally", files={".ssh/global": "{n} {ed2}\n"}, config=ACCEPT),
    Case("changed globally, known by the user", known=NEW, files={".ssh/global": "{n} {ed2}\n"}),
    Case("revoked globally", known=NEW, files={".ssh/global": "@revoked {n} {ed}\n"}),
    Case("no global file", known=NEW, config=("GlobalKnownHostsFile none",)),
    Case("no file of the user, new", config=("UserKnownHostsFile none", *ACCEPT)),
    Case("no file of the user, ask", config=("UserKnownHostsFile none",)),
    Case("no file of the user, known globally", files={".ssh/global": NEW},
         config=("UserKnownHostsFile none",)),
    Case("no file at all", config=("UserKnownHostsFile none", "GlobalKnownHostsFile none", *NO)),
    Case("/dev/null", config=("UserKnownHostsFile /dev/null", *ACCEPT)),
    Case("/dev/null, ask", config=("UserKnownHostsFile /dev/null",), answers=("yes",)),
    Case("a name with a token", config=("UserKnownHostsFile ~/.ssh/known-%p-%h", *ACCEPT),
         files={".ssh/known-{port}": ""}),
    Case("a folder that is not there", config=("UserKnownHostsFile ~/no/known_hosts", *ACCEPT),
         differs={"files": ({"no/known_hosts": NEW}, MAKES_FOLDER)}),
    Case("a folder that is a file", config=("UserKnownHostsFile ~/.ssh/config/known", *ACCEPT)),
    Case("a file that nobody can make", config=("UserKnownHostsFile /proc/known_hosts", *ACCEPT)),
    Case("a file that is a folder", files={".ssh/known_hosts/": ""}, config=ACCEPT,
         differs=refused("unread", UNREAD_IS_REFUSED)),
    Case("a global file that is a folder", known=NEW, files={".ssh/global/": ""},
         differs=refused("unread", UNREAD_IS_REFUSED)),
]

# Keys that are revoked elsewhere, or too small, or not asked for.

REVOKED = "RevokedHostKeys {home}/.ssh/revoked"


def revoked(name, text, **more):
    files = {} if text is None else {".ssh/revoked": text}
    return Case(f"RevokedHostKeys: {name}", known=NEW, files=files, config=(REVOKED, *NO), **more)


OTHER = [
    revoked("others", "# lost\n{ed2} a comment\n{rsa2}\n"),
    revoked("this one", "{ed2}\n{ed} a comment\n"),
    revoked("this one, CRLF", "\n  {ed}\r\n"),
    revoked("a certificate of this one", "{cert}\n"),
    revoked("another of its own", "{rsa}\n"),
    revoked("none there", None),
    revoked("empty", ""),
    revoked("junk", "junk\n"),
    revoked("junk before it", "{ed2}\njunk\n{ed}\n"),
    Case("RevokedHostKeys: none", known=NEW, config=("RevokedHostKeys none",)),
    Case("RevokedHostKeys: of a trusted localhost", files={".ssh/revoked": "{ed}\n"},
         config=(REVOKED, "NoHostAuthenticationForLocalhost yes")),
    Case("RSA, large enough", known="{n} {rsa}\n",
         config=("HostKeyAlgorithms rsa-sha2-512", "RequiredRSASize 2048")),
    Case("RSA, too small", known="{n} {rsa}\n",
         config=("HostKeyAlgorithms rsa-sha2-512", "RequiredRSASize 2049", *NO)),
    Case("too small for RSA, but it is another", known=NEW, config=("RequiredRSASize 8192",)),
    Case("an algorithm of choice", config=("HostKeyAlgorithms ecdsa-sha2-nistp256", *ACCEPT)),
    Case("an algorithm that is not there", config=("HostKeyAlgorithms ecdsa-sha2-nistp521", *NO)),
    Case("an own order, the first is known", known="{n} {rsa}\n", config=(
        "HostKeyAlgorithms rsa-sha2-512,ssh-ed25519", *YES)),
    Case("an own order, the last is known", known="{n} {rsa}\n", config=(
        "HostKeyAlgorithms ssh-ed25519,rsa-sha2-512", *YES),
        differs={"accepted": (True, KNOWN_FIRST), "reason": ("", KNOWN_FIRST),
                 "place": ("", KNOWN_FIRST)}),
    Case("without some", known="{n} {rsa}\n", config=("HostKeyAlgorithms -ssh-ed25519", *YES)),
    Case("with more", known="{n} {rsa}\n", config=("HostKeyAlgorithms +ssh-rsa", *YES)),
]

CASES = [*ASKED, *STRICT, *CHANGED, *FORMAT, *MARKED, *NAMED, *FILES, *OTHER]


@pytest.fixture(scope="module")
def judges(request):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="t-", dir="/tmp"))
    folder.chmod(0o755)
    reports = folder / "reports"
    reports.mkdir()
    options = {"ASAN_OPTIONS": f"log_path={reports}/report:exitcode=99",
               "UBSAN_OPTIONS": f"log_path={reports}/report:print_stacktrace=1"}
    judges = Judges(folder, os.path.abspath(TETHER), options)
    judges.run([item.callspec.params["case"] for item in request.session.items
                if item.module is request.module and hasattr(item, "callspec")
                and "case" in item.callspec.params])
    yield judges
    judges.close()
    said = [path.read_text() for path in reports.iterdir()]
    shutil.rmtree(folder, ignore_errors=True)
    assert not said, said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_as_ssh(judges, case):
    ssh, tether = judges.outcomes(case)
    found = judges.disagreements(case)
    if found:
        pytest.fail("\n".join([case.name, *found, "-- ssh:", ssh.said, "-- tether:", tether.said]),
                    pytrace=False)


@pytest.mark.parametrize("case", [case for case in CASES if "picture" in case.name],
                         ids=lambda case: case.name)
def test_the_picture_is_sshs(judges, case):
    ssh, tether = judges.outcomes(case)
    assert ART.search(ssh.said)[0] == ART.search(tether.said)[0]


# The question, on the screen.

def wait_question(term):
    term.wait_for(lambda: re.search(r"(\)\?|:) $", term.before_cursor())
                  and "answer" in term.status_line, what="a question")


def picture(key, *options):
    return subprocess.run(["ssh-keygen", "-lvf", f"{key}.pub", *options], capture_output=True,
                          text=True, check=True).stdout.split("\n", 1)[1].strip()


def print_of(key):
    return subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], capture_output=True, text=True,
                          check=True).stdout.split()[1]


def joined(term):
    """The screen's rows as one text, however it was wrapped."""
    return "".join(line.ljust(term.screen.columns) for line in term.lines)


def test_the_question_fits_a_usual_screen(lab):
    host = lab.host(trust=False)
    lab.home.known_hosts.write_text(f"web7,10.0.0.7 {host.known_hosts_line().split(' ', 1)[1]}")
    term = lab.tether("web1")
    wait_question(term)
    assert picture(host.host_key) in "\n".join(term.lines)
    for part in ("other names:", "known_hosts:1: web7,10.0.0.7", f"web1 ([127.0.0.1]:{host.port})",
                 f"ED25519 key is {print_of(host.host_key)}.", "(yes/no/[fingerprint])? "):
        assert part in joined(term), term.picture()
    term.send("\x1b[200~" + print_of(host.host_key) + "\x1b[201~\r")
    term.wait_prompt()


def test_the_question_fits_a_small_screen(lab):
    """However much else there is to tell, what is asked stays in sight."""
    host = lab.host(trust=False)
    key = host.known_hosts_line().split(" ", 1)[1]
    lab.home.known_hosts.write_text("".join(f"{'x' * 90}{i} {key}" for i in range(20)))
    term = lab.tether("web1", rows=10, cols=40)
    wait_question(term)
    expect_asked = ("web1 (", "is not a known", print_of(host.host_key), "fingerpri")
    assert all(part in joined(term) for part in expect_asked), term.picture()
    term.send("what?\r")
    term.wait_for(lambda: "Please type" in joined(term), what="the question again")
    wait_question(term)
    assert all(part in joined(term) for part in expect_asked), term.picture()
    term.send(print_of(host.host_key))
    term.wait_for(lambda: joined(term).count(print_of(host.host_key)) == 2, what="the answer")
    term.send("\r")
    term.wait_prompt()
    assert len(lab.home.known_hosts.read_text().splitlines()) == 21


def test_the_picture_of_a_known_key(lab):
    host = lab.host(client=["VisualHostKey yes"])
    term = lab.enter(rows=30)
    assert picture(host.host_key) in "\n".join(term.lines)
    assert print_of(host.host_key) in joined(term)


# What the error says to do.

@pytest.mark.parametrize("hashed", [False, True])
def test_the_command_of_the_error_helps(lab, hashed):
    host = lab.host(trust=False, client=["UserKnownHostsFile \"~/.ssh/it's mine\"",
                                         "StrictHostKeyChecking accept-new"])
    known = lab.home.path / ".ssh/it's mine"
    other = host.known_hosts_line(key=lab.home.key)
    known.write_text("# mine\nweb2 " + other.split(" ", 1)[1] + other)
    if hashed:
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", known], capture_output=True, check=True)
    term = lab.tether("web1", "true", cols=600)
    assert term.wait_exit() == 255
    said = re.search(r"KEY HAS CHANGED.*/it's mine:3 has another, ED25519\..*(ssh-keygen .*)$",
                     term.text, re.M)
    subprocess.run(["sh", "-c", said[1]], env=lab.env(), check=True, capture_output=True)
    assert lab.tether("web1", "true").wait_exit() == 0
    assert len(known.read_text().splitlines()) == 3
    assert other.split()[2] in known.read_text() and host.known_hosts_line().split()[2] in \
        known.read_text()


def test_a_key_that_changed_before_the_login_again(lab):
    """What there is no room for in the status line stands on the page."""
    relay = lab.relay("slow", lab.host())
    term = lab.enter("slow")
    other = lab.home.key.with_suffix(".pub").read_text()
    lab.home.known_hosts.write_text(f"\n[127.0.0.1]:{relay.port} {other}")
    relay.cut()
    term.wait_for(re.compile("Enter connec", re.I))
    term.send("\r")
    term.wait_for("KEY HAS CHANGED")
    term.wait_for(lambda: "known_hosts:2 has another" in joined(term)
                  and f"-R '[127.0.0.1]:{relay.port}'" in joined(term), what="what to do")


# What has no counterpart in ssh, or no place in the table.

def test_a_host_certificate_is_not_believed(lab):
    """Where ssh is content with the authority, the person is asked, and told why."""
    authority = keygen(lab.folder / "authority")
    host = lab.host(trust=False, options=[f"HostCertificate {lab.folder}/web1/host_key-cert.pub"])
    subprocess.run(["ssh-keygen", "-q", "-s", authority, "-I", "web1", "-h", "-n",
                    "127.0.0.1", f"{host.host_key}.pub"], check=True)
    host.stop()
    host.start()
    lab.home.known_hosts.write_text("@cert-authority * " + pathlib.Path(
        f"{authority}.pub").read_text())
    ssh = subprocess.run(["ssh", "-o", "BatchMode=yes", "web1", "echo in"], env=lab.env(),
                         capture_output=True, text=True)
    assert ssh.stdout == "in\n"
    term = lab.tether("web1", "echo in")
    term.wait_for("(yes/no/[fingerprint])?")
    assert "known_hosts:1 has a @cert-authority for it" in joined(term)
    assert "host certificates are not supported" in joined(term)
    term.send("yes\r")
    assert term.wait_exit() == 0 and "in" in term.lines


def test_a_revocation_list(lab):
    host = lab.host(client=[f"RevokedHostKeys {lab.folder}/krl"])
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", lab.folder / "krl", f"{lab.home.key}.pub"],
                   check=True)
    assert lab.tether("web1", "true").wait_exit() == 0
    subprocess.run(["ssh-keygen", "-q", "-k", "-u", "-f", lab.folder / "krl",
                    f"{host.host_key}.pub"], check=True)
    term = lab.tether("web1", "true")
    assert term.wait_exit() == 255
    assert re.search(r"IS REVOKED by \S+/krl", joined(term))


def test_many_writers_lose_nothing(lab):
    """Beside `ssh`, which takes no lock, in one file that is not there yet."""
    lab.host(trust=False, client=["StrictHostKeyChecking accept-new", "BatchMode yes"])
    names = [f"host{i}" for i in range(24)]
    programs = [subprocess.Popen(
        [os.path.abspath(TETHER) if i % 2 else "ssh", "-o", f"HostKeyAlias={name}",
         "-o", f"HashKnownHosts={'yes' if i % 3 else 'no'}", "web1", "true"],
        env=lab.env(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        for i, name in enumerate(names)]
    for program in programs:
        _, said = program.communicate(timeout=120)
        assert program.returncode == 0, said
    lines = lab.home.known_hosts.read_text().splitlines()
    assert len(lines) == len(names)
    assert all(re.fullmatch(r"\S+ ssh-ed25519 \S+", line) for line in lines)
    for name in names:
        subprocess.run(["ssh-keygen", "-F", name, "-f", lab.home.known_hosts], check=True,
                       stdout=subprocess.DEVNULL)

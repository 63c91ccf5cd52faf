"""Keys, agents, passwords and questions mean here what they mean to `ssh`: the same cases
through both (compare.py)."""

import pytest
from compare import Case
from doors import PASSWORD, Host
from keyring import PASSPHRASE

NOBODY = {"web1": Host(authorized=())}
ASKS = ("PasswordAuthentication yes",)
KBDINT = ("KbdInteractiveAuthentication yes",)
RIGHT, OPEN = PASSWORD + "\r", PASSPHRASE + "\r"


UNOFFERED = "what cannot prove anything, for want of the private half or of an answer, is not tried"
PRIVATE = "the private half is what counts: it signs at once"
ORDER = "the agent's keys are offered in the config's order"
CHANGE = "libssh knows no answer to a password but yes and no (ssh hangs up as its terminal does)"


def unoffered(*tries):
    """What tether tries on web1 all the same."""
    return {"tries": ({"web1": [list(tries)]}, UNOFFERED)}


def host(*authorized, options=(), **more):
    return {"web1": Host(authorized=authorized, options=tuple(options), **more)}


def one_key(kind, file="id_ed25519"):
    """A key of this kind, in the usual place for it."""
    return Case(f"key {kind}", keys=(f"{file}={kind}",), hosts=host(kind),
                ended="denied" if kind == "dsa" else "")


def locked(kind, file="id_ed25519"):
    return Case(f"locked key {kind}", keys=(f"{file}={kind}",), hosts=host(kind), answers=(OPEN,))


def chosen(*files):
    return tuple(f"IdentityFile ~/.ssh/{file}" for file in files)


KINDS = [
    one_key("main"), one_key("rsa", "id_rsa"), one_key("rsa-pem", "id_rsa"),
    one_key("rsa-pkcs8", "id_rsa"), one_key("ecdsa", "id_ecdsa"),
    one_key("ecdsa-384", "id_ecdsa"), one_key("ecdsa-521", "id_ecdsa"),
    one_key("ecdsa-pem", "id_ecdsa"), one_key("ecdsa-pkcs8", "id_ecdsa"),
    one_key("rsa-short", "id_rsa"), one_key("dsa", "id_dsa"),
    locked("locked"), locked("locked-rsa", "id_rsa"), locked("locked-ecdsa", "id_ecdsa"),
    locked("locked-pem", "id_rsa"), locked("locked-pkcs8", "id_ecdsa"),
    locked("locked-gcm"), locked("locked-chacha"),
]

FILES = [
    Case("no key at all", keys=(), ended="denied"),
    Case("a key that the host does not know", hosts=NOBODY, ended="denied"),
    Case("all usual names", keys=("id_rsa=rsa", "id_ecdsa=ecdsa", "id_ed25519=one"), hosts=NOBODY,
         ended="denied"),
    Case("usual names, the last is right",
         keys=("id_rsa=rsa", "id_ecdsa=ecdsa", "id_ed25519=main")),
    Case("several, in the config's order", keys=("a=one", "b=two", "c=main"),
         client=chosen("a", "b", "c")),
    Case("several by -i", ("-i", "{home}/.ssh/b", "-i", "{home}/.ssh/a", "web1", "true"),
         keys=("a=main", "b=two")),
    Case("-i goes before the config's", ("-i", "{home}/.ssh/b", "web1", "true"),
         keys=("a=one", "b=two"), client=chosen("a"), hosts=NOBODY, ended="denied"),
    Case("-i with a tilde", ("-i", "~/.ssh/b", "web1", "true"), keys=("b=main",)),
    Case("-i with a token", ("-i", "%d/.ssh/%n", "web1", "true"), keys=("web1=main",),
         ended="denied"),
    Case("-i of nothing", ("-i", "{home}/absent", "web1", "true")),
    Case("-i of nothing, and no other key", ("-i", "{home}/absent", "web1", "true"), keys=(),
         ended="denied"),
    Case("-i of a folder", ("-i", "{home}", "web1", "true"), ended="denied"),
    Case("-i of the public half", ("-i", "{home}/.ssh/a.pub", "web1", "true"), keys=("a=main",),
         ended="denied", differs=unoffered()),
    Case("IdentityFile none", client=("IdentityFile none",), ended="denied"),
    Case("IdentityFile twice the same", keys=("a=one",), client=chosen("a", "a"), hosts=NOBODY,
         ended="denied"),
    Case("two files with the same key", keys=("a=one", "b=one"), client=chosen("a", "b"),
         hosts=NOBODY, ended="denied",
         differs={
             "tries": ({"web1": [["publickey one: failed"]]}, "a key is offered once")}),
    Case("others may read it", keys=("id_ed25519=main 644",), ended="denied", differs=unoffered()),
    Case("the group may read it", keys=("id_ed25519=main 640",), ended="denied",
         differs=unoffered()),
    Case("read only", keys=("id_ed25519=main 400",)),
    Case("others may read one of two", keys=("a=main 644", "b=two"), client=chosen("a", "b"),
         hosts=host("main", "two"), differs=unoffered("publickey two: accepted")),
    Case("no public half", keys=("id_ed25519=main",), modes={".ssh/id_ed25519.pub": None}),
    Case("no public half, PEM", keys=("id_rsa=rsa-pem",), modes={".ssh/id_rsa.pub": None},
         hosts=host("rsa-pem")),
    Case("no public half, locked", keys=("id_ed25519=locked",), hosts=host("locked"),
         modes={".ssh/id_ed25519.pub": None}, answers=(OPEN,)),
    Case("no public half, locked PEM", keys=("id_rsa=locked-pem",), hosts=host("locked-pem"),
         modes={".ssh/id_rsa.pub": None}, answers=(OPEN,)),
    Case("no public half, locked, unknown to the host", keys=("id_ed25519=locked",), hosts=NOBODY,
         modes={".ssh/id_ed25519.pub": None}, answers=(OPEN,), ended="denied"),
    Case("the public half alone", keys=("id_ed25519.pub=main.pub",), ended="denied",
         differs=unoffered()),
    Case("a wrong public half", keys=("id_ed25519=main", "id_ed25519.pub=one.pub"), ended="denied",
         differs={
             "status": (0, PRIVATE), "stdout": (b"in\n", PRIVATE), "ended": ("", PRIVATE),
             "silent": (True, PRIVATE),
             "tries": ({"web1": [["publickey main: accepted"]]}, PRIVATE),
             "requests": ({"web1": [["env", "exec"]]}, PRIVATE)}),
    Case("a wrong public half that the host knows",
         keys=("id_ed25519=one", "id_ed25519.pub=main.pub"),
         ended="denied", differs={"tries": ({"web1": [["publickey one: failed"]]}, PRIVATE)}),
    Case("a public half that is garbage", files={".ssh/id_ed25519.pub": "garbage\n"}),
    Case("an empty key", files={".ssh/id_ed25519": ""}, modes={".ssh/id_ed25519": 0o600},
         ended="denied", differs=unoffered()),
    Case("a key that is garbage", files={".ssh/id_ed25519": "garbage\n"},
         modes={".ssh/id_ed25519": 0o600}, ended="denied", differs=unoffered()),
    Case("a garbage key and a good one", keys=("b=main",), client=chosen("a", "b"),
         files={".ssh/a": "garbage\n"}, modes={".ssh/a": 0o600}),
    Case("many keys against MaxAuthTries", keys=("a=one", "b=two", "c=three", "d=main"),
         client=chosen("a", "b", "c", "d"), hosts=host("main", options=["MaxAuthTries 3"]),
         ended="too many"),
    Case("the last key that MaxAuthTries allows", keys=("a=one", "b=two", "c=main"),
         client=chosen("a", "b", "c"), hosts=host("main", options=["MaxAuthTries 3"])),
    Case("PubkeyAuthentication no", client=("PubkeyAuthentication no",), ended="denied"),
    Case("PubkeyAuthentication unbound", client=("PubkeyAuthentication unbound",)),
    Case("PubkeyAcceptedAlgorithms leave it out", client=("PubkeyAcceptedAlgorithms rsa-sha2-512",),
         ended="denied"),
    Case("PubkeyAcceptedAlgorithms leave one of two out", keys=("id_rsa=rsa", "id_ed25519=main"),
         client=("PubkeyAcceptedAlgorithms ssh-ed25519",), hosts=host("rsa", "main")),
    Case("PubkeyAcceptedAlgorithms choose SHA-256", keys=("id_rsa=rsa",), hosts=host("rsa"),
         client=("PubkeyAcceptedAlgorithms rsa-sha2-256",)),
    Case("the host takes no such keys", keys=("id_rsa=rsa", "id_ed25519=main"),
         hosts=host("rsa", "main", options=["PubkeyAcceptedAlgorithms rsa-sha2-256,rsa-sha2-512"])),
    Case("the host takes no keys at all", hosts=host("main", options=["PubkeyAuthentication no"]),
         ended="denied"),
    Case("the host takes RSA with SHA-1 alone", keys=("id_rsa=rsa",),
         hosts=host("rsa", options=["PubkeyAcceptedAlgorithms ssh-rsa"]), ended="denied"),
    Case("PreferredAuthentications without keys", client=("PreferredAuthentications password",),
         ended="denied"),
    Case("PreferredAuthentications of nothing known", client=("PreferredAuthentications magic",),
         ended="denied"),
    Case("BatchMode and a locked key", keys=("id_ed25519=locked",), hosts=host("locked"),
         client=("BatchMode yes",), answers=(OPEN,), ended="denied", differs=unoffered()),
    Case("a locked key without a terminal", keys=("id_ed25519=locked",), hosts=host("locked"),
         ended="denied", differs=unoffered()),
    Case("a locked key without a terminal, then another", keys=("a=locked", "b=main"),
         client=chosen("a", "b"), hosts=host("locked", "main"),
         differs=unoffered("publickey main: accepted")),
]

PASSPHRASES = [
    Case("right at once", keys=("id_ed25519=locked",), hosts=host("locked"), answers=(OPEN,)),
    Case("right the second time", keys=("id_ed25519=locked",), hosts=host("locked"),
         answers=("wrong\r", OPEN)),
    Case("right the third time", keys=("id_ed25519=locked",), hosts=host("locked"),
         answers=("wrong\r", "wrong\r", OPEN)),
    Case("never right", keys=("id_ed25519=locked",), hosts=host("locked"),
         answers=("wrong\r",) * 3, ended="denied"),
    Case("NumberOfPasswordPrompts counts passphrases", keys=("id_ed25519=locked",),
         hosts=host("locked"), client=("NumberOfPasswordPrompts 1",), answers=("wrong\r",) * 3,
         ended="denied"),
    Case("empty passes it over", keys=("a=locked", "b=main"), client=chosen("a", "b"),
         hosts=host("locked", "main"), answers=("\r",)),
    Case("empty, and no other key", keys=("id_ed25519=locked",), hosts=host("locked"),
         answers=("\r",), ended="denied"),
    Case("hung up", keys=("id_ed25519=locked",), hosts=host("locked"), answers=()),
    Case("ctrl-c", keys=("id_ed25519=locked",), hosts=host("locked"), answers=("\x03",)),
    Case("two locked keys, the first unknown to the host", keys=("a=locked-other", "b=locked"),
         client=chosen("a", "b"), hosts=host("locked"), answers=(OPEN,)),
    Case("two locked keys, the first unlocked", keys=("a=locked-other", "b=locked"),
         client=chosen("a", "b"), hosts=host("locked", "locked-other"), answers=("\r", OPEN)),
    Case("a plain key behind a locked one", keys=("a=locked", "b=main"), client=chosen("a", "b"),
         hosts=host("locked", "main"), answers=(OPEN,)),
    Case("a plain key before a locked one", keys=("a=main", "b=locked"), client=chosen("a", "b"),
         hosts=host("locked", "main"), answers=()),
    Case("input is data, not the passphrase", ("web1", "cat"), keys=("id_ed25519=locked",),
         hosts=host("locked"), stdin=b"data", answers=(OPEN,)),
]

AGENTS = [
    Case("agent with the key", keys=(), agent=("main",)),
    Case("agent with several, the last is right", keys=(), agent=("one", "two", "main")),
    Case("agent with none of use", keys=(), agent=("one", "two"), ended="denied"),
    Case("agent that is empty", agent=()),
    Case("agent that is gone", agent=("dead",)),
    Case("agent that is locked", agent=("main", "locked")),
    Case("agent that is locked, and no key", keys=(), agent=("main", "locked"), ended="denied"),
    Case("agent and files: who comes first", keys=("id_ed25519=one", "id_ecdsa=ecdsa"),
         agent=("two", "three"), hosts=NOBODY, ended="denied"),
    Case("agent and files: one in both", keys=("id_ed25519=one", "id_ecdsa=ecdsa"),
         agent=("two", "one"), hosts=NOBODY, ended="denied"),
    Case("agent and chosen files", keys=("a=one", "b=two"), client=chosen("a", "b"),
         agent=("three", "two"), hosts=NOBODY, ended="denied"),
    Case("agent and chosen files, a file is right", keys=("a=one", "b=main"),
         client=chosen("a", "b"), agent=("three",)),
    Case("IdentitiesOnly with files", keys=("a=one",), agent=("two", "main"),
         client=(*chosen("a"), "IdentitiesOnly yes"), ended="denied"),
    Case("IdentitiesOnly, the public half chooses", keys=("a.pub=main.pub",), agent=("one", "main"),
         client=(*chosen("a"), "IdentitiesOnly yes")),
    Case("IdentitiesOnly, the public half's name chooses", keys=("a.pub=main.pub",),
         agent=("one", "main"), client=("IdentityFile ~/.ssh/a.pub", "IdentitiesOnly yes")),
    Case("IdentitiesOnly without IdentityFile", keys=("id_ed25519=one",), agent=("main", "one"),
         client=("IdentitiesOnly yes",), ended="denied"),
    Case("IdentitiesOnly keeps the config's order", keys=("a=one", "b=two"),
         agent=("two", "one", "three"), client=(*chosen("a", "b"), "IdentitiesOnly yes"),
         hosts=NOBODY, ended="denied",
         differs={
             "tries": ({"web1": [["publickey one: failed", "publickey two: failed"]]}, ORDER)}),
    Case("IdentitiesOnly and a locked key in the agent", keys=("a=locked",), agent=("one",),
         client=(*chosen("a"), "IdentitiesOnly yes"), hosts=host("locked"), answers=(OPEN,)),
    Case("IdentityAgent none", client=("IdentityAgent none",), keys=(), agent=("main",),
         ended="denied"),
    Case("IdentityAgent by path", client=("IdentityAgent {home}/../agent",), keys=(),
         agent=("main",), env={"SSH_AUTH_SOCK": "/nonexistent"}),
    Case("IdentityAgent by a variable", client=("IdentityAgent $MY_AGENT",), keys=(),
         agent=("main",), env={"SSH_AUTH_SOCK": "", "MY_AGENT": "{home}/../agent"}),
    Case("IdentityAgent SSH_AUTH_SOCK", client=("IdentityAgent SSH_AUTH_SOCK",), keys=(),
         agent=("main",)),
    Case("agent with an RSA key", keys=(), agent=("rsa",), hosts=host("rsa")),
    Case("agent with an ECDSA key", keys=(), agent=("ecdsa-521",), hosts=host("ecdsa-521")),
    Case("agent with an RSA key, SHA-256 alone", keys=(), agent=("rsa",),
         hosts=host("rsa", options=["PubkeyAcceptedAlgorithms rsa-sha2-256"]), ended="denied"),
    Case("agent with too many keys", keys=(), agent=("one", "two", "three", "four", "main"),
         hosts=host("main", options=["MaxAuthTries 3"]), ended="too many"),
    Case("PubkeyAuthentication no, with an agent", client=("PubkeyAuthentication no",),
         agent=("main",), ended="denied"),
    Case("AddKeysToAgent yes", client=("AddKeysToAgent yes",), agent=()),
    Case("AddKeysToAgent no", agent=()),
    Case("AddKeysToAgent of a key that is refused", client=("AddKeysToAgent yes",), agent=(),
         hosts=NOBODY, ended="denied"),
    Case("AddKeysToAgent of a locked key", client=("AddKeysToAgent yes",), agent=(),
         keys=("id_ed25519=locked",), hosts=host("locked"), answers=(OPEN,)),
    Case("AddKeysToAgent with a time", client=("AddKeysToAgent 1h",), agent=()),
]

PASSWORDS = [
    Case("password", keys=(), hosts=host(options=ASKS), answers=(RIGHT,)),
    Case("password, the third time", keys=(), hosts=host(options=ASKS),
         answers=("wrong\r", "\r", RIGHT)),
    Case("password, never", keys=(), hosts=host(options=ASKS), answers=("wrong\r",) * 3,
         ended="denied"),
    Case("password, an empty one", keys=(), hosts=host(options=ASKS), answers=("\r", RIGHT)),
    Case("password, one prompt", keys=(), hosts=host(options=ASKS),
         client=("NumberOfPasswordPrompts 1",), answers=("wrong\r",) * 3, ended="denied"),
    Case("password, five prompts", keys=(), hosts=host(options=ASKS),
         client=("NumberOfPasswordPrompts 5",), answers=("wrong\r",) * 4 + (RIGHT,)),
    Case("password, MaxAuthTries", keys=(), hosts=host(options=(*ASKS, "MaxAuthTries 2")),
         answers=("wrong\r",) * 3, ended="too many"),
    Case("password after a key", hosts=host(options=ASKS), answers=(RIGHT,)),
    Case("password after a locked key", keys=("id_ed25519=locked",),
         hosts=host("locked", options=ASKS), answers=("\r", RIGHT)),
    Case("password first by PreferredAuthentications", hosts=host("main", options=ASKS),
         client=("PreferredAuthentications password,publickey",), answers=("wrong\r",) * 3),
    Case("PasswordAuthentication no", keys=(), hosts=host(options=ASKS),
         client=("PasswordAuthentication no",), answers=(RIGHT,), ended="denied"),
    Case("password and BatchMode", keys=(), hosts=host(options=ASKS), client=("BatchMode yes",),
         answers=(RIGHT,), ended="denied"),
    Case("password without a terminal", keys=(), hosts=host(options=ASKS), ended="denied",
         differs=unoffered()),
    Case("password without a terminal is not read from the input", keys=(), stdin=RIGHT.encode(),
         hosts=host(options=ASKS), ended="denied", differs=unoffered()),
    Case("password, hung up", keys=(), hosts=host(options=ASKS), answers=()),
    Case("password of a user of a domain", ("CORP\\ann@web1", "echo $USER"), keys=(),
         hosts=host(options=ASKS), answers=(RIGHT,)),
    Case("password of an unknown user", ("nobody-here@web1", "echo $USER"), keys=(),
         hosts=host(options=ASKS), answers=(RIGHT,) * 3, ended="denied"),
    Case("password with data on the input", ("web1", "cat"), keys=(), stdin=b"data",
         hosts=host(options=ASKS), answers=(RIGHT,)),
    Case("keyboard-interactive that the host cannot do", keys=(),
         hosts=host(options=(*ASKS, *KBDINT)), answers=(RIGHT,)),
]

FACTORS = [
    Case("key, then password", hosts=host("main", options=(
        *ASKS, "AuthenticationMethods publickey,password")), answers=(RIGHT,)),
    Case("key, then a wrong password", hosts=host("main", options=(
        *ASKS, "AuthenticationMethods publickey,password")), answers=("wrong\r",) * 3,
         ended="denied"),
    Case("password, then key", hosts=host("main", options=(
        *ASKS, "AuthenticationMethods password,publickey")), answers=(RIGHT,)),
    Case("key, then password, without a terminal", hosts=host("main", options=(
        *ASKS, "AuthenticationMethods publickey,password")), ended="denied",
         differs=unoffered("publickey main: partial")),
    Case("two keys", keys=("a=main", "b=one"), client=chosen("a", "b"), hosts=host(
        "main", "one", options=("AuthenticationMethods publickey,publickey",))),
    Case("two keys are asked for, one is there", hosts=host(
        "main", "one", options=("AuthenticationMethods publickey,publickey",)), ended="denied"),
    Case("two keys in the agent", keys=(), agent=("main", "one"), hosts=host(
        "main", "one", options=("AuthenticationMethods publickey,publickey",))),
    Case("a key from a file and one from the agent", keys=("a=main",), client=chosen("a"),
         agent=("one",), hosts=host("main", "one", options=(
             "AuthenticationMethods publickey,publickey",))),
    Case("either way", hosts=host(options=(
        *ASKS, "AuthenticationMethods publickey,password password")), answers=(RIGHT,)),
    Case("none at all", keys=(), hosts=host(options=(
        "AuthenticationMethods none", "PermitEmptyPasswords yes")), ended="denied"),
]

CODE = ("factor\tkeyboard-interactive", "round\tLogin\tTake your token", "hidden\tCode: \t42")
TWICE = ("factor\tkeyboard-interactive", "round\t\t", "shown\tWho are you? \tann",
         "hidden\tCode: \t42", "round\tSecond\tround", "hidden\tPIN: \t1234")
NOTICE = ("factor\tkeyboard-interactive", "round\t\tA notice", "round\t\t", "hidden\tCode: \t42")


def script(*lines, **more):
    return {"web1": Host(kind="script", options=lines, **more)}


QUESTIONS = [
    Case("code", keys=(), hosts=script(*CODE), answers=("42\r",)),
    Case("code, the second time", keys=(), hosts=script(*CODE), answers=("1\r", "42\r")),
    Case("code, never", keys=(), hosts=script(*CODE), answers=("1\r",) * 3, ended="denied"),
    Case("code, empty", keys=(), hosts=script(*CODE), answers=("\r", "42\r")),
    Case("code, NumberOfPasswordPrompts", keys=(), hosts=script(*CODE), answers=("1\r",) * 3,
         client=("NumberOfPasswordPrompts 1",), ended="denied"),
    Case("code, hung up", keys=(), hosts=script(*CODE), answers=()),
    Case("code without a terminal", keys=(), hosts=script(*CODE), ended="denied",
         differs=unoffered()),
    Case("code in batch mode", keys=(), hosts=script(*CODE), client=("BatchMode yes",),
         answers=("42\r",), ended="denied"),
    Case("code, with data on the input", ("web1", "cat"), keys=(), hosts=script(*CODE),
         stdin=b"data", answers=("42\r",)),
    Case("two rounds of questions", keys=(), hosts=script(*TWICE),
         answers=("ann\r", "42\r", "1234\r")),
    Case("two rounds, the second is answered wrong", keys=(), hosts=script(*TWICE),
         answers=("ann\r", "42\r", "1\r", "ann\r", "42\r", "1234\r")),
    Case("a round without questions", keys=(), hosts=script(*NOTICE), answers=("42\r",)),
    Case("key, then code", hosts=script("factor\tpublickey", *CODE), answers=("42\r",)),
    Case("password, then code", keys=(), hosts=script("factor\tpassword\tsecret", *CODE),
         answers=("secret\r", "42\r")),
    Case("code, then password", keys=(), hosts=script(*CODE, "factor\tpassword\tsecret"),
         answers=("42\r", "secret\r")),
    Case("code before password", keys=(), hosts=script("also\tpassword", *CODE),
         answers=("42\r",)),
    Case("password before code by PreferredAuthentications", keys=(),
         client=("PreferredAuthentications password,keyboard-interactive",),
         hosts=script("also\tpassword", *CODE), answers=("x\r",) * 3 + ("42\r",)),
    Case("KbdInteractiveAuthentication no", keys=(), client=("KbdInteractiveAuthentication no",),
         hosts=script(*CODE), answers=("42\r",), ended="denied"),
    Case("a password is to be changed", keys=(), answers=("secret\r", "secret\r", "new\r", "new\r"),
         hosts=script("factor\tpassword\tsecret", "change\tTime for a new one"), differs={
             "status": (255, CHANGE), "ended": ("password expired", CHANGE),
             "asked": (["password"], CHANGE), "tries": ({"web1": [["password secret"]]}, CHANGE)}),
]

TRUST_CA = ("TrustedUserCAKeys {keys}/ca.pub",)

CERTIFICATES = [
    Case("certificate beside the key", keys=("id_ed25519=main", "id_ed25519-cert.pub=cert.pub"),
         hosts=host(options=TRUST_CA)),
    Case("certificate for another user",
         keys=("id_ed25519=main", "id_ed25519-cert.pub=cert-other.pub"),
         hosts=host(options=TRUST_CA), ended="denied"),
    Case("certificate for another user, the plain key will do",
         keys=("id_ed25519=main", "id_ed25519-cert.pub=cert-other.pub"),
         hosts=host("main", options=TRUST_CA)),
    Case("certificate that has expired",
         keys=("id_ed25519=main", "id_ed25519-cert.pub=cert-expired.pub"),
         hosts=host(options=TRUST_CA), ended="denied"),
    Case("certificate with a forced command",
         keys=("id_ed25519=main", "id_ed25519-cert.pub=cert-forced.pub"),
         hosts=host(options=TRUST_CA)),
    Case("CertificateFile", keys=("id_ed25519=main", "mine.pub=cert.pub"),
         client=("CertificateFile ~/.ssh/mine.pub",), hosts=host(options=TRUST_CA)),
    Case("CertificateFile that is not there", client=("CertificateFile ~/.ssh/absent.pub",),
         differs={"silent": (False, "what was chosen and is not used is told")}),
    Case("certificate of an RSA key", keys=("id_rsa=rsa", "id_rsa-cert.pub=cert-rsa.pub"),
         hosts=host(options=TRUST_CA)),
    Case("certificate of a locked key",
         keys=("id_ed25519=locked", "id_ed25519-cert.pub=cert-locked.pub"),
         hosts=host(options=TRUST_CA), answers=(OPEN,)),
    Case("certificate in the agent", keys=(), agent=("main", "cert"), hosts=host(options=TRUST_CA)),
    Case("certificate file, the key in the agent", keys=("mine.pub=cert.pub",), agent=("main",),
         client=("CertificateFile ~/.ssh/mine.pub",), hosts=host(options=TRUST_CA)),
    Case("certificate that the host does not trust",
         keys=("id_ed25519=main", "id_ed25519-cert.pub=cert.pub"), hosts=host("main")),
]

ALL = [*KINDS, *FILES, *PASSPHRASES, *AGENTS, *PASSWORDS, *FACTORS, *QUESTIONS, *CERTIFICATES]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_as_ssh(case, as_ssh):
    as_ssh(case)

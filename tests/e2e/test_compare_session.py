"""Commands, terminals, restricted servers and jump hosts as with `ssh`: the same cases through
both (compare.py)."""

import pytest
from compare import Case
from doors import Host

SIGNAL = "the contract of a command's status is 128+N, where ssh says 255"
STOPS = "nothing more is asked for when the terminal is refused"
LETTER = "a letter of ssh's that is not there yet is told, in one line"
UNASKED = {"users": ({"web1": [None]}, "dropbear says it with the password"), "tries": (
    {"web1": [[]]}, "ssh tries empty passwords where nobody can be asked")}
TOLD = {"status": (2, LETTER), "stdout": (b"", LETTER), "ended": ("usage", LETTER),
        "silent": (False, LETTER), "connections": ({"web1": 0}, LETTER),
        "users": ({"web1": []}, LETTER), "tries": ({"web1": []}, LETTER),
        "requests": ({"web1": []}, LETTER)}


def signalled(status):
    return {"status": (status, SIGNAL), "ended": ("", SIGNAL)}


def host(*options, **more):
    return {"web1": Host(options=options, **more)}


COMMANDS = [
    Case("status 0", ("web1", "true")),
    Case("status 3", ("web1", "exit 3")),
    Case("status 255", ("web1", "exit 255"), ended="silently"),
    Case("no such command", ("web1", "no-such-command")),
    Case("ended by TERM", ("web1", "kill -TERM $$"), differs=signalled(143),
         ended="silently"),
    Case("ended by KILL", ("web1", "kill -KILL $$"), differs=signalled(137),
         ended="silently"),
    Case("RemoteCommand", ("web1",), client=("RemoteCommand echo from the config; exit 4",)),
    Case("RemoteCommand with tokens", ("web1",), client=("RemoteCommand echo %r %n %h %p",)),
    Case("RemoteCommand and a command", client=("RemoteCommand echo x",), ended="usage"),
    Case("RemoteCommand none", client=("RemoteCommand none",)),
    Case("a shell without a terminal", ("web1",), stdin=b"echo $((40 + 2)); exit 5\n"),
    Case("StdinNull", ("web1", "cat; echo end"), stdin=b"data", client=("StdinNull yes",)),
    Case("-n", ("-n", "web1", "cat; echo end"), stdin=b"data"),
    Case("-n behind the host", ("web1", "-n", "cat; echo end"), stdin=b"data"),
    Case("letters together", ("-nT", "web1", "cat; echo end"), stdin=b"data"),
    Case("a letter and its value together", ("-lbob", "web1", "echo $USER")),
    Case("-v says nothing on standard output", ("-v", "web1", "echo in"),
         ignore={"silent": "-v is there to say something"}),
    Case("-q", ("-q", "web1", "echo in")),
    Case("-q and a failure", ("-q", "web1", "echo in"), hosts=host(authorized=()),
         ended="silently"),
    Case("-q and a closed port", ("-q", "web1", "echo in"),
         config="Host web1\n HostName 127.0.0.1\n Port {closed}\n", ended="silently"),
    Case("LogLevel QUIET and a failure", client=("LogLevel QUIET",), hosts=host(authorized=()),
         ended="silently"),
    Case("LogLevel ERROR and a failure", client=("LogLevel ERROR",), hosts=host(authorized=()),
         ended="denied"),
    Case("LogLevel FATAL and a failure", client=("LogLevel FATAL",), hosts=host(authorized=()),
         ended="denied"),
    Case("-V", ("-V",), ignore={"stdout": "each tells its own version",
                                "silent": "ssh tells it on standard error"}),
    Case("SessionType subsystem", ("web1", "answer"), client=("SessionType subsystem",),
         hosts=host("Subsystem answer echo from the subsystem")),
    Case("-s", ("-s", "web1", "answer"), hosts=host("Subsystem answer echo from the subsystem")),
]

VARIABLES = [
    Case("LANG is sent when Debian's config says so", ("web1", "echo $LANG $LC_ALL"),
         env={"LC_ALL": "C.UTF-8"}, hosts=host("AcceptEnv LANG LC_*")),
    Case("SetEnv", ("web1", "echo $LC_ONE-$LC_TWO-$OTHER"), hosts=host("AcceptEnv LC_*"),
         client=("SetEnv LC_ONE=\"a b\" LC_TWO=c OTHER=d",)),
    Case("SetEnv twice: the first counts", ("web1", "echo $LC_ONE"), hosts=host("AcceptEnv LC_*"),
         client=("SetEnv LC_ONE=a", "SetEnv LC_ONE=b LC_TWO=c")),
    Case("SetEnv by -o", ("-o", "SetEnv=LC_ONE=o", "web1", "echo $LC_ONE"),
         hosts=host("AcceptEnv LC_*"), client=("SetEnv LC_ONE=a",)),
    Case("SetEnv with an equals sign in the value", ("web1", "echo $LC_ONE"),
         hosts=host("AcceptEnv LC_*"), client=("SetEnv LC_ONE=a=b",)),
    Case("SendEnv", ("web1", "echo $LC_ONE-$LC_TWO"), env={"LC_ONE": "1", "LC_TWO": "2"},
         hosts=host("AcceptEnv LC_*"), client=("SendEnv LC_ONE",)),
    Case("SendEnv with a pattern", ("web1", "echo $MY_A-$MY_B"), env={"MY_A": "1", "MY_B": "2"},
         hosts=host("AcceptEnv MY_*"), client=("SendEnv MY_?",)),
    Case("SendEnv taken back", ("web1", "echo $LC_ONE-$LC_TWO"), env={"LC_ONE": "1", "LC_TWO": "2"},
         hosts=host("AcceptEnv LC_*"), client=("SendEnv LC_ONE LC_TWO", "SendEnv -LC_ONE")),
    Case("SendEnv and SetEnv of the same", ("web1", "echo $LC_ONE"), env={"LC_ONE": "1"},
         hosts=host("AcceptEnv LC_*"), client=("SendEnv LC_ONE", "SetEnv LC_ONE=2")),
    Case("SendEnv of what is not set", ("web1", "echo $LC_NONE-"), hosts=host("AcceptEnv LC_*"),
         client=("SendEnv LC_NONE",)),
]

TERMINALS = [
    Case("RequestTTY no", ("web1", "tty"), client=("RequestTTY no",)),
    Case("RequestTTY yes without a terminal here", ("web1", "tty"), client=("RequestTTY yes",)),
    Case("RequestTTY force", ("web1", "tty >/dev/null && stty size"), client=("RequestTTY force",)),
    Case("RequestTTY auto", ("web1", "tty"), client=("RequestTTY auto",)),
    Case("-t without a terminal here", ("-t", "web1", "tty")),
    Case("-tt", ("-tt", "web1", "tty >/dev/null && echo $TERM")),
    Case("-t and -T: the last counts", ("-t", "-T", "web1", "tty")),
    Case("-T and -tt: the last counts", ("-T", "-tt", "web1", "tty >/dev/null && echo in")),
    Case("-T wins over the config", ("-T", "web1", "tty"), client=("RequestTTY force",)),
    Case("-tt: output processing", ("-tt", "web1", "printf 'a\\nb\\n'")),
    Case("-t on a terminal", ("-t", "web1", "tty >/dev/null && stty -a | tr ';' '\\n' | head -3"),
         answers=()),
    Case("a command on a terminal has none there", ("web1", "tty"), answers=()),
    Case("PermitTTY no, -tt", ("-tt", "web1", "echo in"), hosts=host("PermitTTY no"),
         ended="no terminal", differs={"requests": ({"web1": [["pty-req"]]}, STOPS)}),
    Case("PermitTTY no, a command", ("web1", "echo in"), hosts=host("PermitTTY no")),
]

RESTRICTED = [
    Case("ForceCommand", hosts=host("ForceCommand echo forced: $SSH_ORIGINAL_COMMAND")),
    Case("ForceCommand and a shell", ("web1",), hosts=host("ForceCommand echo forced")),
    Case("a key with a forced command", hosts=host(authorized=(
        'command="echo forced; exit 9" {main.pub}',))),
    Case("a restricted key", ("-tt", "web1", "echo in"),
         hosts=host(authorized=("restrict {main.pub}",)), ended="no terminal",
         differs={"requests": ({"web1": [["pty-req"]]}, STOPS)}),
    Case("a key from another address", hosts=host(authorized=('from="192.0.2.1" {main.pub}',)),
         ended="denied"),
    Case("a key that has expired", hosts=host(authorized=(
        'expiry-time="20010101" {main.pub}',)), ended="denied"),
    Case("a key with a variable", ("web1", "echo $FROM_KEY"), hosts=host(
        "PermitUserEnvironment yes", authorized=('environment="FROM_KEY=x" {main.pub}',))),
    Case("a revoked key", hosts=host("RevokedKeys {keys}/main.pub"), ended="denied"),
    Case("MaxSessions 0", hosts=host("MaxSessions 0"), ended="no channel"),
    Case("MaxSessions 1", hosts=host("MaxSessions 1")),
    Case("DenyUsers", hosts=host("DenyUsers ann"), ended="denied"),
    Case("AllowUsers others", hosts=host("AllowUsers bob"), ended="denied"),
    Case("a Banner", hosts=host("Banner {here}/sshd_config")),
    Case("a Banner and -q", ("-q", "web1", "echo in"), hosts=host("Banner {here}/sshd_config")),
    Case("LoginGraceTime", hosts=host("LoginGraceTime 30")),
    Case("the host rekeys", ("web1", "head -c 3000000 /dev/zero | wc -c"),
         hosts=host("RekeyLimit 1M")),
    Case("the host closes while idle", ("web1", "sleep 60"), hosts=host(
        "ChannelTimeout *=1", "UnusedConnectionTimeout 1"), ended="silently"),
]

TWO = {"jump": Host(user="bob"), "web1": Host()}
THREE = {"jump": Host(user="bob"), "middle": Host(), "web1": Host(user="bob")}
FOUR = {"jump": Host(), "middle": Host(user="bob"), "third": Host(), "web1": Host(user="bob")}
WHO = ("web1", "echo $USER; exit 3")

JUMPS = [
    Case("one jump", WHO, client=("ProxyJump jump",), hosts=TWO),
    Case("-J", ("-J", "jump", *WHO), hosts=TWO),
    Case("-J wins over the config", ("-J", "jump", *WHO), client=("ProxyJump nowhere",), hosts=TWO),
    Case("-J none", ("-J", "none", *WHO), client=("ProxyJump nowhere",)),
    Case("ProxyJump none", WHO, client=("ProxyJump none",)),
    Case("-J with user and port", ("-J", "ann@127.0.0.1:{jump}", *WHO), hosts=TWO),
    Case("-J with a URI", ("-J", "ssh://ann@127.0.0.1:{jump}", *WHO), hosts=TWO),
    Case("two jumps", ("-J", "jump,middle", *WHO), hosts=THREE),
    Case("two jumps by the config", WHO, client=("ProxyJump jump,middle",), hosts=THREE),
    Case("three jumps", ("-J", "jump,middle,third", *WHO), hosts=FOUR),
    Case("a jump that has a jump", WHO, hosts=THREE, client=("ProxyJump middle",),
         config="Host jump\n HostName 127.0.0.1\n Port {jump}\n User bob\n"
                "Host middle\n HostName 127.0.0.1\n Port {middle}\n User ann\n ProxyJump jump\n"
                "Host web1\n HostName 127.0.0.1\n Port {web1}\n User bob\n ProxyJump middle\n"),
    Case("the way is the same for all", WHO, hosts=TWO,
         config="Host jump\n HostName 127.0.0.1\n Port {jump}\n User bob\nHost web1\n"
                " HostName 127.0.0.1\n Port {web1}\n User ann\nHost * !jump\n ProxyJump jump\n"),
    Case("a jump with a ProxyCommand", WHO, hosts=TWO,
         config="Host jump\n HostName nowhere.invalid\n Port {jump}\n User bob\n"
                " ProxyCommand nc 127.0.0.1 %p\n HostKeyAlias [127.0.0.1]:{jump}\n"
                "Host web1\n HostName 127.0.0.1\n Port {web1}\n User ann\n ProxyJump jump\n"),
    Case("each hop its own key", WHO, keys=("j=one", "id_ed25519=main"),
         hosts={"jump": Host(authorized=("one",), user="bob"), "web1": Host()},
         config="Host jump\n HostName 127.0.0.1\n Port {jump}\n User bob\n IdentityFile ~/.ssh/j\n"
                "Host web1\n HostName 127.0.0.1\n Port {web1}\n User ann\n ProxyJump jump\n"),
    Case("-i is for the host, not for the jump", ("-i", "{home}/.ssh/k", "-J", "jump", *WHO),
         keys=("k=main",), hosts=TWO, ended="denied"),
    Case("-l is for the host, not for the jump", ("-l", "bob", "-J", "127.0.0.1:{jump}", *WHO),
         hosts=TWO),
    Case("-o is for the host, not for the jump", ("-o", "User=bob", "-J", "jump", *WHO), hosts=TWO),
    Case("-F is for all", ("-F", "{home}/c", *WHO), hosts=TWO, config="", files={"c":
         "Host jump\n HostName 127.0.0.1\n Port {jump}\n User bob\n"
         "Host web1\n HostName 127.0.0.1\n Port {web1}\n User ann\n ProxyJump jump\n"}),
    Case("the agent for both", WHO, client=("ProxyJump jump",), hosts=TWO, keys=(),
         agent=("one", "main")),
    Case("the jump refuses", WHO, client=("ProxyJump jump",),
         hosts={"jump": Host(authorized=()), "web1": Host()}, ended="denied"),
    Case("the host behind it refuses", WHO, client=("ProxyJump jump",),
         hosts={"jump": Host(), "web1": Host(authorized=())}, ended="denied"),
    Case("the jump does not forward", WHO, client=("ProxyJump jump",),
         hosts={"jump": Host(options=("AllowTcpForwarding no",)), "web1": Host()}, ended="no way"),
    Case("the jump cannot reach it", WHO, hosts={"jump": Host()},
         config="Host jump\n HostName 127.0.0.1\n Port {jump}\n User ann\n"
                "Host web1\n HostName 127.0.0.1\n Port {closed}\n ProxyJump jump\n",
         ended="refused"),
    Case("the jump is unknown", WHO, client=("ProxyJump jump",), hosts=TWO,
         known="[127.0.0.1]:{web1} {host.pub}\n", ended="host key unknown"),
    Case("the host behind it is unknown", WHO, client=("ProxyJump jump",), hosts=TWO,
         known="[127.0.0.1]:{jump} {host.pub}\n", ended="host key unknown"),
    Case("the jump's key has changed", WHO, client=("ProxyJump jump",), hosts=TWO,
         known="[127.0.0.1]:{jump} {one.pub}\n[127.0.0.1]:{web1} {host.pub}\n",
         ended="host key changed"),
    Case("both unknown, both asked for", WHO, client=("ProxyJump jump",), hosts=TWO, known="",
         answers=("yes\r", "yes\r"), ignore={"home": "known_hosts is compared by test_hostkey"}),
    Case("a locked key for both hops", WHO, client=("ProxyJump jump",), keys=("id_ed25519=locked",),
         hosts={"jump": Host(authorized=("locked",)), "web1": Host(authorized=("locked",))},
         answers=("correct horse\r",) * 2, differs={"asked": (
             ["passphrase {home}/.ssh/id_ed25519"], "a passphrase is asked once for all hops")}),
    Case("a password at each hop", WHO, client=("ProxyJump jump",), keys=(),
         hosts={name: Host(options=("PasswordAuthentication yes",)) for name in ("jump", "web1")},
         answers=("tr0ub4dor\r",) * 2),
    Case("a password at each hop in batch mode", WHO, keys=(),
         client=("ProxyJump jump", "BatchMode yes"),
         hosts={name: Host(options=("PasswordAuthentication yes",)) for name in ("jump", "web1")},
         answers=("tr0ub4dor\r",) * 2, ended="denied"),
    Case("a jump with a forced command", WHO, client=("ProxyJump jump",), hosts={
        "jump": Host(authorized=('command="false" {main.pub}',)), "web1": Host()}),
    Case("a jump without a terminal or a shell", WHO, client=("ProxyJump jump",), hosts={
        "jump": Host(options=("PermitTTY no", "MaxSessions 0")), "web1": Host()}),
    Case("a jump that may open this one place", WHO, client=("ProxyJump jump",), hosts={
        "jump": Host(authorized=('restrict,port-forwarding,permitopen="127.0.0.1:*" {main.pub}',)),
        "web1": Host()}),
    Case("data through a jump", ("web1", "cat; exit 3"), stdin=bytes(range(256)) * 4000,
         client=("ProxyJump jump",), hosts=TWO),
    Case("a name that the jump resolves", WHO, hosts=TWO, known="[127.0.0.1]:{jump} {host.pub}\n"
         "[localhost]:{web1} {host.pub}\n",
         config="Host jump\n HostName 127.0.0.1\n Port {jump}\n User bob\n"
                "Host web1\n HostName localhost\n Port {web1}\n User ann\n ProxyJump jump\n"),
    Case("an empty name among the jumps", ("-J", "jump,,web1", *WHO), hosts=TWO,
         ended="wrong config"),
    Case("a jump that begins with a dash", ("-J", "-oProxyCommand=x", *WHO), hosts=TWO,
         ended="usage",
         differs={
        "ended": ("refused by name", "ssh takes it for an option of the ssh that it starts")}),
]

DROPBEAR = [
    Case("dropbear: a command", ("web1", "echo $USER; exit 3"), hosts=host(kind="dropbear")),
    Case("dropbear: a shell", ("web1",), stdin=b"echo $((40 + 2))\n", hosts=host(kind="dropbear")),
    Case("dropbear: a terminal", ("-tt", "web1", "tty >/dev/null && echo in"),
         hosts=host(kind="dropbear")),
    Case("dropbear: data", ("web1", "cat"), stdin=bytes(range(256)) * 2000,
         hosts=host(kind="dropbear")),
    Case("dropbear: the key is refused", hosts=host(kind="dropbear", authorized=()),
         ended="denied", differs=UNASKED),
    Case("dropbear: an RSA key", keys=("id_rsa=rsa",),
         hosts=host(kind="dropbear", authorized=("rsa",))),
    Case("dropbear: an ECDSA key", keys=("id_ecdsa=ecdsa",),
         hosts=host(kind="dropbear", authorized=("ecdsa",))),
    Case("dropbear: an agent", keys=(), agent=("one", "main"), hosts=host(kind="dropbear")),
    Case("dropbear: a password", keys=(), hosts=host(kind="dropbear", authorized=()),
         answers=("wrong\r", "tr0ub4dor\r")),
    Case("dropbear: no passwords", ("web1", "true"), keys=(), hosts=host("-s", kind="dropbear"),
         ended="denied"),
    Case("dropbear: an unknown host", hosts=host(kind="dropbear"), known="",
         ended="host key unknown"),
    Case("dropbear: a jump", WHO, client=("ProxyJump jump",),
         hosts={"jump": Host(kind="dropbear"), "web1": Host()}),
    Case("dropbear: behind a jump", WHO, client=("ProxyJump jump",),
         hosts={"jump": Host(), "web1": Host(kind="dropbear")}),
]

ALL = [*COMMANDS, *VARIABLES, *TERMINALS, *RESTRICTED, *JUMPS, *DROPBEAR]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_as_ssh(case, as_ssh):
    as_ssh(case)

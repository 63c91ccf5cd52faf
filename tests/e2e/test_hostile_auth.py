"""Servers that are hostile while the person logs in."""

import hostile as h
import pytest
from hostile_cases import EVIL, Case, on_screen, piped
from sshd import keygen

AUTH = "authentication"
CLOSED = f"{AUTH}: .*(closed|ended|broke)"
TURN = f"{AUTH}: .*(out of turn|makes no sense|malformed)"
FULL = (EVIL * 10000)[:240000]


def honest_rest(peer):
    channel = peer.open()
    peer.grant(channel)
    peer.finish(channel, 3)


def first(*payloads, then=None):
    """Instead of accepting the service."""
    def script(peer):
        peer.hello()
        peer.exchange()
        peer.expect(h.SERVICE_REQUEST)
        peer.send(*payloads)
        if then:
            then(peer)
    return script


def instead(*payloads, then=None):
    """Instead of the answer to the first request."""
    def script(peer):
        peer.ready()
        peer.asked()
        peer.send(*payloads)
        if then:
            then(peer)
    return script


def always(*payloads):
    """As the answer to every request."""
    def script(peer):
        peer.ready()
        while True:
            peer.asked()
            peer.send(*payloads)
    return script


def welcome(*payloads):
    """Shown before a login that succeeds."""
    def script(peer):
        peer.ready()
        peer.asked()
        peer.send(*payloads, bytes([h.AUTH_SUCCESS]))
        honest_rest(peer)
    return script


def floods(payload):
    def script(peer):
        peer.ready()
        peer.asked()
        peer.flood_packets(payload)
    return script


def banner(text):
    return h.message(h.AUTH_BANNER, h.string(text), "")


def close(peer):
    peer.close()


def reset(peer):
    peer.reset()


ACCEPT = h.message(h.SERVICE_ACCEPT, "ssh-userauth")
SUCCESS = bytes([h.AUTH_SUCCESS])
DENIED = f"{AUTH}: permission denied"

SERVICE = [
    Case("service-silent", first(), (AUTH, "no answer"), silent=True),
    Case("service-close", first(then=close), (CLOSED,)),
    Case("service-reset", first(then=reset), (CLOSED,)),
    Case("service-unimplemented", first(h.message(h.UNIMPLEMENTED, 3)), (AUTH, "no answer"),
         silent=True),
    Case("service-bye", first(h.disconnect("no service for you", 7)),
         (CLOSED, "no service for you")),
    Case("service-bye-evil", first(h.disconnect(EVIL, 7)), (CLOSED, r"pwned\\x07")),
    Case("service-bye-full", first(h.disconnect(FULL, 7)), (CLOSED,)),
    Case("service-twice", first(ACCEPT, ACCEPT), (TURN,)),
    Case("service-request", first(h.message(h.SERVICE_REQUEST, "ssh-userauth")), (TURN,)),
    Case("success-for-service", first(SUCCESS), (TURN,)),
    Case("success-before-asked", first(ACCEPT, SUCCESS), (TURN,)),
    Case("failure-for-service", first(h.failure()), (AUTH,), silent=True),
    Case("info-before-asked", first(ACCEPT, h.info_request([(b"Code: ", 1)])), (TURN,)),
    Case("channel-before-login", first(ACCEPT, h.message(h.OPEN_CONFIRMATION, 43, 0, 9, 9)),
         (TURN,)),
    Case("data-before-login", first(ACCEPT, h.data(43, EVIL)), (TURN,)),
    Case("rekey-before-login", first(ACCEPT, h.kexinit()), (TURN,)),
    Case("newkeys-again", first(bytes([h.NEWKEYS])), (TURN,)),
]

ANSWERS = [
    Case("request-silent", instead(), (AUTH, "no answer"), silent=True),
    Case("request-close", instead(then=close), (CLOSED,)),
    Case("request-reset", instead(then=reset), (CLOSED,)),
    Case("request-bye", instead(h.disconnect("Too many authentication failures")),
         (AUTH, "too many failed attempts", "id_ed25519")),
    Case("request-bye-evil", instead(h.disconnect(EVIL)), (CLOSED, r"pwned\\x07")),
    Case("request-bye-full", instead(h.disconnect(FULL)), (CLOSED,)),
    Case("denied", always(h.failure("publickey")), (DENIED, "accepts publickey")),
    Case("denied-empty", always(h.failure("")), (DENIED,)),
    Case("denied-unknown", always(h.failure("retina,blood")), (DENIED,)),
    Case("denied-evil", always(h.failure(EVIL)), (DENIED,)),
    Case("denied-full", always(h.failure(b"password," * 20000)), (DENIED,)),
    Case("denied-cut", instead(h.failure()[:4]), (AUTH, "malformed"), silent=True),
    Case("denied-twice", instead(h.failure(), h.failure(), h.failure()), (AUTH,), silent=True),
    Case("partial-for-ever", always(h.failure("publickey", True)), (AUTH, "without end|denied")),
    Case("partial-empty", always(h.failure("", True)), (AUTH, "without end|denied")),
    Case("password-change", instead(h.message(h.PASSWORD_CHANGE, h.string(EVIL), "")), (TURN,)),
    Case("info-for-a-key", instead(h.info_request([(b"Password: ", 0)])), (TURN,)),
    Case("request-for-us", instead(h.message(h.AUTH_REQUEST, "root", "ssh-connection", "none")),
         (TURN,)),
    Case("gssapi-token", instead(h.message(h.INFO_RESPONSE, h.string(EVIL))), (TURN,)),
    Case("gssapi-error", instead(h.message(64, 1, 1, h.string(EVIL), "")), (AUTH,), silent=True),
    Case("unknown-answer", instead(bytes([79]) + EVIL), (AUTH,), silent=True),
    Case("extensions-evil", welcome(h.message(h.EXT_INFO, 2, h.string(EVIL), h.string(EVIL),
                                              "server-sig-algs", h.string(EVIL))), status=3),
    Case("extensions-lie", welcome(h.message(h.EXT_INFO, 0xffffffff), h.message(h.EXT_INFO, 100)),
         status=3),
]

BANNERS = [
    Case("banner", welcome(banner("Be good.\n")), status=3, shows=(r"^Be good\.\n$",)),
    Case("banner-evil", welcome(banner(EVIL * 3)), status=3, shows=(r"\\x1b\[66;6mred",)),
    Case("banner-full", welcome(banner(FULL)), status=3, shows=(r"\\x1b\[66;6mred",)),
    Case("banner-lines", welcome(banner("x\n" * 100000)), status=3, shows=("x\n",)),
    Case("banner-empty", welcome(banner("")), status=3),
    Case("banner-cut", welcome(banner("text")[:5]), status=3),
    Case("banner-many", welcome(*[banner(f"{n} " + "x" * 1000) for n in range(200)]), status=3,
         shows=("xxx",)),
    Case("banner-mega", instead(banner("x" * 1000000)), (AUTH, "malformed")),
    Case("banner-flood", floods(banner(FULL[:20000])), (AUTH, "no answer"), silent=True,
         shows=("",)),
    Case("banner-and-bye", instead(banner("Closed at night.\n"), h.disconnect("Good night")),
         (CLOSED, "Good night"), shows=("Closed at night",)),
]

FLOODS = [
    Case("auth-flood-ignore", floods(h.message(h.IGNORE, h.string(bytes(30000)))),
         (AUTH, "no answer"), silent=True),
    Case("auth-flood-debug", floods(h.message(h.DEBUG, True, h.string(EVIL), "")),
         (AUTH, "no answer"), silent=True),
    Case("auth-flood-unknown", floods(bytes([192])), (AUTH, "no answer|without reading"),
         silent=True),
    Case("auth-flood-failure", floods(h.failure()), (AUTH,), silent=True),
    Case("auth-flood-extensions", floods(h.message(h.EXT_INFO, 0)), (AUTH, "no answer"),
         silent=True),
]


@pytest.mark.parametrize("cases", [SERVICE, ANSWERS, BANNERS, FLOODS],
                         ids=["service", "answers", "banners", "floods"])
def test_authentication(lab, cases):
    piped(lab, cases)


def test_on_the_screen(lab):
    cases = [case for case in SERVICE + ANSWERS + BANNERS + FLOODS if case.words
             and any(word in case.name for word in ("evil", "full", "flood", "bye"))]
    for case in cases:
        case.answer = "wrong\r"
    on_screen(lab, cases)


# What is asked, on the screen.

def asks(*rounds, methods="keyboard-interactive", again=False):
    """Rounds of keyboard-interactive: packets. `again`: the last for ever; else then denied."""
    def script(peer):
        peer.ready()
        while True:
            peer.asked_by("keyboard-interactive", methods)
            for packet in rounds:
                peer.send(packet)
                peer.expect(h.INFO_RESPONSE)
            while again:
                peer.send(rounds[-1])
                peer.expect(h.INFO_RESPONSE)
            peer.send(h.failure(methods))
    return script


def one(text, echo=1, **more):
    return h.info_request([(text, echo)], **more)


def unanswered(packet):
    """A question that cannot be answered."""
    def script(peer):
        peer.ready()
        peer.asked_by("keyboard-interactive")
        peer.send(packet)
    return script


def changes_password(peer):
    peer.ready()
    peer.asked_by("password")
    peer.send(h.message(h.PASSWORD_CHANGE, h.string(EVIL), ""))


def ok_for_another_key(peer):
    """A key of the host's choice is "accepted", whatever is offered."""
    peer.ready()
    while True:
        peer.asked()
        peer.send(h.message(h.PK_OK, "ssh-ed25519", h.string(h.Key().blob)))


NO_KEY = ("PubkeyAuthentication no",)
QUESTIONS = [
    Case("asks-for-ever", asks(one(b"Code: "), again=True), (AUTH, "question after question")),
    Case("asks-nothing-for-ever", asks(h.info_request([], b"Wait", b"a moment"), again=True),
         (AUTH, "question after question")),
    Case("asks-and-denies", asks(one(b"Code: ")), (DENIED,)),
    Case("asks-evil", asks(one(EVIL + b": ", name=EVIL, instruction=EVIL)),
         (DENIED,), shows=(r"\\x1b\[66;6mred",)),
    Case("asks-lines", asks(one(b"one\ntwo\r\nthree: ", instruction=b"x\n" * 5000)), (DENIED,)),
    Case("asks-full", asks(one(FULL[:200000] + b": ", name=FULL[:20000])), (AUTH,)),
    Case("asks-tabs", asks(one(b"\t" * 2000 + b": ")), (AUTH,)),
    Case("asks-sixteen", asks(h.info_request([(b"%d: " % n, n % 2) for n in range(16)])),
         (DENIED,)),
    Case("asks-200", unanswered(h.info_request([(b"%d: " % n, 1) for n in range(200)])),
         (AUTH, "200 questions|too many questions")),
    Case("asks-1000", unanswered(h.info_request([(b"%d: " % n, 1) for n in range(1000)])),
         (AUTH, "too many questions")),
    Case("asks-4-billion", unanswered(h.info_request([], count=0xffffffff)),
         (AUTH, "too many questions")),
    Case("asks-more-than-there-are", unanswered(h.info_request([(b"a: ", 1)], count=9)),
         (AUTH, "malformed question")),
    Case("asks-half", unanswered(one(b"Code: ")[:7]), (AUTH, "malformed question")),
    Case("asks-and-closes", lambda peer: (unanswered(one(b"Code: "))(peer), peer.close()),
         (CLOSED,)),
    Case("asks-and-says-bye",
         lambda peer: (unanswered(one(b"Code: "))(peer), peer.send(h.disconnect(EVIL))),
         (CLOSED, r"pwned\\x07")),
    Case("changes-password", changes_password, (AUTH,)),
]


def test_questions(lab):
    for case in QUESTIONS:
        case.answer, case.options = "wrong\r", NO_KEY
    on_screen(lab, QUESTIONS)


def test_another_key_is_accepted(lab):
    """Its passphrase is asked for, as for the host's "yes" to the right one; but a signature
    opens nothing that the host could not have had."""
    keygen(lab.folder / "locked", passphrase="open sesame")
    case = Case("accepts-another", ok_for_another_key, (AUTH,), answer="open sesame\r",
                options=(f"IdentityFile {lab.folder}/locked", "IdentitiesOnly yes"))
    lab.home.key.unlink()
    on_screen(lab, [case])

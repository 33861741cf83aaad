import socket
import subprocess
import threading
import time
import traceback
from contextlib import contextmanager, suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote_plus, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_client import Client, StandingClock, soon

from atmos_auth.domain.errors import AuthenticationFailed, InvalidSetting, SignInExpired
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.form_post import FormPostListener
from atmos_auth.host.form_request import LARGEST_BODY, FormExpectation
from installed import CHROMIUM, CHROMIUM_FLAGS, in_chromium

PATH = "/saml"
FIELD = "SAMLResponse"
STATE = "state-0123456789abcdef"
# As an identity provider sends it: base64 in lines, which a browser ends with CR and LF.
VALUE = "PHNhbWxwOlJlc3BvbnNl+/A=\r\nPHNhbWxwOlJlc3BvbnNl"
FORM = "application/x-www-form-urlencoded"
GOOD = urlencode({FIELD: VALUE, "RelayState": STATE})


@contextmanager
def listening(port=0, clock=None, **how):
    listen = FormPostListener(clock or SystemClock(), **how)
    with listen(path=PATH, field=FIELD, state=STATE, port=port) as listener:
        yield listener


def port_of(listener):
    return urlsplit(listener.address).port


def message(
    port,
    body=GOOD,
    *,
    target=PATH,
    method="POST",
    version="HTTP/1.1",
    host="127.0.0.1:{port}",
    kind=f"Content-Type: {FORM}\r\n",
    length="Content-Length: {length}\r\n",
    extra="",
):
    """Give head and body of a request, right unless told otherwise."""
    body = body.encode("latin-1")
    head = f"{method} {target} {version}\r\nHost: {host.format(port=port)}\r\n{kind}{length.format(length=len(body))}"
    return (head + extra + "\r\n").encode("latin-1"), body


def post(listener, body=GOOD, **how):
    return Client(port_of(listener), b"".join(message(port_of(listener), body, **how)))


def test_returns_the_value_as_it_was_sent_and_shows_a_page():
    with listening() as listener:
        assert listener.address == f"http://127.0.0.1:{port_of(listener)}{PATH}"
        client = post(listener)
        assert listener.wait(soon()) == VALUE
        status, headers, body = client.answer()
    assert status == 200
    assert "You are signed in" in body
    assert VALUE[:20] not in body
    assert STATE not in body
    assert "<script" not in body
    assert headers["connection"] == "close"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_is_bound_to_the_loopback_address_before_the_block_begins():
    with listening() as listener:
        Client(port_of(listener)).close()
        with socket.socket() as elsewhere:
            assert elsewhere.connect_ex(("127.0.0.2", port_of(listener))) != 0


WELCOME = {
    "localhost": (GOOD, {"host": "LocalHost:{port}"}),
    "a charset": (GOOD, {"kind": f"Content-Type: {FORM}; charset=UTF-8\r\n"}),
    "a type in capitals": (GOOD, {"kind": f"content-type: {FORM.upper()}\r\n"}),
    "more fields": (f"go=On&{GOOD}&empty=", {}),
    "another field in another encoding": (f"{GOOD}&go=Weiter+%E0", {}),
    "the origin of a page": (GOOD, {"extra": "Origin: https://login.example\r\nSec-Fetch-Mode: navigate\r\n"}),
    "an origin that is hidden": (GOOD, {"extra": "Origin: null\r\n"}),
    "HTTP/1.0": (GOOD, {"version": "HTTP/1.0"}),
    "nothing escaped that need not be": (f"RelayState={STATE}&{FIELD}={quote_plus(VALUE, safe='/=')}", {}),
}


@pytest.mark.parametrize("name", WELCOME)
def test_what_browsers_may_send_is_taken(name):
    body, how = WELCOME[name]
    with listening() as listener:
        client = post(listener, body, **how)
        assert listener.wait(soon()) == VALUE
        assert client.status() == 200


HOSTILE = {
    "wrong RelayState": (400, f"{FIELD}=x&RelayState=another", {}),
    "empty RelayState": (400, f"{FIELD}=x&RelayState=", {}),
    "no RelayState": (400, f"{FIELD}=x", {}),
    "RelayState in other letters": (400, f"{FIELD}=x&RelayState={STATE.upper()}", {}),
    "non-ASCII RelayState": (400, f"{FIELD}=x&RelayState=%C3%A9", {}),
    "RelayState that is not UTF-8": (400, f"{FIELD}=x&RelayState=%ff", {}),
    "RelayState in the address": (404, f"{FIELD}=x", {"target": f"{PATH}?RelayState={STATE}"}),
    "RelayState twice": (400, f"{GOOD}&RelayState={STATE}", {}),
    "field twice": (400, f"{GOOD}&{FIELD}=x", {}),
    "another field twice": (400, f"{GOOD}&x=1&x=2", {}),
    "no field": (400, f"RelayState={STATE}", {}),
    "empty field": (400, f"RelayState={STATE}&{FIELD}=", {}),
    "field in other letters": (400, f"RelayState={STATE}&{FIELD.lower()}=x", {}),
    "field that is not UTF-8": (400, f"RelayState={STATE}&{FIELD}=%ff", {}),
    "raw bytes": (400, f"{GOOD}&x=\xe9", {}),
    "too many fields": (400, GOOD + "".join(f"&p{n}=1" for n in range(60)), {}),
    "no body": (400, "", {}),
    "root": (404, GOOD, {"target": "/"}),
    "trailing slash": (404, GOOD, {"target": f"{PATH}/"}),
    "a query": (404, GOOD, {"target": f"{PATH}?x=1"}),
    "dot segments": (404, GOOD, {"target": f"/x/..{PATH}"}),
    "other case": (404, GOOD, {"target": PATH.upper()}),
    "absolute form": (404, GOOD, {"target": f"http://127.0.0.1{PATH}"}),
    "asterisk form": (404, GOOD, {"target": "*", "method": "OPTIONS"}),
    "GET": (405, GOOD, {"method": "GET"}),
    "GET without a body": (405, "", {"method": "GET", "kind": "", "length": ""}),
    "PUT": (405, GOOD, {"method": "PUT"}),
    "lower-case post": (405, GOOD, {"method": "post"}),
    "a preflight": (
        405,
        "",
        {
            "method": "OPTIONS",
            "kind": "",
            "length": "",
            "extra": "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n"
            "Access-Control-Request-Private-Network: true\r\n",
        },
    ),
    "foreign Host": (400, GOOD, {"host": "evil.example"}),
    "rebound Host": (400, GOOD, {"host": "evil.example:{port}"}),
    "Host without port": (400, GOOD, {"host": "127.0.0.1"}),
    "Host with another port": (400, GOOD, {"host": "127.0.0.1:1"}),
    "two Hosts": (400, GOOD, {"extra": "Host: evil.example\r\n"}),
    "no content type": (400, GOOD, {"kind": ""}),
    "plain text": (400, GOOD, {"kind": "Content-Type: text/plain\r\n"}),
    "JSON": (400, GOOD, {"kind": "Content-Type: application/json\r\n"}),
    "a form in parts": (400, GOOD, {"kind": "Content-Type: multipart/form-data; boundary=x\r\n"}),
    "another charset": (400, GOOD, {"kind": f"Content-Type: {FORM}; charset=utf-16\r\n"}),
    "two content types": (400, GOOD, {"extra": f"Content-Type: {FORM}\r\n"}),
    "no length": (400, GOOD, {"length": ""}),
    "empty length": (400, GOOD, {"length": "Content-Length:\r\n"}),
    "length with a sign": (400, GOOD, {"length": "Content-Length: +{length}\r\n"}),
    "negative length": (400, GOOD, {"length": "Content-Length: -1\r\n"}),
    "hexadecimal length": (400, GOOD, {"length": "Content-Length: 0x10\r\n"}),
    "length in words": (400, GOOD, {"length": "Content-Length: all\r\n"}),
    "two lengths in one": (400, GOOD, {"length": "Content-Length: {length}, {length}\r\n"}),
    "length twice": (400, GOOD, {"length": "Content-Length: {length}\r\nContent-Length: {length}\r\n"}),
    "length too short": (400, GOOD, {"length": "Content-Length: 20\r\n"}),
    "length of thousands of digits": (400, GOOD, {"length": f"Content-Length: {'9' * 9000}\r\n"}),
    "length over the limit": (413, GOOD, {"length": f"Content-Length: {LARGEST_BODY + 1}\r\n"}),
    "length out of this world": (413, GOOD, {"length": f"Content-Length: {'9' * 100}\r\n"}),
    "a chunked body": (400, f"5\r\n{GOOD}\r\n0\r\n\r\n", {"length": "Transfer-Encoding: chunked\r\n"}),
    "chunks and a length": (400, GOOD, {"extra": "Transfer-Encoding: chunked\r\n"}),
    "asking first": (400, GOOD, {"extra": "Expect: 100-continue\r\n"}),
    "header without colon": (400, GOOD, {"extra": "nonsense\r\n"}),
    "folded header": (400, GOOD, {"extra": "X: 1\r\n 2\r\n"}),
    "control code in a header": (400, GOOD, {"extra": "X: \x1b[2J\r\n"}),
    "HTTP/2.0": (400, GOOD, {"version": "HTTP/2.0"}),
    "blank in the target": (400, GOOD, {"target": f"{PATH} x"}),
    "oversized target": (400, GOOD, {"target": f"{PATH}?x={'a' * 40_000}"}),
    "oversized headers": (400, GOOD, {"extra": f"X: {'a' * 40_000}\r\n"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_refused_and_the_wait_goes_on(name):
    expected, content, how = HOSTILE[name]
    with listening() as listener:
        hostile = post(listener, content, **how)
        good = post(listener)
        assert listener.wait(soon()) == VALUE
        status, headers, body = hostile.answer()
        good.close()
    assert status == expected
    assert "Not the answer we wait for" in body
    assert "another" not in body
    assert STATE not in body
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers.get("allow") == ("POST" if status == 405 else None)
    assert not any(name.startswith("access-control") for name in headers)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 80 + b"\r\n\r\n",
        b"POST\r\n\r\n",
        b"POST /saml HTTP/1.0\r\n\r\n",
        b"\x00" * 100_000,
    ],
    ids=["empty", "tls", "one word", "no host", "a flood without end"],
)
def test_what_is_not_http_is_refused_and_the_wait_goes_on(request_bytes):
    with listening() as listener:
        hostile = Client(port_of(listener), request_bytes)
        good = post(listener)
        assert listener.wait(soon()) == VALUE
        hostile.close()
        assert good.status() == 200


def send_slowly(client, request, size, pause=0.002):
    """Send in pieces, from a thread that gives up when the connection is gone."""

    def drip():
        with suppress(OSError):
            for start in range(0, len(request), size):
                time.sleep(pause if start else 0)
                client.socket.sendall(request[start : start + size])

    thread = threading.Thread(target=drip)
    thread.start()
    return thread


@pytest.mark.parametrize("size", [7, 100_000], ids=["small pieces", "large pieces"])
def test_a_request_in_pieces_is_put_together(size):
    value = VALUE if size == 7 else "A" * 700_001
    with listening() as listener:
        client = Client(port_of(listener))
        form = urlencode({FIELD: value, "RelayState": STATE})
        sending = send_slowly(client, b"".join(message(port_of(listener), form)), size)
        assert listener.wait(soon()) == value
        sending.join()
        assert client.status() == 200


def test_the_largest_form_is_taken_and_one_byte_more_is_not():
    rest = f"RelayState={STATE}&{FIELD}="
    with listening() as listener:
        value = "A" * (LARGEST_BODY - len(rest))
        too_large = Client(port_of(listener))
        refusing = send_slowly(too_large, b"".join(message(port_of(listener), f"{rest}{value}A")), 100_000)
        with pytest.raises(SignInExpired):
            listener.wait(soon(0.3))
        refusing.join()
        assert too_large.status() == 413
        client = Client(port_of(listener))
        sending = send_slowly(client, b"".join(message(port_of(listener), rest + value)), 100_000, pause=0)
        assert listener.wait(soon()) == value
        sending.join()
        assert client.status() == 200


def test_a_head_that_is_wrong_is_refused_before_its_body_has_come():
    with listening() as listener:
        clients = {
            404: Client(port_of(listener), message(port_of(listener), target="/")[0]),
            405: Client(port_of(listener), message(port_of(listener), method="PUT")[0]),
            413: Client(port_of(listener), message(port_of(listener), length=f"Content-Length: {10**9}\r\n")[0]),
        }
        good = post(listener)
        assert listener.wait(soon()) == VALUE
        assert {status: client.status() for status, client in clients.items()} == {n: n for n in clients}
        good.close()


def test_what_follows_the_form_is_ignored():
    with listening() as listener:
        head, body = message(port_of(listener))
        client = Client(port_of(listener), head + body + b"\r\nGET / HTTP/1.1\r\n\r\n")
        assert listener.wait(soon()) == VALUE
        assert client.status() == 200


def test_clients_that_stop_halfway_do_not_hold_up_the_answer():
    with listening() as listener:
        head, body = message(port_of(listener))
        silent = [Client(port_of(listener)) for _ in range(30)]
        half = [Client(port_of(listener), head + body[:-1]) for _ in range(20)]
        reset = Client(port_of(listener), head)
        reset.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        reset.close()
        good = post(listener)
        started = time.monotonic()
        assert listener.wait(soon()) == VALUE
        assert time.monotonic() - started < 4
        assert good.status() == 200
        for client in silent + half:
            client.close()


@pytest.mark.parametrize("sent", ["nothing", "a drip"])
def test_who_does_not_finish_in_time_is_cut_off(sent):
    with listening(request_seconds=0.1) as listener:
        client = Client(port_of(listener))
        request = b"".join(message(port_of(listener))) if sent == "a drip" else b""
        dripping = send_slowly(client, request, 1, pause=0.02)
        with pytest.raises(SignInExpired):
            listener.wait(soon(0.5))
        dripping.join()
        with suppress(ConnectionResetError):
            assert client.socket.recv(1) == b""
        client.close()


def test_patience_begins_with_the_first_word():
    # A browser opens connections before it needs them; a form on such a one has its time, too.
    with listening(request_seconds=1.5) as listener:
        client = Client(port_of(listener))
        request = b"".join(message(port_of(listener)))

        def speak_late():
            time.sleep(1)
            send_slowly(client, request, len(request) // 2 + 1, pause=1).join()

        late = threading.Thread(target=speak_late)
        late.start()
        assert listener.wait(soon()) == VALUE
        late.join()
        client.close()


def test_the_value_is_returned_once_and_the_port_is_closed():
    with listening() as listener:
        client = post(listener)
        assert listener.wait(soon()) == VALUE
        client.close()
        with pytest.raises(ConnectionRefusedError):
            Client(port_of(listener))
        with pytest.raises(AuthenticationFailed, match="already taken"):
            listener.wait(soon())


def test_the_deadline_ends_the_wait_and_another_may_follow():
    with listening() as listener:
        started = time.monotonic()
        with pytest.raises(SignInExpired):
            listener.wait(soon(0.3))
        assert 0.2 < time.monotonic() - started < 5
        client = post(listener)
        assert listener.wait(soon()) == VALUE
        client.close()


def test_a_form_that_came_before_a_deadline_nobody_watched_still_counts():
    clock = StandingClock()
    with listening(clock=clock) as listener, post(listener).socket:
        clock.time = 5_000.0  # the machine slept
        assert listener.wait(2_000.0) == VALUE


def test_the_port_is_free_again_after_the_block():
    with listening() as listener:
        port = port_of(listener)
        client = post(listener)
        listener.wait(soon())
        client.close()
    with listening(port=port) as again:
        assert port_of(again) == port
        with pytest.raises(AuthenticationFailed, match=f"port {port} .*another program"), listening(port=port):
            pass


def test_an_impossible_port_is_a_setting_to_mend():
    with pytest.raises(InvalidSetting, match="99999"), listening(port=99999):
        pass


@pytest.mark.parametrize(("field", "state"), [(FIELD, ""), ("RelayState", STATE)])
def test_a_form_that_would_prove_nothing_cannot_be_asked_for(field, state):
    listen = FormPostListener(SystemClock())
    with pytest.raises(ValueError, match="state"), listen(path=PATH, field=field, state=state):
        pass


def test_nothing_secret_in_the_error_or_its_traceback(capfd):
    with listening() as listener:
        clients = [post(listener, f"{FIELD}={quote_plus(VALUE)}&RelayState=another"), post(listener, method="PUT")]
        with pytest.raises(SignInExpired) as caught:
            listener.wait(soon(0.2))
        for client in clients:
            client.close()
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    # The test's own frame knows the secrets; ours must not.
    frames = [frame for frame in report.stack if "atmos_auth" in frame.filename and "tests" not in frame.filename]
    text = " ".join([str(caught.value), repr(caught.value), *(repr(frame.locals) for frame in frames)])
    assert frames
    assert STATE not in text
    assert VALUE[:20] not in text
    assert capfd.readouterr() == ("", "")
    expectation = FormExpectation(PATH, FIELD, STATE, 1234)
    verdict = expectation.judge(*stripped())
    assert verdict.answer == VALUE
    assert STATE not in repr(expectation)
    assert VALUE[:20] not in repr(verdict)


# --- whatever is sent ------------------------------------------------------------------------------------------


def stripped(*arguments, **how):
    """Give head and body as the port hands them over."""
    head, body = message(1234, *arguments, **how)
    return head.removesuffix(b"\r\n\r\n"), body


def judge(head, body):
    return FormExpectation(PATH, FIELD, STATE, 1234).judge(head, body)


WORDS = st.text(st.characters(max_codepoint=255), max_size=30)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_noise_is_refused(head, body):
    assert judge(head, body).status == 400


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("target", "method", "version", "kind", "extra"), WORDS)))
def test_a_request_with_anything_in_its_head_is_judged(how):
    how = {name: word.replace("{", "").replace("}", "") for name, word in how.items()}
    verdict = judge(*stripped(**how))
    assert verdict.status in (200, 400, 404, 405)
    assert verdict.answer in (None, VALUE)


@given(st.one_of(st.integers().map(str), st.text("0123456789abcdefx+-_,. \t٣", max_size=12)))
def test_any_length_is_judged(length):
    verdict = judge(*stripped(length=f"Content-Length: {length}\r\n".encode().decode("latin-1")))
    if verdict is None:
        assert len(GOOD) < int(length) <= LARGEST_BODY
    elif verdict.answer is not None:
        assert int(length) == len(GOOD)


@given(st.text("&=;+%0aAfF\xff\x00" + FIELD, max_size=200), st.sampled_from(["", GOOD]))
def test_any_body_is_judged(noise, rest):
    verdict = judge(*stripped(f"{rest}{noise}"))
    assert verdict.status in (200, 400)
    assert (verdict.answer is None) == (verdict.status == 400)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.dictionaries(WORDS, WORDS, max_size=20))
def test_any_value_comes_back_as_it_was(value, others):
    fields = {**others, FIELD: value, "RelayState": STATE}
    assert judge(*stripped(urlencode(fields))).answer == value


@given(st.integers(0, len(GOOD) - 1))
def test_no_verdict_until_the_last_byte(count):
    head, body = stripped()
    assert judge(head, body[:count]) is None
    assert judge(head, body).answer == VALUE


# --- a real browser --------------------------------------------------------------------------------------------


@contextmanager
def identity_provider(address):
    """Serve a page that posts a form to `address` by itself, as identity providers do."""
    fields = {FIELD: VALUE.replace("\r\n", "\n"), "RelayState": STATE}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    page = (
        f'<!doctype html><body><form method="post" action="{address}">{inputs}'
        '<noscript><input type="submit" value="Continue"></noscript></form>'
        # The image keeps this page from being the one that has loaded, which is what the browser prints.
        '<script>document.forms[0].submit()</script><img src="/never"></body>'
    ).encode()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/never":
                over.wait(60)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://localhost:{server.server_port}/sso"
        over.set()
        server.shutdown()
        serving.join()


@in_chromium
def test_in_chromium_a_page_posts_its_form_and_the_person_sees_ours(tmp_path):
    with listening() as listener, identity_provider(listener.address) as url:
        browser = subprocess.Popen(
            [CHROMIUM, *CHROMIUM_FLAGS, f"--user-data-dir={tmp_path}", "--dump-dom", url],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        with browser:
            try:
                assert listener.wait(soon(60)) == VALUE
                page, _ = browser.communicate(timeout=60)
            finally:
                browser.kill()
    assert "You are signed in" in page
    assert STATE not in page

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from urllib.parse import urlsplit

import pytest
from loopback_client import Client, StandingClock, soon

from atmos_auth.domain.errors import AccessDenied, AuthenticationFailed, InvalidSetting, SignInExpired
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.loopback import LoopbackListener

PATH = "/oauth/callback"
STATE = "state-0123456789abcdef"
CODE = "code-fedcba9876543210"
GOOD = f"{PATH}?code={CODE}&state={STATE}"


@pytest.fixture
def listen():
    return LoopbackListener(SystemClock())


def port_of(listener):
    return urlsplit(listener.redirect_uri).port


def get(listener, target, *, host=None, method="GET", version="HTTP/1.1", extra=""):
    host = f"Host: {host or f'127.0.0.1:{port_of(listener)}'}\r\n"
    return Client(port_of(listener), f"{method} {target} {version}\r\n{host}{extra}\r\n".encode("latin-1"))


def test_returns_the_code_and_shows_a_page(listen):
    with listen(path=PATH, state=STATE) as listener:
        client = get(listener, GOOD)
        assert listener.wait(soon()) == CODE
        status, headers, body = client.answer()
    assert status == 200
    assert "Approval received" in body
    assert CODE not in body
    assert STATE not in body
    assert "<script" not in body
    assert headers["connection"] == "close"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


def test_the_policy_allows_the_pages_own_style_and_no_other(listen):
    import base64
    import hashlib
    import re

    with listen(path=PATH, state=STATE) as listener:
        client = get(listener, GOOD)
        listener.wait(soon())
        _, headers, body = client.answer()
    styles = re.findall(r"<style>(.*?)</style>", body, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in styles]
    assert re.findall(r"'sha256-([^']+)'", headers["content-security-policy"]) == digests
    assert "style=" not in body


def test_is_bound_to_the_loopback_address_before_the_block_begins(listen):
    with listen(path=PATH, state=STATE) as listener:
        assert listener.redirect_uri == f"http://127.0.0.1:{port_of(listener)}{PATH}"
        Client(port_of(listener)).close()
        with socket.socket() as elsewhere:
            assert elsewhere.connect_ex(("127.0.0.2", port_of(listener))) != 0


def test_localhost_is_also_a_good_host(listen):
    with (
        listen(path=PATH, state=STATE) as listener,
        get(listener, GOOD, host=f"LocalHost:{port_of(listener)}").socket,
    ):
        assert listener.wait(soon()) == CODE


def test_an_encoded_code_is_decoded(listen):
    with (
        listen(path=PATH, state=STATE) as listener,
        get(listener, f"{PATH}?state={STATE}&code=a%2Fb%2Bc%3D").socket,
    ):
        assert listener.wait(soon()) == "a/b+c="


def test_a_request_in_pieces_is_put_together(listen):
    with listen(path=PATH, state=STATE) as listener:
        client = Client(port_of(listener))
        request = f"GET {GOOD} HTTP/1.1\r\nHost: 127.0.0.1:{port_of(listener)}\r\n\r\n".encode()

        def drip():
            for start in range(0, len(request), 7):
                client.send(request[start : start + 7])
                time.sleep(0.002)

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert listener.wait(soon()) == CODE
        dripping.join()
        assert client.status() == 200


HOSTILE = {
    "wrong state": (400, f"{PATH}?code={CODE}&state=another", {}),
    "empty state": (400, f"{PATH}?code={CODE}&state=", {}),
    "no state": (400, f"{PATH}?code={CODE}", {}),
    "state in other letters": (400, f"{PATH}?code={CODE}&state={STATE.upper()}", {}),
    "non-ASCII state": (400, f"{PATH}?code={CODE}&state=%C3%A9", {}),
    "no code": (400, f"{PATH}?state={STATE}", {}),
    "empty code": (400, f"{PATH}?state={STATE}&code=", {}),
    "code with a line break": (400, f"{PATH}?state={STATE}&code=a%0D%0Ab", {}),
    "no query": (400, PATH, {}),
    "code twice": (400, f"{GOOD}&code=other", {}),
    "state twice": (400, f"{GOOD}&state={STATE}", {}),
    "unknown parameter twice": (400, f"{GOOD}&x=1&x=2", {}),
    "code and error": (400, f"{GOOD}&error=access_denied", {}),
    "refusal with a wrong state": (400, f"{PATH}?error=access_denied&state=another", {}),
    "refusal without a state": (400, f"{PATH}?error=access_denied", {}),
    "broken UTF-8": (400, f"{GOOD}&x=%ff%fe", {}),
    "raw bytes in the target": (400, f"{GOOD}&x=\xe9", {}),
    "too many parameters": (400, GOOD + "".join(f"&p{n}=1" for n in range(60)), {}),
    "root": (404, f"/?code={CODE}&state={STATE}", {}),
    "favicon": (404, "/favicon.ico", {}),
    "trailing slash": (404, f"{PATH}/?code={CODE}&state={STATE}", {}),
    "dot segments": (404, f"/x/..{GOOD}", {}),
    "encoded path": (404, f"/oauth%2Fcallback?code={CODE}&state={STATE}", {}),
    "other case": (404, f"/OAuth/Callback?code={CODE}&state={STATE}", {}),
    "absolute form": (404, f"http://127.0.0.1{GOOD}", {}),
    "POST": (405, GOOD, {"method": "POST"}),
    "HEAD": (405, GOOD, {"method": "HEAD"}),
    "OPTIONS": (405, GOOD, {"method": "OPTIONS"}),
    "lower-case get": (405, GOOD, {"method": "get"}),
    "made-up method": (405, GOOD, {"method": "GIMME"}),
    "foreign Host": (400, GOOD, {"host": "evil.example"}),
    "rebound Host": (400, GOOD, {"host": "evil.example:{port}"}),
    "Host without port": (400, GOOD, {"host": "127.0.0.1"}),
    "Host with another port": (400, GOOD, {"host": "127.0.0.1:1"}),
    "two Hosts": (400, GOOD, {"extra": "Host: evil.example\r\n"}),
    "a body": (400, GOOD, {"extra": "Content-Length: 3\r\n"}),
    "a chunked body": (400, GOOD, {"extra": "Transfer-Encoding: chunked\r\n"}),
    "header without colon": (400, GOOD, {"extra": "nonsense\r\n"}),
    "folded header": (400, GOOD, {"extra": "X: 1\r\n 2\r\n"}),
    "control code in a header": (400, GOOD, {"extra": "X: \x1b[2J\r\n"}),
    "HTTP/2.0": (400, GOOD, {"version": "HTTP/2.0"}),
    "no version": (400, GOOD, {"version": ""}),
    "blank in the target": (400, f"{GOOD} x", {}),
    "oversized target": (400, f"{GOOD}&x={'a' * 40_000}", {}),
    "oversized headers": (400, GOOD, {"extra": f"X: {'a' * 40_000}\r\n"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_request_is_refused_and_the_wait_goes_on(listen, name):
    expected, target, how = HOSTILE[name]
    with listen(path=PATH, state=STATE) as listener:
        how = {key: value.format(port=port_of(listener)) if key == "host" else value for key, value in how.items()}
        hostile = get(listener, target, **how)
        good = get(listener, GOOD)
        assert listener.wait(soon()) == CODE
        status, headers, body = hostile.answer()
        good.close()
    assert status == expected
    assert "another" not in body
    assert STATE not in body
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers.get("allow") == ("GET" if status == 405 else None)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 80 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"\x00" * 100_000,
    ],
    ids=["empty", "tls", "one word", "no host", "a flood without end"],
)
def test_what_is_not_http_is_refused_and_the_wait_goes_on(listen, request_bytes):
    with listen(path=PATH, state=STATE) as listener:
        hostile = Client(port_of(listener), request_bytes)
        good = get(listener, GOOD)
        assert listener.wait(soon()) == CODE
        hostile.close()
        assert good.status() == 200


def test_clients_that_say_nothing_or_hang_up_do_not_hold_up_the_answer(listen):
    with listen(path=PATH, state=STATE) as listener:
        silent = [Client(port_of(listener)) for _ in range(40)]
        half = [Client(port_of(listener), b"GET /oauth/callback?code=x") for _ in range(10)]
        Client(port_of(listener)).close()
        reset = Client(port_of(listener), b"GET ")
        reset.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        reset.close()
        good = get(listener, GOOD)
        started = time.monotonic()
        assert listener.wait(soon()) == CODE
        assert time.monotonic() - started < 4
        for client in silent + half:
            client.close()
        assert good.status() == 200


def test_more_clients_than_we_keep_do_not_hold_up_the_answer(listen):
    with listen(path=PATH, state=STATE) as listener:
        crowd = []

        def crowd_in():
            crowd.extend(Client(port_of(listener)) for _ in range(150))
            crowd.append(get(listener, GOOD))

        crowding = threading.Thread(target=crowd_in)
        crowding.start()
        assert listener.wait(soon()) == CODE
        crowding.join()
        assert crowd[-1].status() == 200
        for client in crowd:
            client.close()


def test_a_silent_client_is_cut_off_after_a_while():
    listen = LoopbackListener(SystemClock(), request_seconds=0.1)
    with listen(path=PATH, state=STATE) as listener:
        silent = Client(port_of(listener))
        with pytest.raises(SignInExpired):
            listener.wait(soon(0.4))
        assert silent.socket.recv(1) == b""
        silent.close()


def test_a_refusal_by_the_person_ends_the_wait(listen):
    with listen(path=PATH, state=STATE) as listener:
        description = "User+%3Cb%3Esaid%3C%2Fb%3E+no%1B%5B2J%0A."
        client = get(listener, f"{PATH}?error=access_denied&state={STATE}&error_description={description}")
        with pytest.raises(AccessDenied) as caught:
            listener.wait(soon())
        status, _, body = client.answer()
    assert status == 200
    assert "Sign-in refused" in body
    assert "&lt;b&gt;" in body
    assert "<b>" not in body
    assert caught.value.details == ("User <b>said</b> no[2J .",)


def test_another_error_of_the_server_ends_the_wait(listen):
    with listen(path=PATH, state=STATE) as listener:
        client = get(listener, f"{PATH}?error=server%22_error&state={STATE}&error_description={'x' * 5000}")
        with pytest.raises(AuthenticationFailed, match='server"_error') as caught:
            listener.wait(soon())
        _, _, body = client.answer()
    assert not isinstance(caught.value, AccessDenied)
    assert len(caught.value.details[0]) == 300
    assert "server&quot;_error" in body


def test_nothing_secret_in_the_error_or_its_traceback(listen, capfd):
    with listen(path=PATH, state=STATE) as listener:
        hostile = get(listener, f"{PATH}?code={CODE}&state=another")
        refusal = get(listener, f"{PATH}?error=access_denied&state={STATE}")
        with pytest.raises(AccessDenied) as caught:
            listener.wait(soon())
        hostile.close()
        refusal.close()
    error = caught.value
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    # The test's own frame knows the secrets; ours must not.
    frames = [frame for frame in report.stack if "atmos_auth" in frame.filename and "tests" not in frame.filename]
    text = " ".join([str(error), repr(error), *error.details, *(repr(frame.locals) for frame in frames)])
    assert frames
    assert STATE not in text
    assert CODE not in text
    assert capfd.readouterr() == ("", "")


def test_the_code_is_returned_once(listen):
    with listen(path=PATH, state=STATE) as listener:
        client = get(listener, GOOD)
        assert listener.wait(soon()) == CODE
        client.close()
        with pytest.raises(ConnectionRefusedError):
            Client(port_of(listener))
        with pytest.raises(AuthenticationFailed, match="already taken"):
            listener.wait(soon())


def test_the_deadline_ends_the_wait(listen):
    with listen(path=PATH, state=STATE) as listener:
        started = time.monotonic()
        with pytest.raises(SignInExpired):
            listener.wait(soon(0.3))
        assert 0.2 < time.monotonic() - started < 5


def test_a_client_that_keeps_talking_does_not_move_the_deadline(listen):
    with listen(path=PATH, state=STATE) as listener:
        client = Client(port_of(listener))
        talking = threading.Event()

        def talk():
            while not talking.wait(0.005):
                try:
                    client.send(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            with pytest.raises(SignInExpired):
                listener.wait(soon(0.3))
        finally:
            talking.set()
            thread.join()
            client.close()


def test_an_answer_that_came_before_a_deadline_nobody_watched_still_counts():
    clock = StandingClock()
    with LoopbackListener(clock)(path=PATH, state=STATE) as listener, get(listener, GOOD).socket:
        clock.time = 5_000.0  # the machine slept
        assert listener.wait(2_000.0) == CODE


def test_a_wait_may_follow_one_that_expired(listen):
    with listen(path=PATH, state=STATE) as listener:
        with pytest.raises(SignInExpired):
            listener.wait(soon(-1))
        client = get(listener, GOOD)
        assert listener.wait(soon()) == CODE
        client.close()


def test_the_port_is_free_again_after_the_block(listen):
    with listen(path=PATH, state=STATE) as listener:
        port = port_of(listener)
        client = get(listener, GOOD)
        listener.wait(soon())
        client.close()
    with listen(path=PATH, state=STATE, port=port) as again:
        assert port_of(again) == port


def test_a_port_in_use_is_named_with_its_setting(listen):
    with listen(path=PATH, state=STATE) as other:
        port = port_of(other)
        refused = pytest.raises(AuthenticationFailed, match=f"port {port} .*another program")
        with refused as caught, listen(path=PATH, state=STATE, port=port):
            pass
    assert "callback_port" in caught.value.hints[0]
    assert "ATMOS_AUTH_CALLBACK_PORT" in caught.value.hints[0]


def test_an_impossible_port_is_a_setting_to_mend(listen):
    with pytest.raises(InvalidSetting, match="99999"), listen(path=PATH, state=STATE, port=99999):
        pass


def test_an_empty_state_is_refused(listen):
    with pytest.raises(ValueError, match="state"), listen(path=PATH, state=""):
        pass


def test_no_thread_is_started(listen):
    before = threading.active_count()
    with listen(path=PATH, state=STATE) as listener:
        silent, good = Client(port_of(listener)), get(listener, GOOD)
        listener.wait(soon())
        assert threading.active_count() == before
        silent.close()
        good.close()


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_ends_the_wait_at_once():
    script = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.loopback import LoopbackListener
with LoopbackListener(SystemClock())(path="/", state="s") as listener:
    print("ready", flush=True)
    try:
        listener.wait(time.time() + 60)
    except KeyboardInterrupt:
        print("broken off", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "broken off\n"
        assert time.monotonic() - started < 1  # a tenth is usual; test machines are busy
        assert process.wait(5) == 0

"""Conversations over HTTP: cookies and redirects within them, limits on all, and no secret in any failure."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from atmos_auth.domain.errors import ServiceError
from atmos_auth.host.web import RequestsWeb

STATUSES = {"/307away": 307, "/307": 307, "/302": 302, "/away": 302, "/loop": 302, "/plain": 302, "/403": 403}


class Site(BaseHTTPRequestHandler):
    """Pages that try what servers try; every request is noted."""

    seen: list[tuple[str, str, dict[str, str], bytes]]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        type(self).seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        path = self.path.partition("?")[0]
        status = STATUSES.get(path, 200)
        content = {"/latin": "Müller".encode("latin-1"), "/odd": b"\xff\xfe"}.get(path, b"hello")
        target = {
            "/302": "/end",
            "/307": "/end",
            "/loop": "/loop",
            "/plain": "http://pages.example.com/",
            "/307away": f"http://localhost:{self.server.server_address[1]}/end",
            "/away": f"http://localhost:{self.server.server_address[1]}/end",
        }.get(path)
        if path == "/silent":
            time.sleep(3)
        if path in ("/driphead", "/drop"):
            self.misbehave(drip=path == "/driphead")
            return
        self.send_response(status)
        if target:
            self.send_header("Location", target)
        charset = {"/latin": "iso-8859-1", "/odd": "no-such-charset"}.get(path, "utf-8")
        self.send_header("Content-Type", f"text/html; charset={charset}")
        self.send_header("Set-Cookie", "session=canary-cookie; HttpOnly")
        if path not in ("/huge", "/drip"):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            if path == "/huge":
                for _ in range(10):
                    self.wfile.write(b"x" * 1024 * 1024)
            elif path == "/drip":
                for _ in range(40):
                    self.wfile.write(b"x")
                    time.sleep(0.1)
            else:
                self.wfile.write(content)
        except OSError:
            return

    def misbehave(self, *, drip: bool) -> None:
        """Send the head letter by letter, or nothing at all."""
        for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40 if drip else b"":
            self.wfile.write(bytes([letter]))
            time.sleep(0.1)
        self.connection.close()

    do_GET = do_POST = answer  # noqa: N815 - the names are http.server's

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    Site.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def web(**environ: str) -> RequestsWeb:
    return RequestsWeb(environ=environ, user_agent="atmos-auth/test")


def test_cookies_are_kept_within_a_conversation_and_forgotten_after_it(site):
    made = web()
    with made.session(seconds=5) as session:
        session.get(f"{site}/one")
        session.get(f"{site}/two")
    with made.session(seconds=5) as session:
        session.get(f"{site}/three")
    assert ["cookie" in headers for _, _, headers, _ in Site.seen] == [False, True, False]


def test_redirects_are_followed_as_browsers_do(site):
    with web().session(seconds=5) as session:
        found = session.post(f"{site}/302", form=[("a", "1")])
        session.post(f"{site}/307", form=[("a", "1"), ("a", "2")])
    assert (found.url, found.status, found.text) == (f"{site}/end", 200, "hello")
    assert [(method, body) for method, _, _, body in Site.seen] == [
        ("POST", b"a=1"),
        ("GET", b""),
        ("POST", b"a=1&a=2"),
        ("POST", b"a=1&a=2"),
    ]


def test_redirects_can_be_left_alone(site):
    with web().session(seconds=5, redirects=False) as session:
        assert session.get(f"{site}/302").status == 302
    assert len(Site.seen) == 1


def test_an_authorization_does_not_follow_to_another_host(site):
    with web().session(seconds=5) as session:
        session.get(f"{site}/302", headers={"Authorization": "bearer canary"})
        session.get(f"{site}/away", headers={"Authorization": "bearer canary"})
    assert ["authorization" in headers for _, _, headers, _ in Site.seen] == [True, True, True, False]


def test_json_and_forms_are_sent_as_such(site):
    with web().session(seconds=5) as session:
        session.post(f"{site}/x", json={"a": "ü"})
    _, _, headers, body = Site.seen[0]
    assert (headers["content-type"], body) == ("application/json", b'{"a": "\\u00fc"}')
    assert "atmos-auth/test" in headers["user-agent"]


@pytest.mark.parametrize(("path", "text"), [("/latin", "Müller"), ("/odd", "\ufffd\ufffd"), ("/403", "hello")])
def test_any_text_of_any_status_is_an_answer(site, path, text):
    with web().session(seconds=5) as session:
        assert session.get(f"{site}{path}").text == text


@pytest.mark.parametrize(
    ("path", "words", "retryable"),
    [
        ("/silent", "did not answer in time", True),
        ("/drip", "did not answer in time", True),
        ("/driphead", "did not answer in time", True),
        ("/drop", "closed the connection", True),
        ("/huge", "more than 8 MiB", False),
        ("/loop", "again and again", False),
        ("/plain", "not an https address", False),
    ],
)
def test_what_servers_may_try_ends_in_a_sentence(site, path, words, retryable):
    with (
        web().session(seconds=1) as session,
        pytest.raises(ServiceError, match=words) as caught,
    ):
        session.get(f"{site}{path}?token=canary-token")
    assert caught.value.retryable is retryable
    assert "canary" not in f"{caught.value} {caught.value.hints} {caught.value.details} {caught.value.endpoint}"


@pytest.mark.parametrize("sent", [{"form": [("Password", "canary")]}, {"json": {"password": "canary"}}])
def test_what_was_typed_for_one_server_is_not_sent_on_to_another(site, sent):
    with web().session(seconds=5) as session, pytest.raises(ServiceError, match="sent on to http://localhost"):
        session.post(f"{site}/307away", **sent)
    assert [path for _, path, _, _ in Site.seen] == ["/307away"]


def test_nobody_there_is_a_passing_failure_with_the_systems_own_reason():
    with web().session(seconds=1) as session, pytest.raises(ServiceError) as caught:
        session.get("http://127.0.0.1:9/?canary")
    assert caught.value.retryable
    assert caught.value.details == ("Connection refused",)
    # What requests says of it holds the whole address, and a traceback would show it.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://127.0.0.1/", "javascript:alert(1)", "http://[", "//x"])
def test_only_https_leaves_this_machine(url):
    with web().session(seconds=1) as session, pytest.raises(ServiceError):
        session.get(url)


def test_the_persons_netrc_and_proxies_are_not_looked_for(site, home, monkeypatch):
    (home / ".netrc").write_text("machine 127.0.0.1 login canary password canary\n")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with web().session(seconds=5) as session:
        session.get(f"{site}/x")
    assert "authorization" not in Site.seen[0][2]


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(site):
    with web(HTTPS_PROXY="http://127.0.0.1:9").session(seconds=2) as session:
        assert session.get(f"{site}/x").status == 200
        with pytest.raises(ServiceError, match="through the proxy"):
            session.get("https://pages.example.com/")


def test_a_missing_file_of_authorities_is_named(tmp_path):
    with web(AWS_CA_BUNDLE=str(tmp_path / "none.pem")).session(seconds=2) as session:
        with pytest.raises(ServiceError) as caught:
            session.get("https://127.0.0.1:9/")
        assert any("AWS_CA_BUNDLE" in hint for hint in caught.value.hints)

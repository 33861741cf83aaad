"""What a web page can get from the endpoint, in a real browser: nothing, not even with the token."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright
from running_endpoint import TOKEN, Running

from atmos_auth.testing import aws_credentials
from installed import CHROMIUM, CHROMIUM_FLAGS, in_chromium

pytestmark = in_chromium
# A name that its owner has made to lead to this machine, as with DNS rebinding.
REBOUND = "evil.example"
ASK = """async ([address, options]) => {
  try { const answer = await fetch(address, options); return `${answer.status} ${await answer.text()}`; }
  catch (error) { return String(error); }
}"""


class Empty(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>evil</title>")

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint() -> Iterator[Running]:
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of another site."""
    site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        rules = f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_FLAGS, rules])
        opened = browser.new_page()
        opened.goto(f"http://127.0.0.1:{site.server_port}/")
        yield opened
        browser.close()
    site.shutdown()
    thread.join()
    site.server_close()


def refusals(endpoint: Running) -> list[str]:
    return [message.rpartition(": ")[2] for _, message in endpoint.log.lines]


def test_a_page_of_another_site_is_refused_and_reads_nothing(endpoint, page):
    address = endpoint.endpoint.address
    with_token = {"headers": {"Authorization": TOKEN}}
    assert "Failed to fetch" in page.evaluate(ASK, [address, with_token]), "the browser asks first, and gets no leave"
    assert page.evaluate(ASK, [address, {"mode": "no-cors"}]) == "0 "
    page.evaluate(
        "address => new Promise(done => { const image = new Image(); image.onerror = done; image.src = address; })",
        address,
    )
    page.goto(address)
    assert "FromAWebPage" in page.content()
    assert set(refusals(endpoint)) == {"FromAWebPage"}
    assert len(refusals(endpoint)) >= 4


def test_a_page_whose_name_leads_here_is_refused(endpoint, page):
    rebound = endpoint.endpoint.address.replace("127.0.0.1", REBOUND)
    page.goto(rebound)
    answer = page.evaluate(ASK, [rebound, {"headers": {"Authorization": TOKEN}}])
    assert answer.startswith("403 ")
    assert "WrongHost" in answer
    assert not [secret for secret in aws_credentials().secrets if secret in f"{answer}{page.content()}"]
    assert set(refusals(endpoint)) == {"WrongHost"}

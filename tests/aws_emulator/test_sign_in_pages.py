"""The pages a person sees, and the authorization code flow with PKCE that runs through them."""

from __future__ import annotations

import base64
import hashlib
import http.client
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

REDIRECT = "http://127.0.0.1/oauth/callback"
VERIFIER = "verifier-" * 6
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {
    "grantTypes": ["authorization_code", "refresh_token"],
    "redirectUris": [REDIRECT],
}


class Browser:
    """Fetches pages without following redirects."""

    def __init__(self, url):
        self._address = urlsplit(url).netloc

    def request(self, method, path, form=None):
        connection = http.client.HTTPConnection(self._address, timeout=10)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        response = connection.getresponse()
        response.text = response.read().decode()
        connection.close()
        return response

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, form):
        return self.request("POST", path, form)


@pytest.fixture
def browser(aws):
    return Browser(aws.url)


def test_root_leads_to_the_portal(browser):
    response = browser.get("/")
    assert (response.status, response.headers["Location"]) == (302, "/start")


def test_portal_shows_accounts_and_the_code_form(browser):
    response = browser.get("/start")
    assert response.status == 200
    for text in ("demo.user", "development", "111111111111", "AdminAccess", 'action="/device"'):
        assert text in response.text


@pytest.mark.parametrize("path", ["/start", "/device", "/device?user_code=XXXX-XXXX"])
def test_pages_allow_no_script_no_frame_and_no_caching(browser, path):
    response = browser.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script" not in policy + response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_stylesheet(browser):
    response = browser.get("/assets/style.css")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_looking_at_a_code_decides_nothing(api, browser, refused):
    client = api.register(clientName="My <b>device</b>")
    started = api.start(client)
    response = browser.get(f"/device?user_code={started['userCode']}")
    assert response.status == 200
    assert started["userCode"] in response.text
    assert "My &lt;b&gt;device&lt;/b&gt;" in response.text
    assert api.aws.pending_user_codes() == [started["userCode"]]


@pytest.mark.parametrize("spelling", [str, str.lower, lambda code: code.replace("-", ""), " {} ".format])
def test_allow_with_the_code_in_any_spelling(api, browser, spelling):
    client = api.register()
    started = api.start(client)
    response = browser.post("/device", {"user_code": spelling(started["userCode"]), "decision": "allow"})
    assert (response.status, "Access allowed" in response.text) == (200, True)
    assert api.poll(client, started)["accessToken"]


def test_deny(api, browser, refused):
    client = api.register()
    started = api.start(client)
    response = browser.post("/device", {"user_code": started["userCode"], "decision": "deny"})
    assert (response.status, "Access denied" in response.text) == (200, True)
    with refused("AccessDeniedException"):
        api.poll(client, started)


@pytest.mark.parametrize("form", [{}, {"decision": ""}, {"decision": "maybe"}])
def test_a_form_without_a_decision_decides_nothing(api, browser, form):
    started = api.start(api.register())
    response = browser.post("/device", {"user_code": started["userCode"]} | form)
    assert response.status == 400
    assert api.aws.pending_user_codes() == [started["userCode"]]


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_used_denied_and_expired_codes(api, browser, method):
    def ask(code):
        if method == "get":
            return browser.get(f"/device?user_code={code}")
        return browser.post("/device", {"user_code": code, "decision": "allow"})

    client = api.register()
    used, denied, expired = (api.start(client) for _ in range(3))
    api.aws.approve(used["userCode"])
    assert (ask(used["userCode"]).status, ask("nothing").status) == (409, 404)
    api.poll(client, used)
    assert "used before" in ask(used["userCode"]).text
    api.aws.deny(denied["userCode"])
    assert "denied before" in ask(denied["userCode"]).text
    api.aws.clock.advance(600)
    response = ask(expired["userCode"])
    assert (response.status, "expired" in response.text) == (410, True)


def test_a_typed_code_comes_back_escaped(browser):
    response = browser.get("/device?user_code=%22%3E%3Cscript%3E")
    assert response.status == 404
    assert "<script>" not in response.text


def test_auto_approve_allows_on_opening_the_page(api, browser):
    client = api.register()
    started = api.start(client)
    api.aws.auto_approve = True
    for _ in range(2):
        response = browser.get(f"/device?user_code={started['userCode']}")
        assert (response.status, "Access allowed" in response.text) == (200, True)
    api.aws.auto_approve = False
    assert api.poll(client, started)["accessToken"]


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/start", "/device", "/token", "/"])
def test_other_methods(browser, method, path):
    response = browser.request(method, path)
    assert response.status == 405
    assert response.headers["Allow"]


def test_unknown_path(browser):
    response = browser.get("/nowhere")
    assert (response.status, response.headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")


# --- authorization code and PKCE ----------------------------------------------------------------------------


@pytest.fixture
def client(api):
    return api.register(**PKCE)


@pytest.fixture
def query(client):
    return {
        "response_type": "code",
        "client_id": client["clientId"],
        "redirect_uri": "http://127.0.0.1:54321/oauth/callback",
        "state": "a state",
        "code_challenge_method": "S256",
        "code_challenge": CHALLENGE,
        "scopes": "sso:account:access",
    }


def trade(api, client, code, **members):
    members = {"redirectUri": "http://127.0.0.1:54321/oauth/callback", "codeVerifier": VERIFIER} | members
    return api.oidc.create_token(**client, grantType="authorization_code", code=code, **members)


def landed(response):
    """Give where a redirect leads, without its query, and the query."""
    assert response.status == 302
    parts = urlsplit(response.headers["Location"])
    query = {name: value for name, (value,) in parse_qs(parts.query).items()}
    return f"{parts.scheme}://{parts.netloc}{parts.path}", query


def allowed(browser, query):
    return landed(browser.post("/authorize", query | {"decision": "allow"}))[1]["code"]


def test_person_allows_in_the_browser(api, browser, client, query):
    response = browser.get(f"/authorize?{urlencode(query)}")
    assert response.status == 200
    assert "form-action 'self' http://127.0.0.1:54321" in response.headers["Content-Security-Policy"]
    where, answer = landed(browser.post("/authorize", query | {"decision": "allow"}))
    assert where == "http://127.0.0.1:54321/oauth/callback"
    assert answer["state"] == "a state"
    tokens = trade(api, client, answer["code"])
    assert api.portal.list_accounts(accessToken=tokens["accessToken"])["accountList"]
    assert api.refresh(client, tokens["refreshToken"])["accessToken"]


def test_a_link_does_not_bring_the_answer_along(browser, query):
    text = browser.get(f"/authorize?{urlencode(query | {'decision': 'allow'})}").text
    assert text.count('name="decision"') == 2  # the two buttons


def test_person_denies_in_the_browser(browser, query):
    _, answer = landed(browser.post("/authorize", query | {"decision": "deny"}))
    assert answer == {"error": "access_denied", "state": "a state"}


def test_auto_approve_redirects_at_once(api, browser, client, query):
    api.aws.auto_approve = True
    _, answer = landed(browser.get(f"/authorize?{urlencode(query)}"))
    assert trade(api, client, answer["code"])["accessToken"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "SHA-256"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"scopes": "sso:account:access openid"}, "invalid_scope"),
    ],
)
@pytest.mark.parametrize("decision", [None, "allow"])
def test_the_client_learns_what_is_wrong(browser, query, changes, error, decision):
    query |= changes
    if decision:
        response = browser.post("/authorize", query | {"decision": decision})
    else:
        response = browser.get(f"/authorize?{urlencode(query)}")
    assert landed(response)[1] == {"error": error, "state": "a state"}


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown"},
        {"redirect_uri": ""},
        {"redirect_uri": "http://127.0.0.1:54321/other"},
        {"redirect_uri": "http://127.0.0.1:54321/oauth/callback?more=1"},
        {"redirect_uri": "http://127.0.0.1:54321/oauth/callback#x"},
        {"redirect_uri": "https://127.0.0.1:54321/oauth/callback"},
        {"redirect_uri": "http://localhost:54321/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1:99999/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1@example.com/oauth/callback"},
        {"redirect_uri": "http://127.0.0.1.example.com/oauth/callback"},
    ],
)
def test_nothing_is_sent_to_an_address_nobody_registered(browser, query, changes):
    query |= changes
    for response in (
        browser.get(f"/authorize?{urlencode(query)}"),
        browser.post("/authorize", query | {"decision": "allow"}),
    ):
        assert (response.status, response.headers["Location"]) == (400, None)


def test_an_https_redirect_must_match_exactly(api, browser, query):
    uri = "https://app.example.com/callback?tenant=1"
    client = api.register(**PKCE | {"redirectUris": [uri]})
    query |= {"client_id": client["clientId"], "redirect_uri": uri}
    where, answer = landed(browser.post("/authorize", query | {"decision": "allow"}))
    assert (where, answer["tenant"]) == ("https://app.example.com/callback", "1")
    query |= {"redirect_uri": "https://app.example.com:8443/callback?tenant=1"}
    assert browser.get(f"/authorize?{urlencode(query)}").status == 400


def test_the_client_must_have_registered_the_grant(api, browser, query):
    client = api.register(**PKCE | {"grantTypes": ["refresh_token"]})
    query["client_id"] = client["clientId"]
    assert landed(browser.get(f"/authorize?{urlencode(query)}"))[1]["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"codeVerifier": "other-" * 8}, "InvalidGrantException"),
        ({"codeVerifier": "short"}, "InvalidRequestException"),
        ({"redirectUri": "http://127.0.0.1:54322/oauth/callback"}, "InvalidGrantException"),
        ({"redirectUri": REDIRECT}, "InvalidGrantException"),
        ({"code": "unknown"}, "InvalidGrantException"),
    ],
)
def test_trading_a_code_refuses(api, browser, refused, client, query, members, code):
    members = {"code": allowed(browser, query)} | members
    with refused(code):
        trade(api, client, **members)


@pytest.mark.parametrize("missing", ["code", "redirectUri", "codeVerifier"])
def test_trading_a_code_needs_everything(api, browser, refused, client, query, missing):
    members = {
        "code": allowed(browser, query),
        "redirectUri": query["redirect_uri"],
        "codeVerifier": VERIFIER,
    }
    del members[missing]
    with refused("InvalidRequestException"):
        api.oidc.create_token(**client, grantType="authorization_code", **members)


def test_a_code_lives_ten_minutes(api, browser, refused, client, query):
    code = allowed(browser, query)
    api.aws.clock.advance(600)
    with refused("InvalidGrantException"):
        trade(api, client, code)


def test_a_code_belongs_to_its_client(api, browser, refused, query):
    with refused("InvalidGrantException"):
        trade(api, api.register(**PKCE), allowed(browser, query))


def test_a_code_used_twice_ends_its_session(api, browser, refused, client, query):
    code = allowed(browser, query)
    tokens = trade(api, client, code)
    with refused("InvalidGrantException"):
        trade(api, client, code)
    with refused("UnauthorizedException", 401):
        api.portal.list_accounts(accessToken=tokens["accessToken"])

"""Who is given credentials by the endpoint, who is not, and that nobody can keep others waiting."""

import socket
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_client import Client
from running_endpoint import PORT, TOKEN, Running, request

from atmos_auth.delivery.container_endpoint import (
    LARGEST_HEAD,
    MOST_CLIENTS,
    ContainerEndpoint,
    body_of,
    refusal_of,
)
from atmos_auth.domain.errors import CredentialsMissing, LockTimeout, ServiceError, UsageError
from atmos_auth.testing import NOW, FakeClock, aws_credentials

KEYS = {
    "AccessKeyId": "ASIASAMPLESAMPLESAMP",
    "SecretAccessKey": "sample/secret/access/key",
    "Token": "sample/session/token==",
    "Expiration": "2026-01-02T04:04:05Z",
    "AccountId": "123456789012",
}


def refused(raw: bytes) -> tuple[int, str] | None:
    refusal = refusal_of(raw.removesuffix(b"\r\n\r\n"), port=PORT, token=TOKEN)
    return (refusal.status, refusal.code) if refusal is not None else None


@pytest.fixture
def running():
    made: list[Running] = []

    def start(**options: float) -> Running:
        made.append(Running(**options))
        return made[-1]

    yield start
    for each in made:
        each.stop()


def test_who_knows_the_token_is_given_what_sdks_read(running):
    assert running().ask() == (200, KEYS)


def test_keys_without_an_end_or_a_token_are_such_as_sdks_take():
    bare = body_of(aws_credentials(session_token=None, expires_at=None, account_id=None), NOW)
    assert bare["Token"] == ""
    assert bare["Expiration"] == "2026-01-02T04:04:05Z", "in an hour they ask again"
    assert "AccountId" not in bare


REFUSED = {
    "no token": ({"token": None}, (403, "WrongToken")),
    "an empty token": ({"token": ""}, (403, "WrongToken")),
    "another token": ({"token": TOKEN[:-1] + "x"}, (403, "WrongToken")),
    "the beginning of the token": ({"token": TOKEN[:-1]}, (403, "WrongToken")),
    "more than the token": ({"token": TOKEN + "x"}, (403, "WrongToken")),
    "a scheme before the token": ({"token": f"Bearer {TOKEN}"}, (403, "WrongToken")),
    "the token twice": ({"AUTHORIZATION": TOKEN}, (403, "WrongToken")),
    "a name that leads here": ({"host": f"evil.example:{PORT}"}, (403, "WrongHost")),
    "localhost, which is not what was handed out": ({"host": f"localhost:{PORT}"}, (403, "WrongHost")),
    "the address without its port": ({"host": "127.0.0.1"}, (403, "WrongHost")),
    "another port": ({"host": f"127.0.0.1:{PORT + 1}"}, (403, "WrongHost")),
    "another address of this machine": ({"host": f"127.1:{PORT}"}, (403, "WrongHost")),
    "a name that only begins so": ({"host": f"127.0.0.1:{PORT}.evil.example"}, (403, "WrongHost")),
    "no host": ({"host": ""}, (403, "WrongHost")),
    "two hosts": ({"HOST": f"127.0.0.1:{PORT}"}, (400, "BadRequest")),
    "a web page": ({"Origin": "https://evil.example"}, (403, "FromAWebPage")),
    "a web page of our own address": ({"Origin": f"http://127.0.0.1:{PORT}"}, (403, "FromAWebPage")),
    "a page that hides where it is from": ({"Origin": "null"}, (403, "FromAWebPage")),
    "a link in a page": ({"Sec_Fetch_Site": "none"}, (403, "FromAWebPage")),
    "an image in a page": ({"sec_fetch_dest": "image"}, (403, "FromAWebPage")),
    "another path": ({"target": "/"}, (404, "NotFound")),
    "a longer path": ({"target": "/atmos/credentials/"}, (404, "NotFound")),
    "a path with a way back": ({"target": "/atmos/../atmos/credentials"}, (404, "NotFound")),
    "a query": ({"target": "/atmos/credentials?x"}, (404, "NotFound")),
    "a proxy's request": ({"target": f"http://127.0.0.1:{PORT}/atmos/credentials"}, (404, "NotFound")),
    "another method": ({"method": "POST"}, (405, "MethodNotAllowed")),
    "a preflight": ({"method": "OPTIONS", "Origin": "https://evil.example"}, (403, "FromAWebPage")),
    "a lower case method": ({"method": "get"}, (405, "MethodNotAllowed")),
    "a body": ({"Content_Length": "1"}, (400, "BadRequest")),
    "a body in chunks": ({"Transfer_Encoding": "chunked"}, (400, "BadRequest")),
}


@pytest.mark.parametrize(("changes", "outcome"), REFUSED.values(), ids=REFUSED)
def test_is_refused(changes, outcome):
    assert refused(request(**changes)) == outcome


def test_what_is_right_is_not_refused():
    assert refused(request()) is None
    assert refused(request(Accept="*/*", User_Agent="aws-sdk", Content_Length="0")) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GET",
        b"GET /atmos/credentials",
        b"GET /atmos/credentials HTTP/2",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /atmos/credentials HTTP/1.1\r\nHost 127.0.0.1",
        b"GET /atmos/credentials HTTP/1.1\nHost: 127.0.0.1:4711\nAuthorization: x",
        "GET /atmos/credentials HTTP/1.1\r\nHost: 127.0.0.1:4711\r\nAuthorization: ü".encode(),
    ],
)
def test_what_is_no_request_is_refused(raw):
    assert refused(raw) == (400, "BadRequest")


@given(st.binary(max_size=300))
def test_no_bytes_raise_or_are_let_in(raw):
    assert refused(raw) is not None


@given(
    method=st.sampled_from(["GET", "POST", "HEAD"]),
    host=st.sampled_from([f"127.0.0.1:{PORT}", f"localhost:{PORT}", "evil.example"]),
    token=st.one_of(st.just(TOKEN), st.text(string.ascii_letters + string.digits, max_size=50)),
    headers=st.dictionaries(st.sampled_from(["Origin", "Sec-Fetch-Site", "Accept", "X-Any"]), st.just("x"), max_size=3),
)
def test_only_all_of_it_together_is_let_in(method, host, token, headers):
    lets_in = (
        method == "GET"
        and host == f"127.0.0.1:{PORT}"
        and token == TOKEN
        and not headers.keys() & {"Origin", "Sec-Fetch-Site"}
    )
    assert (refused(request(method=method, host=host, token=token, **headers)) is None) == lets_in


def test_a_refusal_never_says_what_would_have_been_right(running):
    service = running()
    for changes, (status, code) in REFUSED.values():
        raw = request(
            service.port, **{k: v.replace(str(PORT), str(service.port)) if v else v for k, v in changes.items()}
        )
        if changes.get("host") == f"127.0.0.1:{PORT + 1}":
            continue
        answered, body = service.ask(raw)
        assert (answered, body["code"]) == (status, code)
        assert body["Code"] == body["code"]
        assert body["Message"] == body["message"]
        assert TOKEN not in str(body)
        assert str(service.port) not in str(body)
    assert TOKEN not in service.log.text
    assert "WrongHost" in service.log.text


def test_a_head_that_is_too_long_is_refused(running):
    service = running()
    status, body = service.ask(request(service.port, X_Long="x" * LARGEST_HEAD))
    assert (status, body["code"]) == (431, "RequestTooLarge")
    endless = Client(service.port, b"GET /" + b"x" * (LARGEST_HEAD + 100))
    assert endless.status() == 431
    assert service.ask()[0] == 200


def test_who_drips_is_cut_off_and_others_are_served(running):
    service = running(request_seconds=0.4)
    slow = socket.create_connection(("127.0.0.1", service.port), timeout=5)
    started, cut = time.monotonic(), False
    for byte in request(service.port):
        try:
            slow.sendall(bytes([byte]))
        except OSError:
            cut = True
            break
        assert service.ask()[0] == 200
        time.sleep(0.02)
        if time.monotonic() - started > 5:
            break
    slow.close()
    assert cut, "each byte must not lengthen our patience"


def test_who_says_nothing_is_cut_off(running):
    service = running(request_seconds=0.2)
    silent = Client(service.port)
    silent.socket.settimeout(5)
    assert silent.socket.recv(1) == b""
    silent.close()


def test_a_crowd_of_silent_clients_stops_nobody(running):
    service = running(request_seconds=30)
    crowd = [Client(service.port, b"GET") for _ in range(MOST_CLIENTS + 20)]
    assert service.ask() == (200, KEYS)
    for client in crowd:
        client.close()
    assert service.ask() == (200, KEYS)


def test_what_takes_time_is_waited_for_and_others_are_served(running):
    service = running()
    service.says = None
    waiting = [Client(service.port, request(service.port)) for _ in range(5)]
    assert service.ask(request(service.port, token="wrong-token"))[0] == 403
    time.sleep(0.1)
    service.says = aws_credentials()
    assert [client.status() for client in waiting] == [200] * 5


def test_no_wait_is_without_an_end(running):
    service = running(answer_seconds=0.2)
    service.says = None
    status, body = service.ask()
    assert (status, body["code"]) == (503, "StillRenewing")
    service.says = aws_credentials()
    assert service.ask()[0] == 200


def test_who_gives_up_is_forgotten(running):
    service = running()
    service.says = None
    Client(service.port, request(service.port)).close()
    service.says = aws_credentials()
    assert service.ask()[0] == 200


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (CredentialsMissing("they have\nexpired", hints=["atmos auth login --identity prod"]), 403),
        (LockTimeout("somebody is signing in"), 503),
        (ServiceError("is down", operation="sts:AssumeRole", endpoint="https://x", code="Down", retryable=True), 503),
        (ServiceError("said no", operation="sts:AssumeRole", endpoint="https://x", code="No", retryable=False), 403),
    ],
)
def test_what_went_wrong_is_told_with_what_mends_it(running, failure, status):
    service = running()
    service.says = failure
    answered, body = service.ask()
    assert (answered, body["code"]) == (status, type(failure).__name__)
    assert body["message"].startswith(failure.message.replace("\n", " "))
    assert all(hint in body["message"] for hint in failure.hints)


def test_a_fault_of_ours_ends_nothing(running):
    service = running()
    service.says = ZeroDivisionError("with a secret")
    status, body = service.ask()
    assert (status, body["code"]) == (500, "InternalError")
    assert "secret" not in f"{body}{service.log.text}"
    service.says = aws_credentials()
    assert service.ask()[0] == 200


def test_only_this_machine_is_served_and_a_port_can_be_chosen(running):
    service = running()
    assert service.endpoint.address == f"http://127.0.0.1:{service.port}/atmos/credentials"
    with pytest.raises(UsageError, match=f"port {service.port} of 127.0.0.1: Address already in use"):
        ContainerEndpoint(service.answer, token=TOKEN, clock=FakeClock(), log=service.log, port=service.port)
    with pytest.raises(UsageError):
        ContainerEndpoint(service.answer, token=TOKEN, clock=FakeClock(), log=service.log, port=70_000)


def test_a_port_is_free_again_at_once():
    first = Running()
    first.ask()
    first.stop()
    second = Running(port=first.port)
    assert second.ask()[0] == 200
    second.stop()

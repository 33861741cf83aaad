"""The emulator as a context manager: clock, faults, journal, approval, and its endpoints for other processes."""

from __future__ import annotations

import json
import math
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ConnectionClosedError

from aws_emulator import Emulator, Fault, State, StateFileError, default_state


def call(aws, method, path, body=None, content_type="application/json"):
    """Call one of the emulator's own endpoints; give status and JSON body."""
    data = None if body is None else json.dumps(body).encode()
    headers = {} if body is None else {"Content-Type": content_type}
    request = urllib.request.Request(f"{aws.url}/_emulator/{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.status, json.load(error)


# --- the context manager ------------------------------------------------------------------------------------


def test_it_listens_on_loopback_only_while_the_block_runs():
    with Emulator() as aws:
        address = urlsplit(aws.url)
        assert address.hostname == "127.0.0.1"
        assert aws.start_url == f"{aws.url}/start"
        socket.create_connection((address.hostname, address.port)).close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port))
    aws.stop()  # a second time does nothing


def test_two_at_once_share_nothing():
    with Emulator() as first, Emulator() as second:
        first.state.accounts.clear()
        assert first.url != second.url
        assert second.state.accounts


def test_a_state_object_is_used_as_it_is():
    state = State(person="somebody")
    with Emulator(state) as aws:
        assert aws.state is state


def test_a_state_file(tmp_path):
    path = tmp_path / "state.yaml"
    path.write_text("person: ann\naccounts: {}\npeople: {ann: {assignments: {}}}\n")
    assert Emulator(path).state.person == "ann"
    assert Emulator(str(path)).state.person == "ann"
    with pytest.raises(StateFileError, match="No such file"):
        Emulator(tmp_path / "missing.yaml")


def test_a_port_in_use():
    with Emulator() as aws, pytest.raises(OSError, match="in use"):
        Emulator(port=urlsplit(aws.url).port).start()


def test_approving_what_is_not_there(aws):
    for decide in (aws.approve, aws.deny):
        with pytest.raises(LookupError, match="ABCD-EFGH"):
            decide("ABCD-EFGH")


def test_auto_approve_is_part_of_the_state():
    with Emulator(auto_approve=True) as aws:
        assert (aws.auto_approve, aws.state.auto_approve) == (True, True)
        aws.auto_approve = False
        assert aws.state.auto_approve is False
    state = default_state()
    state.auto_approve = True
    assert Emulator(state).auto_approve


def test_many_programs_at_once(api):
    api.aws.state.portal_rate = None
    token = api.sign_in()["accessToken"]
    url = f"{api.aws.url}/federation/credentials?role_name=AdminAccess&account_id=111111111111"

    def fetch(_):
        request = urllib.request.Request(url, headers={"x-amz-sso_bearer_token": token})
        with urllib.request.urlopen(request) as response:
            return json.load(response)["roleCredentials"]["accessKeyId"]

    with ThreadPoolExecutor(100) as pool:
        assert len(set(pool.map(fetch, range(300)))) == 300


# --- the clock ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [-1, math.inf, math.nan, 1e12])
def test_the_clock_refuses(aws, seconds):
    with pytest.raises(ValueError, match="moves forward"):
        aws.clock.advance(seconds)


def test_clock_endpoint(api, refused):
    token = api.sign_in()["accessToken"]
    status, answer = call(api.aws, "POST", "clock", {"advance": 3600})
    assert (status, list(answer)) == (200, ["now"])
    with refused("UnauthorizedException", 401):
        api.portal.list_accounts(accessToken=token)


@pytest.mark.parametrize(
    "body", [{}, [], {"advance": "1"}, {"advance": True}, {"advance": -1}, {"advance": math.inf}, {"back": 1}]
)
def test_clock_endpoint_refuses(aws, body):
    assert call(aws, "POST", "clock", body)[0] == 400


# --- faults -------------------------------------------------------------------------------------------------


def test_a_fault_strikes_so_many_times(api, refused):
    api.aws.faults.add("sso-oidc:RegisterClient", status=503, times=2)
    for _ in range(2):
        with refused("ServiceUnavailableException", 503):
            api.register()
    assert api.register()


def test_a_fault_for_ever_and_cleared(api, refused):
    api.aws.faults.add("sso:*", code="ThrottlingException", status=429)
    token = api.sign_in()["accessToken"]
    for _ in range(3):
        with refused("ThrottlingException", 429):
            api.portal.list_accounts(accessToken=token)
    api.aws.faults.clear()
    assert api.portal.list_accounts(accessToken=token)


def test_a_fault_speaks_the_services_protocol(api, refused):
    api.aws.faults.add("sts:GetCallerIdentity", status=400, code="Throttling", times=1)
    with refused("Throttling"):
        api.sts(api.user_keys()).get_caller_identity()
    api.aws.faults.add("sso-oidc:RegisterClient", code="SlowDownException", times=1)
    with refused("SlowDownException") as error:
        api.register()
    assert error["kind"] == "SlowDownException"


def test_faults_come_in_order(api, refused):
    api.aws.faults.add("sso-oidc:RegisterClient", status=500, times=1)
    api.aws.faults.add("sso-oidc:*", status=503, times=1)
    for code, status in [("InternalServerException", 500), ("ServiceUnavailableException", 503)]:
        with refused(code, status):
            api.register()
    assert api.register()


def test_a_dropped_connection(api):
    api.aws.faults.add("sso-oidc:RegisterClient", drop=True, times=1)
    with pytest.raises(ConnectionClosedError):
        api.register()
    assert api.register()
    assert api.aws.journal.count("sso-oidc:RegisterClient", outcome="dropped") == 1


def test_a_delay_answers_all_the_same(api):
    api.aws.faults.add("sso-oidc:RegisterClient", delay=0.01, times=1)
    assert api.register()


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"status": 200},
        {"status": 600},
        {"delay": -1},
        {"delay": math.nan},
        {"delay": 601},
        {"status": 503, "times": 0},
    ],
)
def test_what_is_no_fault(aws, fault):
    with pytest.raises(ValueError, match=r"fault|delay|times|status"):
        aws.faults.add("sts:AssumeRole", **fault)
    with pytest.raises(ValueError, match=r"fault|delay|times|status"):
        Fault("sts:AssumeRole", **fault)


@pytest.mark.parametrize("operation", ["", "sts", "sts:", ":AssumeRole"])
def test_a_fault_names_service_and_operation(aws, operation):
    with pytest.raises(ValueError, match="service:Operation"):
        aws.faults.add(operation, status=503)


def test_fault_endpoint(api, refused):
    status, _ = call(api.aws, "POST", "faults", {"operation": "sso-oidc:RegisterClient", "status": 503})
    assert status == 201
    with refused("ServiceUnavailableException", 503):
        api.register()
    assert call(api.aws, "DELETE", "faults")[0] == 200
    assert api.register()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": 503},
        {"operation": 1, "status": 503},
        {"operation": "sts:*", "status": "x"},
        {"operation": "sts:*", "delay": "x"},
        {"operation": "sts:*", "unknown": 1},
    ],
)
def test_fault_endpoint_refuses(aws, body):
    assert call(aws, "POST", "faults", body)[0] == 400


# --- the journal --------------------------------------------------------------------------------------------


def test_journal_tells_who_did_what_and_how_it_ended(api, refused):
    client = api.register(clientName="atmos-auth")
    started = api.start(client)
    with refused("AuthorizationPendingException"):
        api.poll(client, started)
    api.aws.approve(started["userCode"])
    tokens = api.poll(client, started)
    api.refresh(client, tokens["refreshToken"])
    journal = api.aws.journal
    assert [(entry.operation, entry.caller, entry.outcome) for entry in journal.entries()] == [
        ("RegisterClient", "atmos-auth", "ok"),
        ("StartDeviceAuthorization", "atmos-auth", "ok"),
        ("CreateToken", "atmos-auth", "AuthorizationPendingException"),
        ("CreateToken", "atmos-auth", "ok"),
        ("CreateToken", "atmos-auth", "ok"),
    ]
    assert journal.count("sso-oidc:CreateToken") == 3
    assert journal.count("sso-oidc:CreateToken", outcome="ok") == 2
    assert journal.count("sso-oidc:CreateToken", outcome="ok", grant="refresh_token") == 1
    assert journal.count("sso-oidc:Unknown") == 0
    journal.clear()
    assert journal.entries() == []


def test_journal_names_callers_of_signed_calls(api):
    api.sts(api.user_keys()).get_caller_identity()
    (entry,) = api.aws.journal.entries()
    assert (entry.service, entry.caller) == ("sts", "arn:aws:iam::111111111111:user/breakglass")


@pytest.fixture
def written(tmp_path):
    with Emulator(journal=tmp_path / "journal.jsonl") as aws:
        yield aws, tmp_path / "journal.jsonl"


def test_journal_file_and_endpoint_hold_no_secret(api_of, written):
    aws, path = written
    api = api_of(aws)
    client = api.register()
    tokens = api.sign_in(client)
    keys = api.role_keys()
    api.sts(keys).assume_role(RoleArn="arn:aws:iam::333333333333:role/DeployRole", RoleSessionName="session")
    api.portal.logout(accessToken=tokens["accessToken"])
    text = path.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines == call(aws, "GET", "journal")[1]["entries"]
    assert {"at", "service", "operation", "caller", "outcome"} <= lines[0].keys()
    secrets = [
        client["clientSecret"],
        tokens["accessToken"],
        tokens["refreshToken"],
        keys["SecretAccessKey"],
        keys["SessionToken"],
    ]
    assert not [secret for secret in secrets if secret in text]


def test_clearing_the_journal_from_outside(api):
    api.register()
    assert len(call(api.aws, "GET", "journal")[1]["entries"]) == 1
    assert call(api.aws, "DELETE", "journal")[0] == 200
    assert call(api.aws, "GET", "journal")[1]["entries"] == []


def test_a_journal_that_cannot_be_written(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        Emulator(journal=tmp_path / "missing" / "journal.jsonl")


# --- the other endpoints ------------------------------------------------------------------------------------


def test_revoking_from_outside(api, refused):
    token = api.sign_in()["accessToken"]
    assert call(api.aws, "POST", "revoke-sessions", {})[0] == 200
    with refused("UnauthorizedException", 401):
        api.portal.list_accounts(accessToken=token)


@pytest.mark.parametrize("path", ["clock", "faults", "revoke-sessions", "rotate-issuer-key"])
def test_forms_of_other_sites_are_refused(aws, path):
    assert call(aws, "POST", path, {"advance": 1}, "text/plain")[0] == 415


def test_a_bug_looks_like_an_outage(api, refused, monkeypatch, caplog):
    monkeypatch.setattr(api.aws.state, "registration_seconds", "nonsense")
    with refused("InternalFailure", 500):
        api.register()
    assert "RegisterClient failed" in caplog.text

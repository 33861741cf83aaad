import json
import os
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from acme_credential_process import LONGEST_OUTPUT, CredentialProcess, CredentialProcessSettings
from atmos_auth.config.check import check, convert
from atmos_auth.domain.errors import AuthenticationFailed
from atmos_auth.domain.timestamps import to_text
from atmos_auth.testing import NOW, FakePrompter, aws_credentials, tools
from atmos_auth.testing.contracts import KindContract

PRINTED = {
    "Version": 1,
    "AccessKeyId": "ASIASAMPLESAMPLESAMP",
    "SecretAccessKey": "sample/secret/access/key",
    "SessionToken": "sample/session/token==",
    "Expiration": to_text(NOW + 3600),
}


def python(source: str) -> list[str]:
    return [sys.executable, "-c", source]


def printing(text: str) -> list[str]:
    return python(f"import sys; sys.stdout.write({text!r})")


def kind(command: list[str], **settings: Any) -> CredentialProcess:
    described = {"kind": "acme/credential-process", "command": command, **settings}
    misfits = check(described, CredentialProcessSettings, subject="sample")
    assert (misfits.errors, misfits.unknown) == ([], [])
    return CredentialProcess("sample", convert(described, CredentialProcessSettings), tools())


def failure(command: list[str], **settings: Any) -> AuthenticationFailed:
    with pytest.raises(AuthenticationFailed) as caught:
        kind(command, **settings).authenticate(None)
    assert caught.value.hints, "an error is a sentence with a way out"
    return caught.value


class TestContract(KindContract):
    """What every kind must hold to."""

    kind = CredentialProcess
    settings: ClassVar[dict[str, Any]] = {
        "kind": "acme/credential-process",
        "command": ["vendor-credentials", "--role", "admin"],
        "timeout": "30s",
        "region": "eu-west-1",
        "tags": ["vendor"],
    }


def test_what_the_program_prints_is_what_one_gets():
    got = kind(printing(json.dumps(PRINTED)), region="eu-west-1").authenticate(None)
    assert got == aws_credentials(account_id=None, principal=None, session=None)


def test_more_members_are_no_error_and_an_account_is_kept():
    printed = PRINTED | {"AccountId": "123456789012", "Comment": ["x"]}
    got = kind(printing(json.dumps(printed)), spec={"endpoint_url": "http://127.0.0.1:1"}).authenticate(None)
    assert (got.account_id, got.region, got.endpoint_url) == ("123456789012", None, "http://127.0.0.1:1")


def test_no_shell_reads_the_arguments():
    source = "import json, sys; print(json.dumps(json.loads(sys.argv[1]) | {'SessionToken': sys.argv[2]}))"
    got = kind([*python(source), json.dumps(PRINTED), "$HOME;`x` 'y'"]).authenticate(None)
    assert got.session_token == "$HOME;`x` 'y'"


def test_it_has_the_environment_of_the_run_and_nothing_else():
    source = f"import os, json; print(json.dumps({PRINTED} | {{'SessionToken': os.environ.get('VENDOR', 'none')}}))"
    settings = convert({"kind": "x", "command": python(source)}, CredentialProcessSettings)
    for environ, token in (({"VENDOR": "acme"}, "acme"), ({}, "none")):
        assert CredentialProcess("sample", settings, tools(environ=environ)).authenticate(None).session_token == token


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "did not print a JSON object"),
        ("not JSON", "did not print a JSON object"),
        ("[1]", "did not print a JSON object"),
        ("Welcome!\n{}", "did not print a JSON object"),
        ("[" * 50_000, "did not print a JSON object"),
        (json.dumps(PRINTED) + " " * LONGEST_OUTPUT, "did not print a JSON object"),
        ("{}", '"Version" is not 1'),
        (json.dumps(PRINTED | {"Version": 2}), '"Version" is not 1'),
        *(
            (json.dumps(PRINTED | {member: value}), f'without a usable "{member}"')
            for member in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
            for value in (None, "", 5, ["x"], "a\nb", "ключ")
        ),
        (json.dumps(PRINTED | {"AccountId": 5}), 'without a usable "AccountId"'),
        (json.dumps(PRINTED | {"Expiration": "tomorrow"}), '"Expiration" that is not a time'),
    ],
)
def test_anything_else_is_an_error_that_repeats_nothing(text, why):
    failed = failure(printing(text))
    assert why in failed.message
    said = f"{failed.message} {failed.details} {failed.hints}"
    for member in ("AccessKeyId", "SecretAccessKey", "SessionToken"):
        assert str(PRINTED[member]) not in said


def test_a_program_that_fails_says_why_itself(capfd):
    failed = failure(python("import sys; print('no such role', file=sys.stderr); sys.exit(7)"))
    assert "failed with status 7" in failed.message
    assert "no such role" in capfd.readouterr().err


def test_a_program_that_hangs_is_ended():
    failed = failure(python("import time; time.sleep(600)"), timeout="1s")
    assert "was not done after 1 seconds" in failed.message
    assert "`timeout`" in failed.hints[0]


@pytest.mark.parametrize("command", ["no-such-program-anywhere", "/"])
def test_a_program_that_is_not_there_is_named(command):
    assert failure([command]).message.startswith(f"{command} cannot be run: ")


@pytest.fixture
def open_stdin() -> Iterator[int]:
    """A stdin that stays open; what is written to the other end can be read from it."""
    before = os.dup(0)
    reading, writing = os.pipe()
    os.dup2(reading, 0)
    yield writing
    os.dup2(before, 0)
    for descriptor in (before, reading, writing):
        os.close(descriptor)


@pytest.mark.parametrize(("can_ask", "read"), [(True, "y"), (False, "")])
def test_the_program_may_ask_only_where_somebody_can_answer(open_stdin, can_ask, read):
    source = f"import json, os; print(json.dumps({PRINTED} | {{'SessionToken': 'read ' + os.read(0, 1).decode()}}))"
    settings = convert({"kind": "x", "command": python(source), "timeout": "20s"}, CredentialProcessSettings)
    os.write(open_stdin, b"y")
    asked = CredentialProcess("sample", settings, tools(prompter=FakePrompter(can_ask=can_ask)))
    assert asked.authenticate(None).session_token == f"read {read}"


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "command is required"),
        ({"command": "vendor-credentials"}, "which is not a program and its arguments, as a list"),
        ({"command": []}, "command"),
        ({"command": [""]}, "command"),
        ({"command": [5]}, "command"),
        ({"command": ["x"], "timeout": "soon"}, "timeout"),
        ({"command": ["x"], "timeout": 0}, "timeout"),
    ],
)
def test_settings_that_do_not_fit_are_sentences(settings, why):
    misfits = check({"kind": "acme/credential-process", **settings}, CredentialProcessSettings, subject="sample")
    assert why in misfits.errors[0].message

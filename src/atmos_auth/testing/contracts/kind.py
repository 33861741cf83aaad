"""What every kind must hold to."""

# ruff: noqa: S101 - a contract is made of assertions

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec
import pytest

from atmos_auth.config.check import check, convert
from atmos_auth.domain.credentials import (
    Ambient,
    AwsCredentials,
    Credential,
    SamlAssertion,
    SsoToken,
    WebIdentityToken,
)
from atmos_auth.testing.connections import FakeConnections
from atmos_auth.testing.prompter import FakePrompter
from atmos_auth.testing.samples import aws_credentials, saml_assertion, sso_token, web_identity_token
from atmos_auth.testing.tools import tools

CREDENTIALS = (SsoToken, AwsCredentials, SamlAssertion, WebIdentityToken, Ambient)
_SAMPLES: dict[type, Callable[[], Credential]] = {
    SsoToken: sso_token,
    AwsCredentials: aws_credentials,
    SamlAssertion: saml_assertion,
    WebIdentityToken: web_identity_token,
    Ambient: Ambient,
}


class KindContract:
    """Subclass as `class TestMyKind(KindContract)`, and name the class and settings as a configuration has them."""

    kind: ClassVar[type[Any]]
    settings: ClassVar[Mapping[str, Any]]

    def sample(self) -> Any:
        """Return a credential of the type that the kind gives; to be written for types of one's own."""
        return _SAMPLES[self.kind.gives]()

    @pytest.fixture
    def built(self) -> Any:
        """The kind, built from `settings` with tools that must not be used yet."""
        kind = self.kind
        return kind("sample", convert(self.settings, kind.settings_type), tools(prompter=FakePrompter(forbidden=True)))

    def test_it_says_what_it_needs_and_gives(self) -> None:
        """`needs` is a tuple of types (empty for a root), `gives` one type; None is a type of neither."""
        assert isinstance(self.kind.needs, tuple)
        assert all(isinstance(needed, type) for needed in self.kind.needs)
        assert isinstance(self.kind.gives, type)
        assert type(None) not in (*self.kind.needs, self.kind.gives)

    def test_what_it_gives_is_a_credential(self) -> None:
        """It is immutable, ends some time or never, and knows its secrets and its session."""
        sample = self.sample()
        assert type(sample) is self.kind.gives
        assert issubclass(self.kind.gives, tuple), "a credential is a NamedTuple: nobody can change it"
        assert all(isinstance(secret, str) and secret for secret in sample.secrets)
        for name in ("expires_at", "issued_at"):
            assert isinstance(getattr(sample, name), int | float | None)
        assert isinstance(sample.session, str | None)
        assert isinstance(sample.region, str | None)

    def test_what_it_gives_keeps_its_secrets_to_itself(self) -> None:
        """A credential that slips into a message or a traceback shows nothing."""
        sample = self.sample()
        for shown in (repr(sample), str(sample), f"{sample}"):
            assert [secret for secret in sample.secrets if secret in shown] == []

    def test_its_settings_are_a_structure_that_makes_a_schema(self) -> None:
        """`settings_type` is a frozen msgspec Struct with a `kind`, and JSON Schema can be made of it."""
        settings_type = self.kind.settings_type
        assert issubclass(settings_type, msgspec.Struct)
        assert settings_type.__struct_config__.frozen
        assert "kind" in settings_type.__struct_fields__
        assert (settings_type.__doc__ or "").strip()
        schema = msgspec.json.schema(settings_type)
        assert schema["$defs"][settings_type.__name__]["type"] == "object"

    def test_its_example_settings_fit(self) -> None:
        """Nothing is missing, wrong or unknown in `settings`."""
        misfits = check(self.settings, self.kind.settings_type, subject="contract")
        assert ([e.message for e in misfits.errors], [e.message for e in misfits.unknown]) == ([], [])

    def test_an_unknown_setting_is_noticed(self) -> None:
        """A typing error must not be silently ignored."""
        misfits = check({**self.settings, "no_such_setting": 1}, self.kind.settings_type, subject="contract")
        assert len(misfits.unknown) == 1

    def test_it_is_built_from_name_settings_and_tools(self) -> None:
        """The engine builds every kind the same way."""
        assert list(inspect.signature(self.kind).parameters) == ["name", "settings", "tools"]

    def test_building_it_does_nothing(self) -> None:
        """No network, no question: many commands build kinds only to ask for their session."""
        aws = FakeConnections()
        settings = convert(self.settings, self.kind.settings_type)
        self.kind("sample", settings, tools(aws=aws, prompter=FakePrompter(forbidden=True)))
        assert aws.calls == []

    def test_authenticate_takes_the_previous_credential(self, built: Any) -> None:
        """`authenticate(previous)`; a root is given None."""
        assert len(inspect.signature(built.authenticate).parameters) == 1

    def test_optional_hooks_take_one_credential(self, built: Any) -> None:
        """`refresh(stale)`, `accepts(stored)`, `sign_out(token)`: a method of one argument, or not there at all."""
        hooks = [getattr(built, name) for name in ("refresh", "accepts", "sign_out") if hasattr(built, name)]
        assert [len(inspect.signature(hook).parameters) for hook in hooks] == [1] * len(hooks)

    def test_accepts_answers_yes_or_no(self, built: Any) -> None:
        """And takes no exception to a credential that another configuration left."""
        if hasattr(built, "accepts"):
            assert isinstance(built.accepts(self.sample()), bool)

    def test_its_session_names_a_file(self, built: Any) -> None:
        """A portal session has a key, which names its file; other kinds are kept by their chain and have none."""
        session = getattr(built, "session", None)
        if self.kind.gives is not SsoToken:
            assert session is None, "only portal sessions are kept by a key of their own"
            return
        assert isinstance(session, str)
        assert session.isascii()
        assert session.replace("-", "").replace("_", "").isalnum()

    def test_the_same_settings_share_a_session_whatever_the_name(self) -> None:
        """Two providers of one portal ask once."""
        settings = convert(self.settings, self.kind.settings_type)
        one, other = (self.kind(name, settings, tools()) for name in ("one", "other"))
        assert getattr(one, "session", None) == getattr(other, "session", None)

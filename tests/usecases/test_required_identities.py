import pytest

from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.domain.credentials import Ambient
from atmos_auth.domain.errors import AccessDenied, StoreError, UnknownIdentity
from atmos_auth.testing import aws_credentials, chain
from atmos_auth.usecases.required_identities import Companion, companions

PORTAL = Link("portal", PROVIDER, "aws/iam-identity-center", {})


def chain_to(name: str):
    return chain(PORTAL, Link(name, IDENTITY, "aws/permission-set", {"name": name}))


class Run:
    """One run over required identities, and what came of it."""

    def __init__(self, names, **outcomes):
        self.outcomes = outcomes
        self.asked: list[str] = []
        self.delivered: list[str] = []
        self.warnings: list[str] = []
        self.there = companions(
            chain_to("main"),
            names,
            chain_of=self.chain_of,
            obtain=self.obtain,
            deliver=self.deliver,
            warn=self.warnings.append,
        )

    def chain_of(self, name):
        if name == "nowhere":
            raise UnknownIdentity('identity "nowhere" not found', hints=["atmos auth list"])
        return chain_to(name)

    def obtain(self, asked):
        self.asked.append(asked.tip.name)
        outcome = self.outcomes.get(asked.tip.name, aws_credentials())
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def deliver(self, asked, credentials):
        if asked.tip.name == "undeliverable":
            raise StoreError("no space left")
        self.delivered.append(asked.tip.name)


def test_each_is_authenticated_in_order_and_delivered_but_not_the_primary_one():
    run = Run(["dns", "main", "logs"])
    assert (run.asked, run.delivered, run.warnings) == (["dns", "logs"], ["dns", "logs"], [])
    assert run.there == [Companion(chain_to("dns"), aws_credentials()), Companion(chain_to("logs"), aws_credentials())]


def test_what_fails_is_a_warning_with_its_remedy_and_the_others_follow():
    denied = AccessDenied("AWS refused", hints=["ask for the role"])
    run = Run(["denied", "nowhere", "undeliverable", "ambient", "logs"], denied=denied, ambient=Ambient())
    assert run.delivered == ["logs"]
    assert [there.chain.tip.name for there in run.there] == ["logs"]
    assert run.warnings[0] == 'required identity "denied" is not there: AWS refused\n  ask for the role'
    assert [warning.split('"')[1] for warning in run.warnings] == ["denied", "nowhere", "undeliverable", "ambient"]


def test_ctrl_c_ends_it_all():
    with pytest.raises(KeyboardInterrupt):
        Run(["one", "two"], one=KeyboardInterrupt())

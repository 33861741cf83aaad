"""Reading a state file: strict YAML whose every mistake is named with its line."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from aws_emulator.state import (
    Account,
    PermissionSet,
    Person,
    Role,
    State,
    TrustedPrincipal,
    TrustedProvider,
    split_role_arn,
    sso_role_arn,
)
from aws_emulator.state_containers import read_clusters, read_registries
from aws_emulator.state_github import read_github
from aws_emulator.state_oidc import read_oidc_providers
from aws_emulator.state_parts import account_id_of, allowed
from aws_emulator.state_saml import read_saml_people, read_saml_providers
from aws_emulator.state_users import read_users
from aws_emulator.yaml_values import StateFileError, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path

_LONGEST_SECONDS = 400 * 24 * 3600


def default_state() -> State:
    """Give a fresh copy of the organization the emulator starts with."""
    return parse_state(example_text(), "default_state.yaml")


def example_text() -> str:
    """Give the example state file, comments included."""
    return files("aws_emulator").joinpath("default_state.yaml").read_text(encoding="utf-8")


def load_state(path: Path) -> State:
    """Read a state file; `StateFileError` says what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise StateFileError(message) from error
    except UnicodeDecodeError as error:
        message = f"{path}: the file is not UTF-8 text"
        raise StateFileError(message) from error
    return parse_state(text, str(path))


def parse_state(text: str, file: str) -> State:
    """Read a state from YAML text; `file` is only for messages."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"{file}, line {line}: this is not YAML: {error.problem}"
        raise StateFileError(message) from error
    except yaml.YAMLError as error:
        message = f"{file}: this is not YAML: {error}"
        raise StateFileError(message) from error
    if node is None:
        message = f"{file}: the file is empty"
        raise StateFileError(message)
    return _state(Value(node, file, ""))


def _state(root: Value) -> State:
    state = State()
    readers = _readers(state)
    order = list(readers)
    members = root.members(required=("accounts", "people", "person"), optional=tuple(order))
    # Later sections refer to earlier ones, whatever their order in the file.
    for name in order:
        if name in members:
            readers[name](members[name])
    return state


def _readers(state: State) -> dict[str, Callable[[Value], None]]:
    def seconds(name: str, least: int = 1, most: int = _LONGEST_SECONDS) -> Callable[[Value], None]:
        return lambda value: setattr(state, name, value.whole(least, most))

    return {
        "region": lambda value: setattr(state, "region", _region(value)),
        "start_urls": lambda value: state.start_urls.extend(_start_url(item) for item in value.items()),
        "auto_approve": lambda value: setattr(state, "auto_approve", value.flag()),
        "access_token_seconds": seconds("access_token_seconds"),
        "session_seconds": seconds("session_seconds"),
        "device_code_seconds": seconds("device_code_seconds"),
        "interval": seconds("interval", least=0),
        "registration_seconds": seconds("registration_seconds"),
        "page_size": lambda value: setattr(state, "page_size", value.whole(1, 100)),
        "portal_rate": lambda value: setattr(state, "portal_rate", _rate(value)),
        "portal_burst": lambda value: setattr(state, "portal_burst", value.whole(1, 100_000)),
        "accounts": lambda value: state.accounts.update(_accounts(value)),
        "permission_sets": lambda value: state.permission_sets.update(_permission_sets(value)),
        "people": lambda value: state.people.update(_people(value, state)),
        "person": lambda value: setattr(state, "person", _known(value, state.people, "person in people")),
        "github": lambda value: setattr(state, "github", read_github(value)),
        "oidc_providers": lambda value: state.oidc_providers.extend(read_oidc_providers(value, state)),
        "saml_providers": lambda value: state.saml_providers.update(read_saml_providers(value, state)),
        "roles": lambda value: state.roles.update(_roles(value, state)),
        "saml_people": lambda value: state.saml_people.update(read_saml_people(value, state)),
        "users": lambda value: state.users.update(read_users(value, state)),
        "ecr": lambda value: setattr(state, "ecr", read_registries(value)),
        "eks": lambda value: state.eks.update(read_clusters(value, state)),
        "sign_in_user": lambda value: setattr(state, "sign_in_user", _known(value, state.users, "user in users")),
        "sign_in_seconds": seconds("sign_in_seconds", most=900),
        "longest_key_seconds": seconds("longest_key_seconds"),
        "sign_in_session_seconds": seconds("sign_in_session_seconds", most=43200),
    }


def _region(value: Value) -> str:
    if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", value.text()):
        value.fail(f"expected a region such as us-east-1, not {value.text()}")
    return value.text()


def _start_url(value: Value) -> str:
    if not re.fullmatch(r"(?a)https?://[\w.:-]+/start", value.text()):
        value.fail(f"expected an address that ends in /start, not {value.text()}")
    return value.text()


def _rate(value: Value) -> float | None:
    if value.is_null():
        return None
    rate = value.number()
    if rate <= 0:
        value.fail("expected a rate above 0, or null for no limit")
    return rate


def _known(value: Value, known: Container[str], what: str) -> str:
    if value.text() not in known:
        value.fail(f"{value.text()!r} is no {what}")
    return value.text()


def _accounts(value: Value) -> Iterator[tuple[str, Account]]:
    for account_id, item in value.entries():
        members = item.members(("name", "email"), ("management",))
        management = members["management"].flag() if "management" in members else False
        account = Account(members["name"].text(), members["email"].text(), management)
        yield account_id_of(item, account_id), account


def _permission_sets(value: Value) -> Iterator[tuple[str, PermissionSet]]:
    for name, item in value.entries():
        if not re.fullmatch(r"(?a)[\w+=,.@-]{1,32}", name):
            item.fail("a permission set's name has up to 32 letters, digits and +=,.@_-")
        members = item.members((), ("session_seconds", "allows"))
        seconds = members["session_seconds"].whole(900, 43200) if "session_seconds" in members else 3600
        yield name, PermissionSet(seconds, allowed(members))


def _people(value: Value, state: State) -> Iterator[tuple[str, Person]]:
    for name, item in value.entries():
        # The name becomes the role session's name, see AssumeRole's RoleSessionName.
        if not re.fullmatch(r"(?a)[\w+=,.@-]{2,64}", name):
            item.fail("a person's name has 2 to 64 letters, digits and +=,.@_-")
        person = Person()
        for account_id, sets in item.members(("assignments",))["assignments"].entries():
            account_id_of(sets, account_id, state)
            person.assignments[account_id] = [_permission_set(each, state) for each in sets.items()]
        yield name, person


def _permission_set(value: Value, state: State) -> str:
    if value.text() not in state.permission_sets:
        value.fail(f"{value.text()!r} is not among permission_sets")
    return value.text()


def _roles(value: Value, state: State) -> Iterator[tuple[str, Role]]:
    for arn, item in value.entries():
        parts = split_role_arn(arn)
        if parts is None:
            item.fail("expected a role ARN such as arn:aws:iam::111111111111:role/Name")
        account_id_of(item, parts[0], state)
        members = item.members(("trusts",), ("max_session_duration", "allows"))
        longest = members.get("max_session_duration")
        yield (
            arn,
            Role(
                trusts=[_trust(trust, state) for trust in members["trusts"].items()],
                max_session_duration=longest.whole(3600, 43200) if longest else 3600,
                allows=allowed(members),
            ),
        )


def _trust(value: Value, state: State) -> TrustedPrincipal | TrustedProvider:
    keys = {name for name, _ in value.entries()}
    if "provider" in keys:
        return _trusted_provider(value, state)
    if "permission_set" in keys:
        members = value.members(("permission_set", "account"), ("external_id", "mfa"))
        account_id = account_id_of(members["account"], members["account"].text(), state)
        principal = sso_role_arn(account_id, _permission_set(members["permission_set"], state), state.region)
    else:
        members = value.members(("principal",), ("external_id", "mfa"))
        principal = members["principal"].text()
        if not re.fullmatch(r"arn:aws:(iam|sts)::[0-9]{12}:(root|(role|user|assumed-role)/.+)", principal):
            members["principal"].fail("expected the ARN of an account root, role, user or assumed role")
    external_id = members["external_id"].text() if "external_id" in members else None
    return TrustedPrincipal(principal, external_id, members["mfa"].flag() if "mfa" in members else False)


def _trusted_provider(value: Value, state: State) -> TrustedProvider:
    members = value.members(("provider",), ("conditions",))
    arn = members["provider"].text()
    if arn not in {provider.arn for provider in state.oidc_providers} | set(state.saml_providers):
        members["provider"].fail(f"{arn} is not among oidc_providers and saml_providers")
    conditions = dict(members["conditions"].entries()) if "conditions" in members else {}
    return TrustedProvider(arn, {claim: pattern.text() for claim, pattern in conditions.items()})

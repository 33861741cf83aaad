"""Values that several sections of a state file hold: account ids and the actions a policy names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_emulator.container_services import CONTAINER_ACTIONS
from aws_emulator.state import ASSUME_ROLE, ASSUME_ROOT, GET_FEDERATION_TOKEN, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_emulator.yaml_values import Value


def account_id_of(value: Value, text: str, state: State | None = None) -> str:
    """Give an account id, which must be among the accounts if a state is given."""
    if not re.fullmatch(r"[0-9]{12}", text):
        value.fail(f"an account id has twelve digits, unlike {text!r}")
    if state is not None and text not in state.accounts:
        value.fail(f"account {text} is not among accounts")
    return text


def allowed(members: Mapping[str, Value]) -> list[str]:
    """Give the actions of `allows`; without it, assuming roles is allowed."""
    known = (ASSUME_ROLE, ASSUME_ROOT, GET_FEDERATION_TOKEN, *CONTAINER_ACTIONS)
    return actions(members["allows"], known) if "allows" in members else [ASSUME_ROLE]


def actions(value: Value, known: tuple[str, ...]) -> list[str]:
    """Give a list of actions, each of them a known one."""
    names = []
    for item in value.items():
        if item.text() not in known:
            item.fail(f"expected {', '.join(known[:-1])} or {known[-1]}, not {item.text()!r}")
        names.append(item.text())
    return names

"""The file of identities that were found at a portal: YAML for everybody, and JSON for us, who read it often.

Each identity has a line of its own, and so a place. Of what a file says, nothing but accounts and roles is believed.
"""

import json
import re
from collections.abc import Container, Mapping
from functools import partial
from typing import Any

from atmos_auth.config.tree import Later, Map
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.names import Assignment, is_usable, qualified
from atmos_auth.domain.place import Place
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.domain.timestamps import from_text, to_text

_ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
# The first identity stands below as many lines.
_LINES_ABOVE = 3
_LINES_BELOW = 1


def to_file(found: Provisioned) -> str:
    """Return the file's text."""
    metadata = {
        "provisioned_at": _moment(found.at),
        "source": found.provider,
        "provider": found.provider,
        "counts": {
            "accounts": found.accounts,
            "roles": len(found.identities),
            "identities": len(found.identities),
        },
        "extra": {
            "start_url": found.portal.start_url,
            "region": found.portal.region,
            "missed_accounts": found.missed,
        },
    }
    entries = ",\n".join(
        f"{_json(name)}: {_json(settings(found.provider, assignment))}" for name, assignment in found.identities.items()
    )
    return f'{{"auth": {{\n"_metadata": {_json(metadata)},\n"identities": {{\n{entries}\n}}}}}}\n'


def from_file(content: str, path: str) -> Provisioned:
    """Read such a file; raises ValueError for anything else."""
    body = _parsed(content, path)
    try:
        metadata = body["auth"]["_metadata"]
        extra = metadata["extra"]
        identities = {name: _assignment(name, entry) for name, entry in body["auth"]["identities"].items()}
        provider, portal = metadata["provider"], Portal(extra["start_url"], extra["region"])
        at, accounts = from_text(metadata["provisioned_at"]), metadata["counts"]["accounts"]
        missed = extra.get("missed_accounts", 0)
    except (AttributeError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None
    texts, numbers = (provider, *portal), (accounts, missed)
    if not all(isinstance(value, str) for value in texts) or not all(isinstance(value, int) for value in numbers):
        raise ValueError("a value has the wrong type")
    return Provisioned(provider, portal, at, accounts, identities, missed)


def _moment(seconds: float) -> str:
    """An RFC 3339 time with milliseconds: whoever waited for a list must know it from one that was there before."""
    whole, thousandths = divmod(int(seconds * 1000), 1000)
    return f"{to_text(whole)[:-1]}.{thousandths:03}Z"


def settings(provider: str, assignment: Assignment) -> dict[str, Any]:
    """Return an identity's settings, as plain values."""
    account = {"id": assignment.account_id}
    if assignment.account_name and assignment.account_name.isprintable():
        account["name"] = assignment.account_name
    return {
        "kind": "aws/permission-set",
        "provider": provider,
        "via": {"provider": provider},
        "principal": {"name": assignment.role, "account": account},
    }


def layer(
    found: Provisioned, provider: str, written: Any, text: str, path: str, shared: Container[str] = frozenset()
) -> Map:
    """Return the identities as a document to be laid below a configuration whose identities are `written`.

    A written identity of the same name that says its kind is another one: it wins as a whole. One that does not only
    adds to what was found. `shared` holds, in lower case, the names that other portals gave as well.
    """
    taken = {name.lower() for name, entry in written.items() if _is_whole(entry)} if isinstance(written, Map) else set()
    top = Place(path, 1, 1)
    # A file that somebody has laid out anew has its places lost, not wrong.
    is_ours = text.count("\n") == _LINES_ABOVE + len(found.identities) + _LINES_BELOW
    identities = Map(top)
    for line, (plain, assignment) in enumerate(found.identities.items(), _LINES_ABOVE + 1):
        name = qualified(plain, provider, shared)
        if name.lower() not in taken:
            place = Place(path, line, 1) if is_ours else top
            identities.put(name, Later(partial(settings, provider, assignment), place), place, place)
    auth, document = Map(top), Map(top)
    auth.put("identities", identities, top, top)
    document.put("auth", auth, top, top)
    return document


def _is_whole(entry: Any) -> bool:
    return not isinstance(entry, Map) or any(key.lower() == "kind" for key in entry)


def _parsed(text: str, path: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except ValueError:
        if text.lstrip().startswith("{"):
            raise
    # Another tool may have written it, as YAML; a function in it is none of the texts that are expected.
    from atmos_auth.config.compose import compose

    try:
        return compose(text, path)
    except (ConfigError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _assignment(name: str, entry: Any) -> Assignment:
    principal = entry["principal"]
    account = principal["account"]
    assignment = Assignment(account["id"], account.get("name", ""), principal["name"])
    if not all(isinstance(text, str) for text in assignment):
        raise TypeError("a function or a number where a text must be")
    if not (is_usable(name) and name.isprintable() and _ACCOUNT_ID.fullmatch(assignment.account_id)):
        raise ValueError(f"{name!r} is no identity that could have been found")
    if not assignment.role or not assignment.role.isprintable():
        raise ValueError(f"{name!r} has no role")
    return assignment


def _json(value: Mapping[str, Any] | str) -> str:
    # Everything in it is printable, so it is the same text in YAML.
    return json.dumps(value, ensure_ascii=False)

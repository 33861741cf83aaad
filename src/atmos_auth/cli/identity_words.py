"""Which identity the words of a command line mean: the flag, or the word after the verb."""

import argparse

from atmos_auth.cli.flags import PICK
from atmos_auth.domain.errors import UsageError
from atmos_auth.usecases.select_identity import Asked


def asked(arguments: argparse.Namespace) -> Asked:
    """Return what was said; raises `UsageError` when the two say different things."""
    flag: str | None = getattr(arguments, "identity", None)
    word: str | None = arguments.positional[0] if arguments.positional else None
    if flag in (PICK, ""):
        return Asked(name=word) if word else Asked(pick=True)
    if word and flag and word.lower() != flag.lower():
        raise UsageError(f'"{word}" and --identity {flag} name two identities', hints=["leave one of them out"])
    return Asked(name=word or flag)


def flag_only(arguments: argparse.Namespace) -> Asked:
    """Return what --identity said, for verbs whose other words name something else."""
    flag: str | None = getattr(arguments, "identity", None)
    return Asked(pick=True) if flag in (PICK, "") else Asked(name=flag)

"""Commands of ours, and of the project, that a step starts: as whom, and with which flags of the run."""

import argparse
from collections.abc import Sequence

from atmos_auth.cli.commands import COMMANDS, GROUPS
from atmos_auth.cli.parsing import flags_of, is_ours, takes_more
from atmos_auth.wiring import Project

# Flags about how credentials are had, which steps of ours heed as well.
_HANDED_ON = ("--with-required", "--no-browser", "--qr")
# What every command of a project knows of the flags of a run.
_OF_THE_PROJECT = frozenset({"--refresh", "--no-browser", "--qr"})
# Its own steps would take the variable for nobody's word.
_WORKFLOW = ("workflow",)


def handed_on(arguments: argparse.Namespace) -> list[str]:
    """Return the flags of a run that its steps get, too."""
    refresh = [] if arguments.refresh is None else [f"--refresh={arguments.refresh}".rstrip("=")]
    return refresh + [flag for flag in _HANDED_ON if vars(arguments).get(flag[2:].replace("-", "_"))]


def started(project: Project, said: Sequence[str], words: Sequence[str], identity: str | None) -> list[str]:
    """Return the words that run `atmos WORDS` as the identity of its step, with what it knows of the flags `said`.

    Most heed the variable that their step has set; those with steps of their own are told.
    """
    if not said and identity is None:
        return project.own_command.nested(words)
    own = next((one.words for one in COMMANDS if one.words == tuple(words[: len(one.words)])), None)
    is_of_project = _is_of_project(words, own)
    known = _OF_THE_PROJECT if is_of_project else {name for flag in flags_of(own) for name in flag.names} if own else ()
    flags = [flag for flag in said if flag.partition("=")[0] in known]
    if identity is not None and (is_of_project or own == _WORKFLOW) and not _names_one(words):
        flags.append(f"--identity={identity}")
    at = _end(words) if is_of_project else len(own or ())
    return project.own_command.nested([*words[:at], *flags, *words[at:]])


def _is_of_project(words: Sequence[str], own: tuple[str, ...] | None) -> bool:
    if own is None:
        return not words[0].startswith("-") and tuple(words) not in GROUPS
    further = words[len(own) : len(own) + 1]
    return bool(further) and not further[0].startswith("-") and takes_more(own) and not is_ours((*own, *further))


def _names_one(words: Sequence[str]) -> bool:
    ours = words[: _end(words)]
    return any(word in ("-i", "--identity") or word.startswith("--identity=") for word in ours)


def _end(words: Sequence[str]) -> int:
    """Return where what is ours ends."""
    return words.index("--") if "--" in words else len(words)

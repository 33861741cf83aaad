"""What may follow the words that were typed, by what the command that they lead to says of itself."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from atmos_auth.cli.shell_completion.typed import Typed

# The name of a source, such as IDENTITIES, or the values themselves.
Values = str | Sequence[str]
# What verbs name instead of listing values: known only once the configuration is read.
IDENTITIES, PROVIDERS, INTEGRATIONS = "<identities>", "<providers>", "<integrations>"
TAGS, PROFILES = "<tags>", "<profiles>"
WORKFLOWS, WORKFLOW_FILES, WORKFLOW_STEPS = "<workflows>", "<workflow files>", "<workflow steps>"
STACKS, COMPONENTS = "<stacks>", "<components>"
IDENTITY_TAGS, PROVIDER_TAGS = "<identity tags>", "<provider tags>"


class Following(NamedTuple):
    """What was typed, and what may follow: `words` with what they are, `names` of one kind, `values` by their flag.

    `their_flags` are those of a program that the command runs.
    """

    typed: Typed
    words: Sequence[tuple[str, str]] = ()
    names: Values = ()
    values: Mapping[str, Values] = {}
    their_flags: Sequence[str] = ()


def following(typed: Typed) -> Following:
    """Return what may follow in a command of ours, or a group; loads that command only."""
    words = () if typed.positionals else typed.subcommands()
    if typed.command is None:
        # After a word that is no command, nothing can be right.
        return Following(typed, words)
    module = import_module(typed.command.module)
    return Following(
        typed,
        words,
        _names(module, typed.positionals),
        getattr(module, "COMPLETIONS", {}),
        getattr(module, "THEIR_FLAGS", ()),
    )


def may_be_of_project(typed: Typed) -> bool:
    """Tell whether the project's own commands could stand here, or be what was typed."""
    if typed.command is None:
        return True
    module = import_module(typed.command.module)
    return hasattr(module, "WORDS") and typed.positionals[:1] not in [(word,) for word in module.WORDS]


def _names(module: Any, before: Sequence[str]) -> Values:
    """Return what the next word of a command could be; one whose words depend on each other has `next_names`."""
    if hasattr(module, "next_names"):
        values: Values = module.next_names(before)
        return values
    is_complete = len(before) >= getattr(module, "POSITIONALS", 0)
    return () if is_complete else getattr(module, "POSITIONAL_COMPLETIONS", IDENTITIES)

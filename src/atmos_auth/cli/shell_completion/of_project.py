"""What commands that the project's configuration defines add to what could stand at the cursor."""

import shlex
from collections.abc import Mapping, Sequence

from atmos_auth.cli.custom_flags import parser_of
from atmos_auth.cli.parsing import is_ours
from atmos_auth.cli.running_as import COMPLETIONS
from atmos_auth.cli.shell_completion.following import COMPONENTS, STACKS, Following, Values, following
from atmos_auth.cli.shell_completion.typed import Typed, read
from atmos_auth.config.custom_command_settings import COMPONENT, STACK
from atmos_auth.programs.custom_commands.found import CustomCommand, below, find

_NAMED = {STACK: STACKS, COMPONENT: COMPONENTS}


def with_project(
    ours: Following,
    words: Sequence[str],
    commands: Sequence[CustomCommand],
    short: Mapping[str, Sequence[str]],
) -> Following:
    """Return what may follow `words` where the project has these commands, and words that stand for others, too.

    Raises `InvalidSetting`.
    """
    typed = ours.typed
    said = (*typed.path, *typed.positionals)
    found = find(commands, said) if typed.positionals else None
    if found is None or is_ours(found[0].words):
        own = [
            (command.words[len(said)], command.settings.description)
            for command in below(commands, typed.path)
            if command.words[: len(said)] == said and not is_ours(command.words)
        ]
        if said[:1] and said[0] in short and typed.command is None:
            at = _first(words)
            return following(read([*words[:at], *short[said[0]], *words[at + 1 :]]))
        taken = [word for word, _ in (*ours.words, *own)]
        lines = [] if said else [(name, line) for name, line in short.items() if name not in taken]
        aliases = [(name, f"short for: atmos {shlex.join(line)}") for name, line in lines]
        return ours._replace(words=[*ours.words, *own, *aliases])
    command = found[0]
    typed = read(_behind(words, command), Typed(own_flags=parser_of(command).flags()))
    return _within(command, typed)


def _within(command: CustomCommand, typed: Typed) -> Following:
    settings = command.settings
    following = [(one.words[len(command.words)], one.settings.description) for one in command.shown_below]
    arguments = settings.arguments[len(typed.positionals) :]
    names: Values = ()
    if arguments:
        names = _NAMED.get(arguments[0].type, arguments[0].values)
    values: dict[str, Values] = {flag.name: _NAMED.get(flag.semantic_type, flag.values) for flag in command.flags}
    return Following(
        typed,
        () if typed.positionals else following,
        names,
        {**COMPLETIONS, **{f"--{name}": values for name, values in values.items() if values}},
    )


def _behind(words: Sequence[str], command: CustomCommand) -> Sequence[str]:
    """Return the words from the last one that names the command on; what stands before it may be a flag of ours."""
    at = _first(words)
    return words[at + len(command.words) - len(read(words[: at + 1]).path) - 1 :]


def _first(words: Sequence[str]) -> int:
    """Return where the first word stands that is neither a flag nor a group of ours."""
    return next(at for at in range(1, len(words)) if read(words[: at + 1]).positionals)

"""What commands that the project's configuration defines add to what could stand at the cursor."""

from collections.abc import Sequence

from atmos_auth.cli.custom_flags import parser_of
from atmos_auth.cli.parsing import is_ours
from atmos_auth.cli.running_as import COMPLETIONS
from atmos_auth.cli.shell_completion.following import COMPONENTS, STACKS, Following, Values
from atmos_auth.cli.shell_completion.typed import Typed, read
from atmos_auth.config.custom_command_settings import COMPONENT, STACK
from atmos_auth.programs.custom_commands.found import CustomCommand, below, find

_NAMED = {STACK: STACKS, COMPONENT: COMPONENTS}


def with_project(ours: Following, words: Sequence[str], commands: Sequence[CustomCommand]) -> Following:
    """Return what may follow `words` where the project has these commands, too; raises `InvalidSetting`."""
    typed = ours.typed
    if not typed.positionals:
        own = [
            (command.words[len(typed.path)], command.settings.description)
            for command in below(commands, typed.path)
            if not is_ours(command.words)
        ]
        return ours._replace(words=[*ours.words, *own])
    found = find(commands, (*typed.path, *typed.positionals))
    if found is None or is_ours(found[0].words):
        return ours
    command = found[0]
    typed = read(_behind(words, command), Typed(own_flags=parser_of(command).flags()))
    return _within(command, typed)


def _within(command: CustomCommand, typed: Typed) -> Following:
    settings = command.settings
    following = [(one.words[len(command.words)], one.settings.description) for one in command.below]
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
    at = next(at for at in range(1, len(words)) if (read(words[: at + 1])).positionals)
    return words[at + len(command.words) - len(read(words[: at + 1]).path) - 1 :]

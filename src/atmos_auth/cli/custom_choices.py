"""What a custom command needs and was not told, asked of the person: which stack, which component."""

from collections.abc import Mapping, Sequence
from typing import Any

from atmos_auth.config.custom_command_settings import COMPONENT, STACK
from atmos_auth.programs.custom_commands.found import CustomCommand
from atmos_auth.wiring import Project


def chosen(
    command: CustomCommand, words: Sequence[str], flags: Mapping[str, Any], project: Project
) -> tuple[list[str], dict[str, Any]]:
    """Return words and flags with the stacks and components that are required and missing; asks for them.

    Where nobody can be asked, or something else is missing too, they are as they were.
    """
    arguments = command.settings.arguments
    said: list[Any] = [*words[: len(arguments)], *([None] * (len(arguments) - len(words)))]
    kinds = [argument.type for argument in arguments]
    needed = [
        index
        for index, argument in enumerate(arguments)
        if said[index] is None and argument.required and argument.default in (None, "")
    ]
    needed_flags = [
        flag for flag in command.flags if flag.required and flags.get(flag.name) is None and flag.default is None
    ]
    missing = [*(kinds[index] for index in needed), *(flag.semantic_type for flag in needed_flags)]
    if not missing or not set(missing) <= {STACK, COMPONENT} or not project.prompter.can_ask:
        return list(words), dict(flags)
    found, semantic = dict(flags), [flag.semantic_type for flag in command.flags]
    from atmos_auth.stacks.opening import Stacks

    repository = Stacks(project).repository
    # The stack first: it says which components there are.
    for kind in (STACK, COMPONENT):
        if kind in missing:
            stack = _said(STACK, kinds, said)
            stack = stack or _said(STACK, semantic, [found.get(flag.name) for flag in command.flags])
            usable = repository.usable(stack) if stack else repository.usable_anywhere()
            names = repository.stacks() if kind == STACK else usable
            name = project.prompter.choose(f"Choose a {kind}:", names)
            for index in needed:
                said[index] = name if kinds[index] == kind else said[index]
            found |= {flag.name: name for flag in needed_flags if flag.semantic_type == kind}
    while said and said[-1] is None:
        said.pop()
    defaults = ["" if argument.default is None else str(argument.default) for argument in arguments]
    filled = [default if value is None else value for value, default in zip(said, defaults, strict=False)]
    return [*filled, *words[len(arguments) :]], found


def _said(kind: str, kinds: Sequence[str], values: Sequence[Any]) -> str:
    return next((str(value) for one, value in zip(kinds, values, strict=True) if one == kind and value), "")

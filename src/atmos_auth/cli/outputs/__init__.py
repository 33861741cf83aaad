"""What a component has put out, in the format that is asked for: the flags, and one module for every family of them."""

import argparse
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import UsageError
from atmos_auth.programs.terraform.outputs import Output
from atmos_auth.programs.terraform.request import Request
from atmos_auth.wiring import Project

# Where each is written; a function has its name. Those of `data` write a single value alone.
_DATA, _HCL, _VARIABLES, _ROWS = "data", "hcl", "variables", "rows"
_MODULES = {
    "json": _DATA,
    "yaml": _DATA,
    "hcl": _HCL,
    "env": _VARIABLES,
    "dotenv": _VARIABLES,
    "bash": _VARIABLES,
    "csv": _ROWS,
    "tsv": _ROWS,
    "table": _ROWS,
    "github": _VARIABLES,
}
FORMATS = tuple(_MODULES)
_GITHUB = "github"
COMPLETIONS = {"--format": FORMATS}


class Shape(NamedTuple):
    """How outputs are wanted: the format, the only one that is wanted, where to, and under which names."""

    format: str
    name: str | None
    file: str | None
    is_uppercase: bool
    is_flat: bool


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    group = parser.add_argument_group("for `output`, sensitive values included")
    group.add_argument("-f", "--format", metavar="FORMAT", help=", ".join(FORMATS))
    group.add_argument("-o", "--output-file", metavar="FILE", help="write to this file (0600) instead of stdout")
    group.add_argument("-u", "--uppercase", action="store_true", help="write names in capitals")
    group.add_argument(
        "--flatten", action="store_true", help="what stands in mappings has a name of its own: tags_Name"
    )


def wanted(arguments: argparse.Namespace, request: Request, others: Sequence[str]) -> Shape | None:
    """Return how outputs are wanted, None where Terraform itself is to print them; raises `UsageError`.

    `others` are the words behind the component's name.
    """
    given = [flag for flag in ("--format", "--output-file", "--uppercase", "--flatten") if _value(arguments, flag)]
    if not given:
        return None
    if request.subcommand != ("output",):
        raise UsageError(
            f"{given[0]} can't be used with `{' '.join(request.subcommand)}`: it is for what a component has put out",
            hints=["atmos terraform output COMPONENT -s STACK --format json"],
        )
    if arguments.format not in FORMATS:
        message = f'"{arguments.format}" is not a format' if arguments.format else f"{given[0]} needs --format"
        raise UsageError(message, hints=[f"use one of: {', '.join(FORMATS)}"])
    taken = [word for word in request.given if word.partition("=")[0] in ("-json", "-raw")]
    if taken:
        raise UsageError(f"{taken[0]} can't be used with --format", hints=["leave one of them out"])
    if len(others) > 1:
        raise UsageError(f"unexpected {others[1]!r}: --format writes all outputs, or one")
    return Shape(
        arguments.format, others[0] if others else None, arguments.output_file, arguments.uppercase, arguments.flatten
    )


def show(shape: Shape, outputs: Mapping[str, Output], project: Project) -> None:
    """Print the outputs, or put them into the file that is named; raises `UsageError` for one that is not there."""
    chosen = _chosen(shape, outputs)
    text = text_of(shape, {name: output.value for name, output in chosen.items()})
    path = shape.file
    if shape.format == _GITHUB:
        path = path or project.environ.get(env_names.GITHUB_OUTPUT)
    if env_names.is_github_job(project.environ):
        _mask(chosen, project, is_data=not path)
    if not path:
        project.streams.stdout.write(text)
    elif shape.format == _GITHUB:
        # Other steps of the job have written into it, too.
        from atmos_auth.host.appending import append_lines

        append_lines(os.path.abspath(path), text)
    else:
        from atmos_auth.host.files import write_private

        write_private(os.path.abspath(path), text.encode())


def text_of(shape: Shape, values: Mapping[str, Any]) -> str:
    """Return the values as text."""
    from atmos_auth.cli.outputs.names import capitalised, flattened

    is_data = _MODULES[shape.format] == _DATA
    content: Any = dict(values)
    if is_data and shape.name is not None:
        # Whoever names one, and reads data, wants its value.
        content = values[shape.name]
    if isinstance(content, Mapping):
        content = flattened(content) if shape.is_flat else content
        content = capitalised(content) if shape.is_uppercase else content
    write = getattr(import_module(f"{__name__}.{_MODULES[shape.format]}"), shape.format)
    text: str = write(content)
    return text


def _chosen(shape: Shape, outputs: Mapping[str, Output]) -> dict[str, Output]:
    if shape.name is None:
        return dict(outputs)
    if shape.name not in outputs:
        from difflib import get_close_matches

        close = get_close_matches(shape.name, outputs, n=1)
        known = ", ".join(sorted(outputs))
        raise UsageError(
            f'there is no output "{shape.name}"',
            hints=[
                *(f'did you mean "{name}"?' for name in close),
                f"there is: {known}" if known else "there is none; has the component been applied?",
            ],
        )
    return {shape.name: outputs[shape.name]}


def _mask(outputs: Mapping[str, Output], project: Project, *, is_data: bool) -> None:
    """Hide sensitive texts in a GitHub job's log, before any later step can print them."""
    from atmos_auth.delivery.formats.github import masking

    log = project.streams.stderr if is_data else project.streams.stdout
    log.write(masking(text for output in outputs.values() if output.is_sensitive for text in _texts(output.value)))
    log.flush()


def _texts(value: Any) -> list[str]:
    """Return the texts in a value; numbers and words such as `true` would mask half of a log."""
    if isinstance(value, Mapping):
        return [text for below in value.values() for text in _texts(below)]
    if isinstance(value, list):
        return [text for below in value for text in _texts(below)]
    return [value] if isinstance(value, str) else []


def _value(arguments: argparse.Namespace, flag: str) -> Any:
    return getattr(arguments, flag.removeprefix("--").replace("-", "_"))

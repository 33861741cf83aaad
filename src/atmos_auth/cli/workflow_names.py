"""What is shown of workflows that are not run: names, files, and what they say about themselves."""

from collections.abc import Callable, Sequence

from atmos_auth.config.tree import Map
from atmos_auth.domain.errors import AtmosAuthError, ConfigError
from atmos_auth.host.paths import home_directory
from atmos_auth.host.plain_text import plain_text
from atmos_auth.programs.workflows.written import Workflows, Written
from atmos_auth.wiring import Project

# What remains of a line of 80 columns beside what is drawn around it.
_WIDTH = 74
_SHORTEST_DESCRIPTION = 10


def workflows_of(project: Project, warn: Callable[[ConfigError], None]) -> Workflows:
    """Return the workflows of a project."""
    return Workflows(project.config, home=home_directory(project.environ), directory=project.directory, warn=warn)


def warn(project: Project, warning: AtmosAuthError) -> None:
    """Say what is not as it should be, where, and what mends it."""
    project.prompter.warn("\n".join((str(warning), *(f"  {hint}" for hint in warning.hints))))


def described(known: Sequence[Written]) -> list[str]:
    """Return a line for each workflow: its name, its file, and its description as far as there is room."""
    names = [plain_text(one.name) for one in known]
    files = [plain_text(one.source.word) for one in known]
    begun = [
        f"{name:<{max(map(len, names))}}  {file:<{max(map(len, files))}}"
        for name, file in zip(names, files, strict=True)
    ]
    return [
        f"{line}  {plain_text(description(one), limit=max(_SHORTEST_DESCRIPTION, _WIDTH - 2 - len(line)))}".rstrip()
        for line, one in zip(begun, known, strict=True)
    ]


def description(written: Written) -> str:
    """Return what a workflow says about itself, in one line; what a function would say is not asked for."""
    about = written.tree.get("description") if isinstance(written.tree, Map) else None
    return plain_text(about) if isinstance(about, str) else ""


def step_names(written: Written) -> list[str]:
    """Return the names of a workflow's steps as far as they are written out; no function is asked."""
    steps = written.tree.get("steps") if isinstance(written.tree, Map) else None
    numbered = enumerate(steps if isinstance(steps, list) else (), start=1)
    names = [(step.get("name") or f"step{number}") for number, step in numbered if isinstance(step, Map)]
    return [name for name in names if isinstance(name, str)]

"""What is said while steps run, of a workflow or of a custom command, and what a dry run prints."""

from atmos_auth.cli.output import BOLD, DIM, GREEN, YELLOW, Paint
from atmos_auth.config.paths import shown
from atmos_auth.host.plain_text import plain_lines, plain_text
from atmos_auth.programs.workflows.steps import NOBODY, Plan, Step
from atmos_auth.wiring import Project


class _Screen:
    """Whom steps tell on stderr how it goes."""

    def __init__(self, project: Project) -> None:
        self._stderr = project.streams.stderr
        self._mask = project.redaction
        self._paint = Paint(self._stderr, project.environ, plain=project.plain)

    def fails(self, step: Step, status: int, attempt: int) -> None:
        """Say that an attempt failed."""
        of = f"attempt {attempt} of {step.retry.attempts}"
        self._say(self._paint(f'⚠ step "{step.name}" exited with code {status} ({of})', YELLOW))

    def _say(self, line: str) -> None:
        self._stderr.write(f"{line}\n")
        self._stderr.flush()


class WorkflowScreen(_Screen):
    """What is said while a workflow runs."""

    def __init__(self, plan: Plan, project: Project) -> None:
        super().__init__(project)
        self._plan = plan

    def begins(self, step: Step) -> None:
        """Say which step begins, and which command of ours it is."""
        who = _as_whom(step)
        self._say(f"{self._paint(f'▶ {step.name}', BOLD)} ({step.number} of {self._plan.total}{who and f', {who}'})")
        if step.words:
            self._say(self._paint(f"  Executing command: {plain_lines(self._mask(step.line))}", DIM))

    def ends(self) -> None:
        """Say that everything was done."""
        count = len(self._plan.steps)
        self._say(self._paint(f"✓ {self._plan.workflow}: {count} step{'s' if count > 1 else ''} done", GREEN))


class CommandScreen(_Screen):
    """What is said while a custom command runs: what is run."""

    def begins(self, step: Step) -> None:
        """Say what is run."""
        line, *more = plain_lines(self._mask(step.line)).split("\n", 1)
        self._say(self._paint(f"▶ Executing command: {line}{' …' if more else ''}", DIM))


class QuietScreen(_Screen):
    """What is said while a custom command runs that does not want it said: only what fails."""

    def begins(self, step: Step) -> None:
        """Say nothing."""


def show_plan(plan: Plan, project: Project) -> None:
    """Print what would be run; of variables that are set, their names only."""
    stdout = project.streams.stdout
    paint = Paint(stdout, project.environ, plain=project.plain)
    for step in plan.steps:
        extras = [
            _as_whom(step),
            _where(step, project.directory),
            f"up to {step.retry.attempts} attempts" if step.retry.attempts > 1 else "",
            f"with {', '.join(step.variables)}" if step.variables else "",
        ]
        about = ", ".join((f"{step.number} of {plan.total}", *filter(None, extras)))
        stdout.write(f"{paint(step.name, BOLD)} ({plain_text(about)})\n")
        stdout.writelines(f"  {line}\n" for line in plain_lines(project.redaction(step.line)).splitlines())


def _where(step: Step, here: str) -> str:
    return "" if step.directory is None or step.directory == here else f"in {shown(step.directory, here)}"


def _as_whom(step: Step) -> str:
    if step.identity is None:
        return ""
    return "without authentication" if step.identity == NOBODY else f"as {plain_text(step.identity)}"

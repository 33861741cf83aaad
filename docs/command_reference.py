"""The pages about commands, from their own help."""

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path

from atmos_auth.cli.commands import COMMANDS, GROUPS, Command
from atmos_auth.cli.parsing import parse
from docs.markdown import fenced, page, table
from docs.variable_reference import env_sections

# Pages that a reader of a command's page looks for next.
RELATED = {
    "auth-login": (
        "how-to/sign-in-over-ssh.md",
        "how-to/use-an-iam-user.md",
        "how-to/sign-in-through-the-browser.md",
        "how-to/discover-accounts-and-roles.md",
        "how-to/share-sign-ins-with-the-aws-cli.md",
        "explanation/what-is-asked-when.md",
    ),
    "auth-whoami": ("how-to/troubleshoot.md", "explanation/what-is-asked-when.md"),
    "auth-env": (
        "how-to/use-in-your-shell.md",
        "how-to/use-with-terraform-and-sdks.md",
        "how-to/use-in-github-actions.md",
        "explanation/what-is-asked-when.md",
    ),
    "auth-shell": ("how-to/use-in-your-shell.md", "how-to/run-for-hours.md", "explanation/what-is-asked-when.md"),
    "auth-shell-init": ("how-to/use-in-your-shell.md",),
    "auth-exec": (
        "how-to/use-with-terraform-and-sdks.md",
        "how-to/run-for-hours.md",
        "explanation/what-is-asked-when.md",
    ),
    "auth-console": ("how-to/open-the-web-console.md", "explanation/what-is-asked-when.md"),
    "auth-credential-process": (
        "how-to/use-with-terraform-and-sdks.md",
        "how-to/run-for-hours.md",
        "how-to/use-in-github-actions.md",
    ),
    "auth-serve": ("how-to/run-for-hours.md", "explanation/what-is-asked-when.md"),
    "auth-list": ("how-to/see-what-is-configured.md", "how-to/several-portals-and-accounts.md"),
    "auth-discover": ("how-to/discover-accounts-and-roles.md", "how-to/several-portals-and-accounts.md"),
    "auth-validate": ("how-to/editor-schema.md", "how-to/troubleshoot.md"),
    "auth-logout": ("how-to/log-out.md", "how-to/keep-projects-apart-with-realms.md"),
    "auth-user-configure": ("how-to/use-an-iam-user.md", "how-to/keep-keys-in-a-keyring.md"),
    "auth-keyring-move": ("how-to/keep-keys-in-a-keyring.md", "explanation/keyrings.md"),
    "workflow": ("how-to/run-workflows.md", "how-to/use-with-terraform-and-sdks.md"),
    "list-workflows": ("how-to/run-workflows.md",),
    "completion": ("how-to/complete-in-your-shell.md",),
    "aws-ecr-login": ("how-to/log-in-to-ecr-and-eks.md",),
    "aws-eks-update-kubeconfig": ("how-to/log-in-to-ecr-and-eks.md",),
    "aws-eks-token": ("how-to/log-in-to-ecr-and-eks.md",),
    "terraform": ("how-to/run-terraform.md", "how-to/describe-stacks.md", "explanation/what-is-asked-when.md"),
    "terraform-shell": ("how-to/run-terraform.md", "how-to/use-in-your-shell.md"),
    "terraform-clean": ("how-to/run-terraform.md",),
    "terraform-generate-varfile": ("how-to/run-terraform.md",),
    "terraform-generate-backend": ("how-to/run-terraform.md",),
    "terraform-generate-files": ("how-to/run-terraform.md",),
    "describe-component": ("how-to/describe-stacks.md",),
    "describe-stacks": ("how-to/describe-stacks.md",),
    "describe-config": ("how-to/describe-stacks.md", "reference/configuration-files.md"),
    "list-stacks": ("how-to/describe-stacks.md",),
    "list-components": ("how-to/describe-stacks.md",),
    "validate-stacks": ("how-to/describe-stacks.md",),
    "version": (),
}


def command_file(command: Command) -> str:
    """Name the page of a command."""
    return f"{'-'.join(command.words)}.md"


def commands_index() -> str:
    """List the commands, and show the help of the groups."""
    rows = [f"| [`atmos {' '.join(c.words)}`]({command_file(c)}) | {c.summary} |" for c in COMMANDS]
    helps = [f"## `{name}`\n\n{fenced(help_text(name.split()[1:]))}" for name in _group_names()]
    lead = (
        "`atmos-auth VERB` is the same as `atmos auth VERB`, for people who keep another `atmos` on their PATH. "
        "`python -m atmos_auth` is the same as `atmos`."
    )
    source = "src/atmos_auth/cli/commands.py"
    return page("Commands", source, lead, table(("command", "what it does"), rows), *helps)


def command_page(command: Command) -> str:
    """Describe one command: its own help, the variables that stand in for its flags, and where to read on."""
    name = " ".join(command.words)
    stem = "-".join(command.words)
    parts = [f"{command.summary}.", fenced(help_text(command.words))]
    defaults = [
        f"| `{v.name}` | `{v.sentence.removeprefix(name).strip()}` |"
        for _, variables in env_sections()
        for v in variables
        if v.sentence.startswith(f"{name} --")
    ]
    if defaults:
        parts += ["## Variables that stand in for flags", table(("variable", "flag"), defaults)]
    parts.append("## See also")
    parts.append(
        "\n".join(f"- [{_title(page)}](../../{page})" for page in RELATED[stem])
        + "\n- [Environment variables](../environment-variables.md)\n- [Errors and exit codes](../errors.md)"
    )
    return page(f"`atmos {name}`", f"src/{command.module.replace('.', '/')}.py", *parts)


def help_text(words: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """Return what `--help` prints for a command or a group."""
    output = io.StringIO()
    with redirect_stdout(output), suppress(SystemExit):
        parse([*words, "--help"])
    return output.getvalue().rstrip()


def _title(page: str) -> str:
    """Return the first heading of a page below `docs`."""
    text = (Path(__file__).parent / page).read_text(encoding="utf-8")
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"docs/{page} has no heading")
    return found[1]


def _group_names() -> list[str]:
    return ["atmos", *(" ".join(("atmos", *words)) for words in GROUPS)]

"""The words that Terraform is run with."""

from collections.abc import Sequence

from atmos_auth.programs.terraform.files import Generated

# Commands that take the values of variables.
_WITH_VARIABLES = frozenset({"plan", "apply", "destroy", "refresh", "import", "test"})


def init_words(generated: Generated, *, reconfigure: bool, pass_variables: bool, given: Sequence[str]) -> list[str]:
    """Return the words of `init`; `given` are a person's own."""
    words = ["init"]
    if reconfigure and "-reconfigure" not in given:
        words.append("-reconfigure")
    if pass_variables:
        words += ["-var-file", generated.varfile]
    return [*words, *given]


def command_words(
    subcommand: Sequence[str],
    generated: Generated,
    *,
    workspace: str,
    planfile: str | None,
    keep_plan: bool,
    approve: bool,
    given: Sequence[str],
) -> list[str]:
    """Return the words of the command itself.

    `planfile` is a stored plan that is to be applied; `keep_plan` has `plan` store one; `approve` answers Terraform's
    question; `given` are a person's own words.
    """
    name, *below = subcommand
    if name == "deploy":
        name, approve = "apply", True
    words = [name, *below]
    if name in _WITH_VARIABLES and planfile is None:
        words += ["-var-file", generated.varfile]
    if name == "plan" and keep_plan and not _says(given, "-out"):
        words += ["-out", generated.planfile]
    if name == "apply" and approve and planfile is None and not _says(given, "-auto-approve"):
        words.append("-auto-approve")
    if name == "workspace" and below and below[0] not in ("list", "show"):
        words.append(workspace)
    return [*words, *given, *([planfile] if planfile is not None else [])]


def _says(given: Sequence[str], flag: str) -> bool:
    return any(word.partition("=")[0] == flag for word in given)

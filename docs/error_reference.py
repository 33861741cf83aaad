"""The page about errors, from their classes."""

import inspect

from atmos_auth.domain import errors
from docs.markdown import fenced, first_sentence, page, table

# Statuses that no error class stands for.
OTHER_STATUSES = {
    "0": "It went well. For `auth whoami` that includes credentials that cannot be used, unless `--check` is given.",
    "130": "Ctrl-C.",
    "141": "The program that read the output has gone.",
    "143": "SIGTERM.",
}


def errors_page() -> str:
    """List every error with its meaning and exit code."""
    rows = [
        f"| `{c.__name__}` | {first_sentence(c)} | {c.exit_code} |"
        for c in vars(errors).values()
        if inspect.isclass(c) and issubclass(c, errors.AtmosAuthError) and c is not errors.AtmosAuthError
    ]
    others = [f"| {status} | {meaning} |" for status, meaning in OTHER_STATUSES.items()]
    tree = inspect.cleandoc(errors.__doc__ or "").partition("\n\n")[2]
    return page(
        "Errors and exit codes",
        "src/atmos_auth/domain/errors.py or docs/error_reference.py",
        "An error says what is wrong, where the value at fault was written (`file:line:column`), and a command or edit "
        "that mends it. It goes to stderr. `auth exec` passes on the status of the program it ran; a program that was "
        "killed by signal N gives 128 + N. `workflow` passes on that of the step that failed.",
        "## Errors",
        table(("error", "when", "exit code"), rows),
        "## Other exit codes",
        table(("exit code", "when"), others),
        "## The tree",
        fenced(tree),
    )

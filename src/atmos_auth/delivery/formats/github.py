"""What a GitHub Actions job understands: lines of its environment file, and commands that mask values in its log.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterable, Mapping, Sequence


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return lines for the file that GITHUB_ENV names; nothing can be unset there."""
    return "".join(_assignment(name, value) for name, value in variables.items())


def masking(secrets: Iterable[str]) -> str:
    """Commands after which these values show as `***` in the job's log, if they are printed before it sees them."""
    lines = dict.fromkeys(line for secret in secrets for line in secret.splitlines() if line.strip())
    return "".join(f"::add-mask::{_escaped(line)}\n" for line in lines)


def _assignment(name: str, value: str) -> str:
    if "\n" not in value and "\r" not in value:
        return f"{name}={value}\n"
    end = f"ATMOS_EOF_{name}"
    # The value ends where a line is this word, so no line of the value may be it.
    while end in value:
        end += "_"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

"""Lines for `docker run --env-file`, systemd-like readers and others that take a value exactly as it stands."""

from collections.abc import Mapping, Sequence

from atmos_auth.domain.errors import InvalidSetting


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return a line `NAME=value` for each, never quoted; raises `InvalidSetting` where a value breaks the line."""
    for name, value in variables.items():
        if "\n" in value or "\r" in value:
            raise InvalidSetting(
                f"the value of {name} has a line break, and in an env file every line is a variable",
                hints=["use a format that can quote it: --format json", "or --format dotenv"],
            )
    return "".join(f"{name}={value}\n" for name, value in variables.items())

"""Atmos Auth: name an identity, and every AWS tool works as it.

For Python programs: `from atmos_auth import Auth`, then `Auth.load().session("deploy")`.
"""

TYPE_CHECKING = False  # importing `typing` costs as much as half an interpreter
if TYPE_CHECKING:
    from typing import Any

    from atmos_auth.domain import errors as errors
    from atmos_auth.domain.credentials import AwsCredentials as AwsCredentials
    from atmos_auth.domain.errors import AtmosAuthError as AtmosAuthError
    from atmos_auth.domain.errors import CredentialsMissing as CredentialsMissing
    from atmos_auth.library.async_auth import AsyncAuth as AsyncAuth
    from atmos_auth.library.auth import Auth as Auth
    from atmos_auth.usecases.validate import Findings as Findings
    from atmos_auth.usecases.whoami import Status as Status

__version__ = "0.1.0"
__all__ = [
    "AsyncAuth",
    "AtmosAuthError",
    "Auth",
    "AwsCredentials",
    "CredentialsMissing",
    "Findings",
    "Status",
    "errors",
]

# Where each public name is at home; nothing of it is loaded before somebody asks, for the command starts here too.
_HOMES = {
    "AsyncAuth": "atmos_auth.library.async_auth",
    "AtmosAuthError": "atmos_auth.domain.errors",
    "Auth": "atmos_auth.library.auth",
    "AwsCredentials": "atmos_auth.domain.credentials",
    "CredentialsMissing": "atmos_auth.domain.errors",
    "Findings": "atmos_auth.usecases.validate",
    "Status": "atmos_auth.usecases.whoami",
    "errors": "atmos_auth.domain",
}


def __getattr__(name: str) -> "Any":
    """Load a public name when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = import_module(_HOMES[name])
    return getattr(home, name) if hasattr(home, name) else import_module(f"{_HOMES[name]}.{name}")


def __dir__() -> list[str]:
    """List the public names."""
    return [*__all__, "__version__"]

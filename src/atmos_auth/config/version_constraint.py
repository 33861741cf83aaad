"""`version.constraint`: which versions of ours a configuration is written for."""

from collections.abc import Mapping

from atmos_auth import __version__
from atmos_auth.config.observer import Observer
from atmos_auth.config.resolver import Resolver
from atmos_auth.config.version_range import allows
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place

FATAL, WARN, SILENT = ENFORCEMENTS = ("fatal", "warn", "silent")
_PATH = ("version", "constraint")


def warning_of_version(resolver: Resolver, observer: Observer) -> str | None:
    """Return what is to be said where the configuration is for other versions, None where nothing is.

    Raises `InvalidSetting` where it is not to be used with this one, and for a constraint that is none.
    """
    constraint = resolver.resolve(_PATH)
    if constraint is None:
        return None
    place = resolver.place((*_PATH, "require"))
    required = constraint.get("require") if isinstance(constraint, Mapping) else None
    if not isinstance(required, str):
        raise InvalidSetting(
            "version.constraint needs `require`, a range of versions", place=place, hints=['write `require: ">=1.2"`']
        )
    enforcement = _enforcement(constraint, resolver, observer)
    if enforcement == SILENT or _is_allowed(required, place):
        return None
    wanted = f"atmos {required} is required, and this is {__version__}"
    if enforcement == WARN:
        return f"{place}: {wanted}"
    message = constraint.get("message")
    raise InvalidSetting(
        wanted,
        place=place,
        details=[message.strip()] if isinstance(message, str) and message.strip() else [],
        hints=[
            "use a version that is in this range, or change it",
            f"use this one in spite of it: {env_names.ATMOS_VERSION_ENFORCEMENT}={WARN}",
        ],
    )


def _enforcement(constraint: Mapping[str, object], resolver: Resolver, observer: Observer) -> str:
    of_variable = observer.variable(env_names.ATMOS_VERSION_ENFORCEMENT)
    # Whoever wrote the range may have had another program of this name in mind, whose numbers count something else.
    chosen = of_variable or constraint.get("enforcement") or WARN
    if chosen not in ENFORCEMENTS:
        name = env_names.ATMOS_VERSION_ENFORCEMENT if of_variable else "version.constraint.enforcement"
        raise InvalidSetting(
            f'{name} is one of {", ".join(ENFORCEMENTS)}, not "{chosen}"',
            place=None if of_variable else resolver.place((*_PATH, "enforcement")),
        )
    return str(chosen)


def _is_allowed(required: str, place: Place | None) -> bool:
    try:
        return allows(required, __version__)
    except ValueError as error:
        raise InvalidSetting(
            f'version.constraint.require is "{required}": {error}', place=place, hints=['write `require: ">=1.2, <2"`']
        ) from error

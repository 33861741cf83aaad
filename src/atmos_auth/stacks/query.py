"""Pick something out of data with an expression of jq, whose paths and filters those of yq are."""

from typing import Any

from atmos_auth.domain.errors import UsageError


def queried(data: Any, expression: str) -> Any:
    """Return what the expression makes of the data: one result as it is, several as a list; none is None.

    https://jqlang.org/manual/ describes the language. Raises `UsageError` for an expression that is wrong.
    """
    import jq

    try:
        results = jq.compile(expression).input_value(data).all()
    except ValueError as error:
        reason = str(error).removeprefix("jq: error: ").splitlines()[0]
        raise UsageError(
            f"the query `{expression}` cannot be worked out: {reason}",
            hints=["for example --query .vars.region, or '.vars | keys'"],
        ) from error
    return results[0] if len(results) == 1 else (results or None)

"""Pick something out of data with an expression of jq, whose paths and filters those of yq are."""

import re
from typing import Any

from atmos_auth.domain.errors import UsageError

# A text, or a step of a path; in names of components and identities there are dashes.
_STEP = re.compile(r'"(?:\\.|[^"\\])*"|\.[A-Za-z_]\w*(?:-\w+)+')


def queried(data: Any, expression: str) -> Any:
    """Return what the expression makes of the data: one result as it is, several as a list; none is None.

    https://jqlang.org/manual/ describes the language; but `.a-b` is the key `a-b`, and a difference is `.a - .b`.
    Raises `UsageError` for an expression that is wrong.
    """
    import jq

    try:
        results = jq.compile(_STEP.sub(_quoted, expression)).input_value(data).all()
    except ValueError as error:
        reason = str(error).removeprefix("jq: error: ").splitlines()[0]
        raise UsageError(
            f"the query `{expression}` cannot be worked out: {reason}",
            hints=["for example --query .vars.region, or '.vars | keys'"],
        ) from error
    return results[0] if len(results) == 1 else (results or None)


def _quoted(step: "re.Match[str]") -> str:
    return step[0] if step[0].startswith('"') else f'."{step[0][1:]}"'

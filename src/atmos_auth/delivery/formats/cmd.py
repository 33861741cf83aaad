"""Lines for the Windows command prompt: `for /f "delims=" %i in ('atmos auth env --format cmd') do @%i`."""

from collections.abc import Mapping, Sequence

from atmos_auth.domain.errors import InvalidSetting

# Characters that cmd cannot hold, or reads in another way at the prompt than in a batch file.
_IMPOSSIBLE = {"\n": "a line break", "\r": "a line break", '"': "a double quote", "%": "a percent sign"}


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return a line `set "NAME=value"` for each; raises `InvalidSetting` for what cmd cannot be told."""
    lines = [f'set "{name}="' for name in unset]
    for name, value in variables.items():
        for character, word in _IMPOSSIBLE.items():
            if character in value:
                raise InvalidSetting(
                    f"the value of {name} holds {word}, which cannot be handed to cmd safely",
                    hints=["use PowerShell: --format powershell", "or read it from --format json"],
                )
        lines.append(f'set "{name}={value}"')
    return "".join(f"{line}\n" for line in lines)

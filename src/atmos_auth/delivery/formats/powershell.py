"""Lines for PowerShell: `atmos auth env --format powershell | Out-String | Invoke-Expression`."""

from collections.abc import Mapping, Sequence


def text(variables: Mapping[str, str], unset: Sequence[str] = ()) -> str:
    """Return a line `$env:NAME = 'value'` for each, in ASCII: Windows reads programs' output in one of several codes.

    An empty value unsets the variable before PowerShell 7.5, as Windows has always done.
    """
    lines = [f"$env:{name} = $null" for name in unset]
    lines += [f"$env:{name} = {_quoted(value)}" for name, value in variables.items()]
    return "".join(f"{line}\n" for line in lines)


def _quoted(value: str) -> str:
    if all(" " <= character <= "~" for character in value):
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_in_double_quotes(character) for character in value) + '"'


def _in_double_quotes(character: str) -> str:
    if character in '"$`':
        return f"`{character}"
    if " " <= character <= "~":
        return character
    # Strings hold UTF-16 there. PowerShell also takes typographic quotes for quotes: none is ever written.
    units = character.encode("utf-16-be", "surrogatepass")
    codes = [int.from_bytes(units[at : at + 2]) for at in range(0, len(units), 2)]
    return "".join(f"$([char]{code})" for code in codes)

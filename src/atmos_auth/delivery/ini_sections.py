"""AWS ini files as text: one section is found, replaced or removed, and every other line stays as it is.

A section is its header, the lines up to the next section or the comment right above that, and the marker line right
above its own header, which is where we keep what the AWS format has no key for.
"""

MARKER = "; atmos:"


def find(text: str, header: str) -> tuple[str | None, dict[str, str]] | None:
    """Return the marker's content and the keys of the section `header` (without brackets), or None."""
    lines = _lines(text)
    span = _span(lines, header)
    if span is None:
        return None
    start, end = span
    marker = lines[start][len(MARKER) :].strip() if lines[start].startswith(MARKER) else None
    keys: dict[str, str] = {}
    for line in lines[start:end]:
        name, separator, value = line.partition("=")
        if separator and not line.startswith((";", "#", "[", " ", "\t")):
            keys[name.strip()] = value.strip()
    return marker, keys


def headers(text: str) -> list[tuple[str, str | None]]:
    """Return every section's header with its marker's content, in order."""
    lines = _lines(text)
    found = []
    for number, line in enumerate(lines):
        header = _header(line)
        if header is not None:
            above = lines[number - 1] if number else ""
            found.append((header, above[len(MARKER) :].strip() if above.startswith(MARKER) else None))
    return found


def sections(text: str) -> dict[str, str]:
    """Return every section as a text of its own, marker included: the first one where a header comes twice."""
    lines = _lines(text)
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        header = _header(line)
        if header is not None and header not in found:
            start, end = _span_from(lines, number)
            found[header] = "\n".join(lines[start:end]) + "\n"
    return found


def replace(text: str, header: str, keys: dict[str, str], marker: str | None = None) -> str:
    """Return `text` with the section set to exactly these keys; a new section goes to the end.

    A value that begins with a newline is written as nested lines, as AWS's `services` sections want them.
    """
    texts = (header, marker or "", *(value.lstrip("\n").replace("\n  ", "") for value in keys.values()))
    if any("\n" in text or "\r" in text for text in texts):
        raise ValueError("a value may not break its line")
    block = [f"{MARKER} {marker}"] if marker else []
    block.append(f"[{header}]")
    block += [f"{name} ={value}" if value.startswith("\n") else f"{name} = {value}" for name, value in keys.items()]
    lines = _lines(text)
    span = _span(lines, header)
    if span is None:
        if lines and lines[-1].strip():
            lines.append("")
        lines += block
    else:
        start, end = span
        after = lines[end:]
        lines = [*lines[:start], *block, *([""] if after and after[0].strip() else []), *after]
    return "\n".join(lines) + "\n"


def remove(text: str, header: str) -> str:
    """Return `text` without the section; unchanged when there is none."""
    lines = _lines(text)
    span = _span(lines, header)
    if span is None:
        return text
    start, end = span
    rest = lines[:start] + lines[end:]
    while rest and not rest[-1].strip():
        rest.pop()
    return "\n".join(rest) + "\n" if rest else ""


def _lines(text: str) -> list[str]:
    """Split at line feeds only, as AWS's readers do: other characters that break a line may stand in it."""
    return text.removesuffix("\n").split("\n") if text else []


def _span(lines: list[str], header: str) -> tuple[int, int] | None:
    number = next((number for number, line in enumerate(lines) if _header(line) == header), None)
    return _span_from(lines, number) if number is not None else None


def _span_from(lines: list[str], number: int) -> tuple[int, int]:
    """Return where the section begins whose header is line `number`, and where the next one does."""
    start = number - 1 if number and lines[number - 1].startswith(MARKER) else number
    end = number + 1
    while end < len(lines) and _header(lines[end]) is None:
        end += 1
    while number + 1 < end < len(lines) and lines[end - 1].startswith((";", "#")):
        end -= 1  # that marker, or comment, belongs to the section below
    return start, end


def _header(line: str) -> str | None:
    stripped = line.strip()
    return stripped[1:-1] if stripped.startswith("[") and stripped.endswith("]") and len(stripped) > 2 else None

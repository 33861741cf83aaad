"""Answers given again, while all that they depended on is as it was: the first thing a call tries, next to no imports.

`warming` writes down what an answer was made of; whatever is doubted here goes the full way. A record holds neither a
secret nor code: its text has holes, and each says which bytes of which file belong there.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = "2"
VERBS, COMPLETION = ("env", "exec", "credential-process", "whoami"), "completion"
# What may be typed of a word that is to be completed: shells cut at these, and so do lists.
CUTTING = "=:,"
# Whatever they are for, one of these may decide about the answer; of others a record says which ones do.
PREFIXES = ("ATMOS_", "AWS_", "XDG_")
KEY, DIGEST_BYTES, LONGEST = "key", 20, 1 << 20
# Lines of a record: what is there and how it looks, what is not, what only has to be there, variables, holes.
LOOKS, ABSENT, THERE, VARIABLE, PART = "looks", "absent", "there", "variable", "part"
UNTIL, DROPPED, RUNS, STREAM, ENDS = "until", "dropped", "runs", "stream", "ends"
LINES = (UNTIL, LOOKS, ABSENT, THERE, VARIABLE, PART, DROPPED, RUNS, STREAM, ENDS)
# Where a part of the text comes from, if not from a file: the record itself, or how long the credentials are good for.
ITSELF, SECONDS_LEFT, TIME_LEFT = 0, -1, -2
STDOUT, STDERR = 1, 2
_FOLDER, _FILE, _TYPE, _OTHERS = 0o040000, 0o100000, 0o170000, 0o077


class Answer:
    """What to print, and on which stream; or for a program to run: its variables, and until when they are good."""

    __slots__ = ("dropped", "expires_at", "identity", "stream", "text", "variables")

    def __init__(self, text: bytes, facts: "Mapping[str, Sequence[str]]") -> None:
        self.text, self.stream = text, int(facts[STREAM][0])
        self.dropped = facts[DROPPED]
        self.variables: dict[str, str] | None = None
        self.identity, self.expires_at = "", 0.0
        if facts[RUNS]:
            self.identity, self.expires_at = facts[RUNS][0], float(facts[ENDS][0])
            pairs = (os.fsdecode(pair).partition("=") for pair in text.split(b"\0") if pair)
            self.variables = {name: value for name, _, value in pairs}


def again(words: "Sequence[str]", environ: "Mapping[str, str]", directory: str, now: float) -> "Answer | None":
    """Return the answer to this command line if one was kept and nothing has changed since; None on any doubt.

    `directory` is where the call stands, `now` seconds since the epoch. Reads files; asks nobody, sends nothing.
    """
    if len(words) < 2 or ((words[0] != "auth" or words[1] not in VERBS) and words[0] != COMPLETION):
        return None
    try:
        return _again(words, environ, directory, now)
    except Exception:  # noqa: BLE001 - whatever is wrong with a record may cost time, and nothing else
        return None


def folder_of(environ: "Mapping[str, str]") -> str | None:
    """Return the folder of the records, as `host.paths` has it; None where it cannot be told without doubt."""
    base = environ.get("ATMOS_XDG_CACHE_HOME") or environ.get("XDG_CACHE_HOME")
    if not base and environ.get("HOME"):
        base = environ["HOME"] + "/.cache"
    return base.rstrip("/") + "/atmos/auth/answers" if base and base[0] == "/" and os.name == "posix" else None


def heard(words: "Sequence[str]") -> "Sequence[str]":
    """Return the words that the answer depends on: what follows `--` is the program's own affair.

    Of a word that is to be completed, only whether it is a flag: the answer has all that it could become.
    """
    if words[0] == COMPLETION:
        is_typed = "--" in words[:-2] and not set(words[-1]) & set(CUTTING)
        return (*words[:-1], "-" if words[-1].startswith("-") else "") if is_typed else ()
    if words[1] != "exec":
        return words
    return words[: words.index("--") + 1] if "--" in words[:-1] else ()


def name_of(words: "Sequence[str]", environ: "Mapping[str, str]", directory: str, key: bytes) -> str:
    """Return the file name of the record for this call."""
    surroundings = sorted(f"{name}={value}" for name, value in environ.items() if name.startswith(PREFIXES))
    version = (SCHEMA, sys.implementation.cache_tag, stamp(os.stat(__file__)))
    return digest("\0".join((*version, directory, *heard(words), "", *surroundings)), key)


def digest(text: str | bytes, key: bytes) -> str:
    """Return a keyed digest that tells nothing about the text, as hexadecimal digits."""
    from _blake2 import blake2b  # hashlib loads all of OpenSSL for it

    content = os.fsencode(text) if isinstance(text, str) else text
    return str(blake2b(content, key=key, digest_size=DIGEST_BYTES).hexdigest())


def stamp(status: os.stat_result) -> str:
    """Return what changes whenever a file or a directory does."""
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}"


def standing(status: os.stat_result) -> str:
    """Return what must not change of something that only has to be there: what it is, whose, and who may write."""
    return f"{status.st_mode:o} {status.st_uid}"


def is_ours(status: os.stat_result, what: int) -> bool:
    """Tell whether nobody else could have written a file or a folder."""
    return status.st_mode & _TYPE == what and status.st_uid == os.geteuid() and not status.st_mode & _OTHERS


def key_in(folder: str) -> bytes | None:
    """Return the key of the records in this folder; None where there is none, or others could know it."""
    return _private(f"{folder}/{KEY}") if is_ours(os.stat(folder), _FOLDER) else None


def _again(words: "Sequence[str]", environ: "Mapping[str, str]", directory: str, now: float) -> "Answer | None":
    folder = folder_of(environ)
    key = key_in(folder) if folder and heard(words) else None
    if not folder or not key:
        return None
    sealed = _private(f"{folder}/{name_of(words, environ, directory, key)}")
    seal, _, content = sealed.partition(b"\n")
    if seal.decode() != digest(content, key):
        return None
    head, _, body = content.partition(b"\n\n")
    facts: dict[str, list[str]] = {what: [] for what in LINES}
    for line in os.fsdecode(head).split("\n"):
        what, _, rest = line.partition(" ")
        facts[what].append(rest)
    if not _hold(facts, environ, key, now):
        return None
    text = _whole(facts, body, now)
    if words[0] == COMPLETION:
        text = _begun(text, words[-1])
    return Answer(text, facts)


def _hold(facts: "Mapping[str, Sequence[str]]", environ: "Mapping[str, str]", key: bytes, now: float) -> bool:
    """Tell whether all that the record says is still so. Raises what looking at it raises."""
    if not now < float(facts[UNTIL][0]):
        return False
    for line in facts[LOOKS]:
        looks, _, path = line.partition("\t")
        if stamp(os.stat(path)) != looks:
            return False
    for line in facts[THERE]:
        stands, _, path = line.partition("\t")
        if standing(os.stat(path)) != stands:
            return False
    for line in facts[VARIABLE]:
        name, _, value = line.partition(" ")
        if value != (digest(environ[name], key) if name in environ else ""):
            return False
    return all(map(_is_absent, facts[ABSENT]))


def _begun(text: bytes, begun: str) -> bytes:
    """Return the lines of what a word could become that it can still become. Raises where there are none."""
    start = os.fsencode(begun.lower())
    lines = [line for line in text.splitlines(keepends=True) if line.lower().startswith(start)]
    if not lines:
        raise ValueError(begun)
    return b"".join(lines)


def _whole(facts: "Mapping[str, Sequence[str]]", body: bytes, now: float) -> bytes:
    """Fill the holes. Raises when a file is not the one that was looked at, or is shorter than it was."""
    opened: dict[int, int] = {}
    pieces = []
    try:
        for line in facts[PART]:
            source, offset, length = map(int, line.split(" "))
            if source == ITSELF:
                piece = body[offset : offset + length]
            elif source < ITSELF:
                from atmos_auth.domain.time_left import time_left

                left = float(facts[ENDS][0]) - now
                piece = (time_left(left) if source == TIME_LEFT else str(int(left))).encode()
                length = len(piece)
            else:
                if source not in opened:
                    looks, _, path = facts[LOOKS][source - 1].partition("\t")
                    opened[source] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
                    if stamp(os.fstat(opened[source])) != looks:
                        raise ValueError(path)
                piece = os.pread(opened[source], length, offset)
            if len(piece) != length:
                raise ValueError(line)
            pieces.append(piece)
    finally:
        for descriptor in opened.values():
            os.close(descriptor)
    return b"".join(pieces)


def _private(path: str) -> bytes:
    """Return the content of a file that nobody else could have written; raises otherwise."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not is_ours(status, _FILE) or status.st_size > LONGEST:
            raise ValueError(path)
        return os.read(descriptor, LONGEST)
    finally:
        os.close(descriptor)


def _is_absent(path: str) -> bool:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    return False


def serve(words: "Sequence[str]", now: float) -> int | None:
    """Answer this process's command line if that can be done at once; return its exit status, None if it cannot."""
    answer = again(words, os.environ, _here(), now)
    # Were one of them closed, one of the files that we read would have its number.
    if answer is None or sys.stdout is None or sys.stderr is None:
        return None
    if answer.variables is None:
        return _print(answer.text, answer.stream)
    return _run(words, answer, answer.variables)


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _print(text: bytes, stream: int) -> int | None:
    if stream == STDERR and os.isatty(stream):
        return None  # a person may have colours
    rest = text
    while rest:
        try:
            rest = rest[os.write(stream, rest) :]
        except OSError:
            # The full way has words for it; what was written cannot be taken back.
            return None if rest == text else 1
    return 0


def _run(words: "Sequence[str]", answer: Answer, variables: "dict[str, str]") -> int | None:
    from atmos_auth.host.child import run

    kept = {name: value for name, value in os.environ.items() if name not in answer.dropped}
    try:
        status, _ = run(words[words.index("--") + 1 :], kept | variables)
    except OSError:
        return None  # it was not started
    if status != 0:
        from time import time

        if answer.expires_at <= (now := time()):
            from atmos_auth.cli.auth.exec import point_out_end

            point_out_end(answer.identity, answer.expires_at, now, plain="--no-color" in heard(words))
    return status

"""Writes down an answer, and all that it depended on, so that `warm` can give it again at once."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from atmos_auth.cli import warm
from atmos_auth.cli.call import Call
from atmos_auth.domain import env_names
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.freshness import seconds_fresh
from atmos_auth.engine import registry
from atmos_auth.engine.fingerprint import user_key
from atmos_auth.host.files import PRIVATE_FILE, make_private_folder
from atmos_auth.usecases.ensure import passes_through
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project

if TYPE_CHECKING:
    from atmos_auth.domain.credentials import AwsCredentials

# A file that has changed within the coarsest tick of a file system can change again and look the same.
SETTLE_SECONDS = 2
LONGEST_SECONDS = 7 * 24 * 3600
# No pipe takes more at once.
LONGEST_TEXT = 32 * 1024
MOST_RECORDS = 512
# What these hold is nobody's secret; whatever else an identity brings may be one.
PUBLIC = frozenset(
    {
        env_names.ATMOS_IDENTITY,
        env_names.AWS_CONFIG_FILE,
        env_names.AWS_CREDENTIAL_EXPIRATION,
        env_names.AWS_DEFAULT_REGION,
        env_names.AWS_EC2_METADATA_DISABLED,
        env_names.AWS_ENDPOINT_URL_STS,
        env_names.AWS_PROFILE,
        env_names.AWS_REGION,
        env_names.AWS_SDK_LOAD_CONFIG,
        env_names.AWS_SHARED_CREDENTIALS_FILE,
    }
)
# How Python writes text, who one is at home, and which time it is there.
OF_PYTHON = ("HOME", "USERPROFILE", "PYTHONIOENCODING", "PYTHONUTF8", "LC_ALL", "LC_CTYPE", "LANG", "TZ")
LOCAL_TIME = "/etc/localtime"


class Kept(NamedTuple):
    """An answer: its whole text, and those values in it that must not stand in a record.

    For a program to run, the text is its variables as `NAME=value`, a NUL after each, and `dropped` names those of
    ours that it must not have. `left` is what the text says of how long the credentials are good for: what stands
    before it, how it is written (`warm.SECONDS_LEFT` or `warm.TIME_LEFT`), and the words themselves.
    """

    text: str
    private: Iterable[str] = ()
    runs: bool = False
    dropped: Iterable[str] = ()
    needs_credentials: bool = True
    stream: int = warm.STDOUT
    left: tuple[str, int, str] | None = None


def private_values(variables: Mapping[str, str]) -> list[str]:
    """Return the values among these variables that may be secret."""
    return [value for name, value in variables.items() if name not in PUBLIC]


class _DoubtError(Exception):
    """The answer may be another one next time, and nobody could tell."""


def keep(call: Call, project: Project, asked: Asked, identity: str, kept: Kept) -> None:
    """Keep the answer to `call` that `identity` was given, if it is sure to be the same while nothing changes.

    Nothing is raised: at worst the next call goes the full way as well.
    """
    with suppress(_DoubtError, AtmosAuthError, OSError, ValueError):
        _require_decided(asked, identity, project)
        _require_quiet(project)
        if project.catalog.integrations():
            raise _DoubtError
        _write(call, _Record(call, project, project.operations.chain(identity), kept))


def keep_for_all(call: Call, project: Project, text: str) -> None:
    """Keep an answer to `call` that was read in the configuration, and has to do with nobody's credentials."""
    with suppress(_DoubtError, AtmosAuthError, OSError, ValueError):
        _require_quiet(project)
        _write(call, _Record(call, project, None, Kept(text, needs_credentials=False)))


def _require_decided(asked: Asked, identity: str, project: Project) -> None:
    """Doubt an answer for which somebody was asked who is meant, or that clears another identity away."""
    before = project.environ.get(env_names.ATMOS_IDENTITY)
    is_named = asked.name or before or len(project.catalog.default_identities()) == 1
    if asked.pick or not is_named or (before and before.lower() != identity.lower()):
        raise _DoubtError


def _require_quiet(project: Project) -> None:
    """Doubt an answer that came with more than is kept: a warning, a log, what a command or a portal said."""
    config = project.config
    if config.warnings or config.record.uncacheable or project.log.is_debug or project.keeps_nothing:
        raise _DoubtError


def _write(call: Call, record: "_Record") -> None:
    if record.is_unsettled:
        raise _DoubtError
    folder = warm.folder_of(call.environ)
    if folder is None:
        raise _DoubtError
    make_private_folder(folder)
    user_key(f"{folder}/{warm.KEY}")
    key = warm.key_in(folder)
    if key is None:
        raise _DoubtError
    path = f"{folder}/{warm.name_of(call.words, call.environ, call.directory, key)}"
    temporary = f"{path}.{os.getpid()}.tmp"
    content = record.content(key)
    # Not synced: half a record has a wrong seal, and is none.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        os.write(descriptor, warm.digest(content, key).encode() + b"\n" + content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    finally:
        os.close(descriptor)
    _prune(folder)


def _prune(folder: str) -> None:
    """Make room: records of calls that are over are of no use to anybody."""
    names = [name for name in os.listdir(folder) if len(name) >= 2 * warm.DIGEST_BYTES]
    if len(names) > MOST_RECORDS:
        paths = sorted((f"{folder}/{name}" for name in names), key=lambda path: os.stat(path).st_mtime)
        for path in paths[: MOST_RECORDS // 2]:
            os.unlink(path)


class _Record:
    """What a record says: where to look, until when it is good, and the text with its holes. Raises `_DoubtError`."""

    def __init__(self, call: Call, project: Project, chain: Chain | None, kept: Kept) -> None:
        self._call = call
        self._project = project
        self._kept = kept
        self._chain = chain
        self._credentials: AwsCredentials | None = None
        observed = project.config.record
        self._looks = {**observed.files, **observed.directories}
        self._absent = set(observed.absent)
        self._contents: dict[str, bytes] = {}
        found = (project.provisioned_files.path(name) for name in project.written_catalog.explorable())
        for path in (*found, *([LOCAL_TIME] if kept.left else [])):
            self._look_at(path)
        if chain is not None:
            self._look_at_credentials(chain)
        self._there = observed.present | ({project.directory} if project.directory != call.directory else set())

    @property
    def is_unsettled(self) -> bool:
        """Whether the last change to what it depends on is so young that another one could look the same."""
        changed_at = max((max(stamp[:2]) for stamp in self._looks.values()), default=0)
        return changed_at / 1e9 + SETTLE_SECONDS > self._project.clock.now()

    def _look_at_credentials(self, chain: Chain) -> None:
        if passes_through(chain) or not all(registry.is_built_in(link.kind, link.role) for link in chain.links):
            raise _DoubtError
        self._look_at(self._project.profiles.locate(chain).credentials_file)
        self._look_at(self._project.paths.fingerprint_key)
        self._credentials = self._project.profiles.read(chain)

    def content(self, key: bytes) -> bytes:
        """Return the record without its seal."""
        parts, body = self._parts()
        lines = [
            f"{warm.UNTIL} {self._until()}",
            *(f"{warm.LOOKS} {' '.join(map(str, looks))}\t{path}" for path, looks in self._looks.items()),
            *(f"{warm.ABSENT} {path}" for path in sorted(self._absent)),
            *(f"{warm.THERE} {warm.standing(os.stat(path))}\t{path}" for path in sorted(self._there)),
            *(f"{warm.VARIABLE} {name} {self._variable(name, key)}" for name in sorted(self._variables())),
            *(f"{warm.PART} {source} {offset} {length}" for source, offset, length in parts),
            *(f"{warm.DROPPED} {name}" for name in self._kept.dropped),
            f"{warm.STREAM} {self._kept.stream}",
            f"{warm.ENDS} {self._expires_at() or float('inf')}",
        ]
        if self._kept.runs and self._chain is not None:
            lines.append(f"{warm.RUNS} {self._chain.tip.name}")
        if any("\n" in line for line in lines):
            raise _DoubtError
        return os.fsencode("\n".join(lines)) + b"\n\n" + body

    def _look_at(self, path: str) -> None:
        """Note what is in a file, and what it looks like; doubt one that has changed since it was looked at."""
        try:
            with open(path, "rb") as file:
                status = os.fstat(file.fileno())
                self._contents[path] = file.read()
        except FileNotFoundError:
            self._absent.add(path)
            return
        looks = status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
        if self._looks.setdefault(path, looks) != looks:
            raise _DoubtError

    def _until(self) -> float:
        now = self._project.clock.now()
        if not self._kept.needs_credentials:
            return now + LONGEST_SECONDS
        if self._credentials is None:
            raise _DoubtError
        return now + min(LONGEST_SECONDS, seconds_fresh(self._credentials, now))

    def _expires_at(self) -> float | None:
        return self._credentials.expires_at if self._credentials is not None else None

    def _variables(self) -> set[str]:
        """Name the variables that decide about the answer, beside those that every record depends on."""
        named = {value for value in vars(env_names).values() if isinstance(value, str)}
        consulted = {*named, *self._project.config.record.variables, *OF_PYTHON}
        return {name for name in consulted if name.isidentifier() and not name.startswith(warm.PREFIXES)}

    def _variable(self, name: str, key: bytes) -> str:
        value = self._call.environ.get(name)
        return "" if value is None else warm.digest(value, key)

    def _parts(self) -> tuple[list[tuple[int, int, int]], bytes]:
        """Cut the private values out of the text, and tell where each part of it is to be found."""
        stream = self._project.streams[self._kept.stream]
        text = self._kept.text.encode(getattr(stream, "encoding", None) or "utf-8", stream.errors or "strict")
        if len(text) > LONGEST_TEXT:
            raise _DoubtError
        pieces = self._without_time(text)
        for value in sorted(set(self._kept.private), key=len, reverse=True):
            if value:
                place = self._place_of(value.encode())
                pieces = [cut for piece in pieces for cut in _cut(piece, value.encode(), place)]
                if place not in pieces:
                    raise _DoubtError  # it is written otherwise there, and so would stand in the record
        body, parts = b"", []
        for piece in pieces:
            if isinstance(piece, tuple):
                parts.append(piece)
            elif piece:
                parts.append((warm.ITSELF, len(body), len(piece)))
                body += piece
        return parts, body

    def _without_time(self, text: bytes) -> list[bytes | tuple[int, int, int]]:
        """Cut out how long the credentials are good for."""
        if self._kept.left is None:
            return [text]
        before, way, words = self._kept.left
        if text.count(f"{before}{words}".encode()) != 1:
            raise _DoubtError
        start, _, rest = text.partition(f"{before}{words}".encode())
        return [start + before.encode(), (way, 0, 0), rest]

    def _place_of(self, value: bytes) -> tuple[int, int, int]:
        """Tell in which file that is looked at anyway the value stands."""
        for number, path in enumerate(self._looks, start=1):
            if path in self._project.config.record.directories:
                continue
            if path not in self._contents:
                self._look_at(path)
            at = self._contents[path].find(value)
            if at >= 0:
                return number, at, len(value)
        raise _DoubtError


def _cut(
    piece: bytes | tuple[int, int, int], value: bytes, place: tuple[int, int, int]
) -> list[bytes | tuple[int, int, int]]:
    if isinstance(piece, tuple):
        return [piece]
    cuts: list[bytes | tuple[int, int, int]] = []
    for part in piece.split(value):
        cuts += [part, place]
    return cuts[:-1]

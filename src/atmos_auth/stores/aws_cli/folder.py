"""The folder `~/.aws/sso/cache`, where the AWS CLI and the AWS SDKs keep portal sessions. It is theirs.

A file that is not what the AWS CLI would have written is passed over: it is neither changed nor complained about.
"""

import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha1
from typing import Any, NamedTuple

from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.portals import session_key, spellings
from atmos_auth.domain.ports import Clock, Log
from atmos_auth.domain.timestamps import from_text, to_text
from atmos_auth.host.files import write_private

AWS_CLI = "the AWS CLI"
# A session file has some three thousand bytes.
LARGEST_FILE = 64 * 1024
MOST_FILES = 200
_REQUIRED = ("accessToken", "startUrl", "region", "expiresAt")
_OPTIONAL = ("refreshToken", "clientId", "clientSecret", "registrationExpiresAt")
# Opening must neither follow a link nor wait for whoever writes to a pipe.
_OPENING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Found(NamedTuple):
    """A file of the folder, and the whole session in it; `issued_at` of the token is when the file was written."""

    path: str
    token: SsoToken


class CliFolder:
    """The session files of the AWS CLI.

    `endpoint` is where the AWS CLI would send what it has there, if not to AWS: a token is good for that place alone.
    `names` are the names under which the AWS CLI looks for the session of a token.
    """

    def __init__(
        self,
        folder: str,
        *,
        endpoint: str | None,
        names: Callable[[SsoToken], Iterable[str]],
        clock: Clock,
        log: Log,
        warn: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._endpoint = endpoint
        self._names = names
        self._clock = clock
        self._log = log
        self._warn = warn

    def sessions(self, session: str) -> Iterator[Found]:
        """Yield what is there of the session with this key, over or not; raises nothing."""
        for path in self._paths():
            token = self._token(path)
            if token is not None and (found := _as_session(token, session)) is not None:
                self._log.debug(f"{path}: a session of {AWS_CLI}, until {to_text(found.expires_at)}")
                yield Found(path, found)

    def write(self, token: SsoToken) -> None:
        """Give the token to the AWS CLI; what it has that lives longer stays; raises nothing, but warns."""
        if token.endpoint_url != self._endpoint:
            self._log.debug(f"{AWS_CLI} would not find the portal at {token.endpoint_url}: it is given nothing")
            return
        if not _is_ours_alone(self._folder):
            self._warn(f"others may write to {self._folder}: {AWS_CLI} is not given the sign-in")
            return
        body = json.dumps(_body(token), indent=2).encode()
        for name in dict.fromkeys(self._names(token)):
            path = os.path.join(self._folder, f"{sha1(name.encode(), usedforsecurity=False).hexdigest()}.json")
            if os.path.islink(path):
                self._log.debug(f"{path} is a link: left alone")
            elif not self._is_better(path, token):
                self._write(path, body)

    def remove(self, token: SsoToken) -> bool:
        """Remove every file that holds the token or what was renewed from it; tell whether there was one."""
        removed = False
        for found in self.sessions(token.session):
            if is_the_same_sign_in(found.token, token):
                removed = self._unlink(found.path) or removed
        return removed

    def _write(self, path: str, body: bytes) -> None:
        try:
            write_private(path, body)
        except StoreError as failure:
            self._warn(f"{AWS_CLI} could not be given the sign-in: {failure.message}")

    def _unlink(self, path: str) -> bool:
        try:
            os.unlink(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"cannot remove {path}: {error.strerror or error}") from error
        return True

    def _is_better(self, path: str, token: SsoToken) -> bool:
        there = self._token(path)
        if there is None or there.expires_at <= self._clock.now():
            return False
        return _as_session(there, token.session) is None or there.expires_at > token.expires_at

    def _paths(self) -> list[str]:
        """Return the files worth a look, those written last first."""
        try:
            names = [name for name in os.listdir(self._folder) if name.endswith(".json")]
        except OSError as error:
            self._log.debug(f"{self._folder}: {error.strerror or error}")
            return []
        paths = [os.path.join(self._folder, name) for name in names]
        return sorted(paths, key=_written, reverse=True)[:MOST_FILES]

    def _token(self, path: str) -> SsoToken | None:
        try:
            content, written = _content(path)
            body = json.loads(content)
            if not isinstance(body, dict) or "accessToken" not in body:
                return None  # a registration, or another program's
            return self._from_body(body, written)
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            self._log.debug(f"{path}: passed over ({type(error).__name__})")
            return None

    def _from_body(self, body: dict[str, Any], written: float) -> SsoToken:
        fields = {name: _text(body[name]) for name in _REQUIRED}
        fields |= {name: _text(body[name]) for name in _OPTIONAL if body.get(name) is not None}
        client_expires = fields.get("registrationExpiresAt")
        return SsoToken(
            access_token=fields["accessToken"],
            expires_at=_moment(fields["expiresAt"]),
            start_url=fields["startUrl"],
            region=fields["region"],
            session="",
            issued_at=min(written, self._clock.now()),
            refresh_token=fields.get("refreshToken"),
            client_id=fields.get("clientId"),
            client_secret=fields.get("clientSecret"),
            client_expires_at=_moment(client_expires) if client_expires else None,
            endpoint_url=self._endpoint,
        )


def is_the_same_sign_in(one: SsoToken, other: SsoToken) -> bool:
    """Tell whether both go back to one sign-in: whoever renews keeps the client that it was made with."""
    if one.client_id is None or other.client_id is None:
        return one.access_token == other.access_token
    return (one.client_id, one.client_secret) == (other.client_id, other.client_secret)


def _as_session(token: SsoToken, session: str) -> SsoToken | None:
    """Return the token as one of this session, however its file spells the portal's address; None if it is not."""
    for start_url in spellings(token.start_url):
        if session_key(start_url, token.region) == session:
            return token._replace(start_url=start_url, session=session)
    return None


def _content(path: str) -> tuple[bytes, float]:
    """Return what the file holds and when it was written; raises `OSError` or ValueError for what is not to be read."""
    descriptor = os.open(path, _OPENING)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a file of this kind")
        if os.name == "posix" and (status.st_uid != os.getuid() or status.st_mode & 0o022):
            raise ValueError("others could have written it")
        # What is larger is cut off here, and then it is no JSON.
        return file.read(LARGEST_FILE), status.st_mtime


def _written(path: str) -> float:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0  # it went meanwhile


def _text(value: Any) -> str:
    # It goes into a header of a request (RFC 9110 section 5.5).
    if not (isinstance(value, str) and value and value.isascii() and value.isprintable()):
        raise ValueError("not a text that could be sent")
    return value


def _moment(text: str) -> float:
    # Older versions of the AWS CLI wrote the name of the zone.
    return from_text(f"{text.removesuffix('UTC')}Z" if text.endswith("UTC") else text)


def _body(token: SsoToken) -> dict[str, str]:
    fields = {
        "startUrl": token.start_url,
        "region": token.region,
        "accessToken": token.access_token,
        "expiresAt": to_text(token.expires_at),
        "clientId": token.client_id,
        "clientSecret": token.client_secret,
        "registrationExpiresAt": to_text(token.client_expires_at) if token.client_expires_at is not None else None,
        "refreshToken": token.refresh_token,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _is_ours_alone(folder: str) -> bool:
    """Tell whether nobody else may put files into the folder; one that is not there yet will be made so."""
    if os.name != "posix":
        return True
    try:
        status = os.stat(folder)
    except OSError:
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022

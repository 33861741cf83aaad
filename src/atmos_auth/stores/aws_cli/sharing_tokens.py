"""Token stores that lie over another one, and have sessions in common with the AWS CLI."""

from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.freshness import EXPIRED, FRESH, freshness
from atmos_auth.domain.ports import Clock, TokenStore
from atmos_auth.stores.aws_cli.folder import AWS_CLI, CliFolder, is_the_same_sign_in


class GivenTokens:
    """Our own sessions, given to the AWS CLI as well.

    Whoever of the two renews one, the other goes on from there: a refresh token may be good for one exchange only.
    """

    def __init__(self, own: TokenStore, folder: CliFolder) -> None:
        self._own = own
        self._folder = folder

    def read(self, session: str) -> SsoToken | None:
        """Return our token as it was renewed last, expired or not; None when there is none."""
        mine = self._own.read(session)
        if mine is None:
            return None
        given = [found.token for found in self._folder.sessions(session) if is_the_same_sign_in(found.token, mine)]
        # The end of a portal session cuts all its tokens off at one moment.
        last = max(mine, *given, key=lambda token: (token.expires_at, token.issued_at or 0)) if given else mine
        if last.access_token == mine.access_token:
            return mine
        return mine._replace(
            access_token=last.access_token,
            expires_at=last.expires_at,
            issued_at=last.issued_at,
            refresh_token=last.refresh_token or mine.refresh_token,
        )

    def write(self, token: SsoToken) -> None:
        """Replace what is stored for the token's session, here and there; raises `StoreError`."""
        self._own.write(token)
        self._folder.write(token)

    def remove(self, session: str) -> bool:
        """Forget the session, here and there; tell whether there was one; raises `StoreError`."""
        mine = self._own.read(session)
        given = mine is not None and self._folder.remove(mine)
        return self._own.remove(session) or given


class LentTokens:
    """Our own sessions, and where we have no live one, what the AWS CLI has of the same portal.

    Of the AWS CLI's session only the access token is taken: a refresh token that two programs use is lost to one of
    them. What is not fresh any more gives way to the session that was signed in to last.
    """

    def __init__(self, own: TokenStore, folder: CliFolder, *, clock: Clock) -> None:
        self._own = own
        self._folder = folder
        self._clock = clock
        self._declined = False

    def read(self, session: str) -> SsoToken | None:
        """Return our token, expired or not, or a live one that is lent to us; None when there is neither."""
        mine = self._own.read(session)
        now = self._clock.now()
        if mine is not None and freshness(mine, now) == FRESH:
            return mine
        lent = self.lent(session)
        if lent is None or (mine is not None and _is_later(mine, lent)):
            return mine
        return lent

    def write(self, token: SsoToken) -> None:
        """Replace what is stored for the token's session; what is lent is never copied; raises `StoreError`."""
        if token.lent_by is None:
            self._own.write(token)

    def remove(self, session: str) -> bool:
        """Forget our own session; tell whether there was one; raises `StoreError`."""
        return self._own.remove(session)

    def decline(self) -> None:
        """Take nothing that is lent from now on, as who signs in from scratch wants it."""
        self._declined = True

    def lent(self, session: str) -> SsoToken | None:
        """Return the live token of the AWS CLI for this session that was written last, without what could renew it."""
        if self._declined:
            return None
        now = self._clock.now()
        mine = self._own.read(session)
        for _, token in self._folder.sessions(session):
            if mine is not None and is_the_same_sign_in(token, mine):
                continue
            if freshness(token, now) != EXPIRED:
                return token._replace(
                    refresh_token=None, client_id=None, client_secret=None, client_expires_at=None, lent_by=AWS_CLI
                )
        return None


def _is_later(mine: SsoToken, lent: SsoToken) -> bool:
    """Tell whether ours could be renewed and was issued after the other: then that one was no good to us then."""
    return mine.refresh_token is not None and (mine.issued_at or 0) > (lent.issued_at or 0)

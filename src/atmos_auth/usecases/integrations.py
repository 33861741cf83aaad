"""What follows an authentication: integrations make Docker and kubectl work as the identity, too."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from atmos_auth.delivery.integration_records import IntegrationRecords, Record
from atmos_auth.domain.chain import IDENTITY, INTEGRATION, Chain, Link
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.env_names import PATH_LISTS
from atmos_auth.domain.errors import AtmosAuthError, ConfigError, IntegrationFailed, StoreError, UnknownIntegration
from atmos_auth.domain.ports import Clock
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.following import followed, follows, integration_link
from atmos_auth.host.shared_files import stamp

if TYPE_CHECKING:
    from atmos_auth.domain.integration import Provided


class Undoing(NamedTuple):
    """One thing that an integration did and that can be taken back: `what` in words, and the key of its record."""

    what: str
    key: str
    is_there: Callable[[], bool]
    run: Callable[[], bool]


class Integrations:
    """The integrations of one configuration, over what they have done so far.

    `obtain` gives the credentials of a chain that starts from what the environment gives. `build` turns a link into
    its kind. `surroundings` are the variables that decide where an integration writes. Nothing here asks a person;
    the network is used only for what is not there yet, or about to expire.
    """

    def __init__(
        self,
        *,
        catalog: Catalog,
        records: IntegrationRecords,
        build: Callable[[Link], Any],
        obtain: Callable[[Chain], Credential],
        surroundings: Mapping[str, str],
        warn: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._records = records
        self._build = build
        self._obtain = obtain
        self._surroundings = surroundings
        self._warn = warn
        self._clock = clock
        self._done: set[str] = set()

    def following(self, chain: Chain, *, automatic: bool) -> list[str]:
        """Name the integrations that follow the chain's tip; `automatic`: those that run by themselves.

        One that is configured wrongly is warned of and left out.
        """
        names = []
        for name in self._catalog.integrations():
            if automatic and self._catalog.setting("integrations", name, "spec", "auto_provision") is False:
                continue
            try:
                if follows(self._catalog, name, chain):
                    names.append(name)
            except ConfigError as broken:
                self._warn_of(name, broken)
        return names

    def after_sign_in(self, chain: Chain, credential: Credential) -> list[str]:
        """Run what follows the chain's tip; return a sentence for each, and warn of those that failed."""
        sentences = []
        for name in self.following(chain, automatic=True):
            try:
                link = integration_link(self._catalog, name)
                key = self._key(link, chain)
                if key not in self._done:
                    self._done.add(key)
                    sentences.append(self._provide(link, key, chain, credential)[0])
            except AtmosAuthError as failure:
                self._warn_of(name, failure)
        return sentences

    def before_handover(self, chain: Chain, credential: Credential) -> dict[str, str]:
        """Run what follows the chain's tip and is not there, or about to expire; return variables for a program."""
        variables: dict[str, str] = {}
        for name in self.following(chain, automatic=True):
            try:
                link = integration_link(self._catalog, name)
                key = self._key(link, chain)
                record = self._still_there(link, key)
                if record is None and key not in self._done:
                    self._done.add(key)
                    record = self._provide(link, key, chain, credential)[1]
                variables = joined(variables, record.variables if record is not None else {})
            except AtmosAuthError as failure:
                self._warn_of(name, failure)
        return variables

    def variables(self, chain: Chain) -> dict[str, str]:
        """Return the variables of what has been done for the chain's tip, without looking whether it is still so."""
        variables: dict[str, str] = {}
        for name in self.following(chain, automatic=False):
            try:
                record = self._records.read(self._key(integration_link(self._catalog, name), chain))
            except ConfigError as broken:
                self._warn_of(name, broken)
                continue
            variables = joined(variables, record.variables if record is not None else {})
        return variables

    def provide(self, name: str, chain: Chain, credential: Credential) -> tuple[str, float | None]:
        """Run one integration because a person asked for it; return a sentence, and the end of what it got.

        Raises `UnknownIntegration` when it does not follow the chain's tip, and whatever keeps it from its work.
        """
        link = integration_link(self._catalog, name)
        if not follows(self._catalog, name, chain):
            role, referred = followed(self._catalog, name)
            raise UnknownIntegration(
                f'integration "{link.name}" follows {role} "{referred}", and not identity "{chain.tip.name}"',
                place=self._catalog.place("integrations", link.name, "via"),
                hints=[f"--identity {referred}" if role == IDENTITY else f'name an identity of provider "{referred}"'],
            )
        sentence, record = self._provide(link, self._key(link, chain), chain, credential, chosen=True)
        return sentence, record.expires_at

    def undoings(self, identity: str | None = None) -> Iterator[Undoing]:
        """Yield what integrations have done for this identity, or for any; also what is configured no more."""
        for key, record in self._records.all().items():
            if identity is not None and record.identity.lower() != identity.lower():
                continue
            link = Link(record.integration, INTEGRATION, record.kind, record.settings)
            try:
                kind = self._build(link)
            except ConfigError:
                continue  # a kind that is not installed any more: nobody knows what it wrote
            yield Undoing(record.what, key, partial(_holds, kind, record), partial(self._undo, kind, key, record))

    def _undo(self, kind: Any, key: str, record: Record) -> bool:
        done = bool(kind.remove(record.mark, record.file))
        self._records.remove(key)
        return done

    def _still_there(self, link: Link, key: str) -> Record | None:
        record = self._records.read(key)
        if record is None or not record.is_fresh(self._clock.now()):
            return None
        if record.is_untouched:
            return record
        # Somebody wrote the file: our part of it may be as it was.
        if not self._build(link).holds(record.mark, record.file):
            return None
        record = record._replace(stamp=stamp(record.file))
        self._records.write(key, record)
        return record

    def _provide(
        self, link: Link, key: str, chain: Chain, credential: Credential, *, chosen: bool = False
    ) -> tuple[str, Record]:
        keys = credential if isinstance(credential, AwsCredentials) else self._obtain(chain)
        if not isinstance(keys, AwsCredentials):
            raise IntegrationFailed(f"{chain.tip} gives no AWS credentials, which {link} needs")
        kind = self._build(link)
        now = self._clock.now()
        provided: Provided = kind.provide(keys, chain.tip.name, chosen=chosen)
        for note in provided.notes:
            self._warn(f'integration "{link.name}": {note}')
        record = Record(
            integration=link.name,
            kind=link.kind,
            settings=link.settings,
            identity=chain.tip.name,
            what=kind.what,
            file=provided.file,
            stamp=stamp(provided.file),
            mark=provided.mark,
            variables=kind.environment(),
            issued_at=now,
            expires_at=provided.expires_at,
        )
        self._records.write(key, record)
        return provided.what, record

    def _key(self, link: Link, chain: Chain) -> str:
        """Equal for equal settings, identities and surroundings: what was done for others does not count."""
        parts = [chain.fingerprint, link.kind, link.settings, sorted(self._surroundings.items())]
        text = json.dumps(parts, sort_keys=True, default=str)
        return blake2b(text.encode(), digest_size=20).hexdigest()

    def _warn_of(self, name: str, failure: AtmosAuthError) -> None:
        lines = [f'integration "{name}": {failure}', *(f"  {hint}" for hint in failure.hints)]
        self._warn("\n".join(lines))


def joined(before: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Lay variables over others; lists of paths grow at their end, and no path is in one twice."""
    result = dict(before)
    for name, value in more.items():
        if name in PATH_LISTS and before.get(name):
            paths = [path for path in (*before[name].split(os.pathsep), *value.split(os.pathsep)) if path]
            result[name] = os.pathsep.join(dict.fromkeys(paths))
        else:
            result[name] = value
    return result


def told(variables: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return variables for a shell that has `environ`: what is in its lists of paths stays, in front."""
    lists = {name: environ[name] for name in PATH_LISTS if name in variables and environ.get(name)}
    return joined(lists, variables)


def _holds(kind: Any, record: Record) -> bool:
    try:
        return bool(kind.holds(record.mark, record.file))
    except StoreError:
        return True  # removing it will say what is wrong

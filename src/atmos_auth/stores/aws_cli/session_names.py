"""The names under which the AWS CLI and the SDKs look for a portal's session, by the person's own AWS configuration."""

import configparser
import os
import shlex
from collections.abc import Callable, Iterator, Mapping

from atmos_auth.domain import env_names
from atmos_auth.domain.credentials import SsoToken
from atmos_auth.domain.portals import spellings
from atmos_auth.host.paths import expanded


def names_of(home: str, environ: Mapping[str, str]) -> Callable[[SsoToken], Iterator[str]]:
    """Return what names the sessions of a token; the configuration is read when it is called."""
    files = [os.path.join(home, ".aws", "config")]
    if chosen := environ.get(env_names.AWS_CONFIG_FILE):
        files.append(expanded(chosen, home))

    def names(token: SsoToken) -> Iterator[str]:
        yield token.start_url  # profiles without an sso-session
        for path in files:
            yield from _names(path, token)

    return names


def _names(path: str, token: SsoToken) -> Iterator[str]:
    """Yield the `sso-session`s of this portal, and how profiles of the older form spell its address."""
    same = {(start_url, token.region) for start_url in spellings(token.start_url)}
    # As botocore reads it: names may be quoted, a key without a value is no error.
    parser = configparser.RawConfigParser(default_section="", strict=False, allow_no_value=True)
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except (OSError, ValueError, configparser.Error):
        return  # the AWS CLI itself says what is wrong with it
    for section in parser.sections():
        start_url = parser.get(section, "sso_start_url", fallback=None) or ""
        if (start_url, parser.get(section, "sso_region", fallback=None)) not in same:
            continue
        words = _words(section)
        if words[:1] == ["sso-session"] and len(words) == 2:
            yield words[1]
        elif words[:1] in (["profile"], ["default"]):
            yield start_url


def _words(section: str) -> list[str]:
    try:
        return shlex.split(section)
    except ValueError:
        return []

"""Credentials as sections of AWS ini files, and back: names, keys, and the marker line with what AWS has no key for."""

from atmos_auth.delivery import ini_sections
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.timestamps import from_text, to_text

# What the SDKs need when nobody configured a region; never exported as a variable.
FALLBACK_REGION = "us-east-1"
# Facts of a marker that may hold spaces, which the words of a marker may not.
_WRITTEN_BY_PEOPLE = frozenset({"profile", "home"})


def with_credentials(
    text: str,
    header: str,
    credentials: AwsCredentials,
    *,
    fingerprint: str,
    profile: str | None = None,
    home: str | None = None,
) -> str:
    """Return a credentials file's text with the section set to these credentials.

    `fingerprint` is that of the chain they came from; `profile` their profile's name, where the header is another;
    `home` the folder that they are a copy from, where they are one.
    """
    keys = {
        "aws_access_key_id": credentials.access_key_id,
        "aws_secret_access_key": credentials.secret_access_key,
        "aws_session_token": credentials.session_token,
        "aws_account_id": credentials.account_id,
    }
    present = {name: value for name, value in keys.items() if value}
    return ini_sections.replace(text, header, present, _marker(credentials, fingerprint, profile, home))


def credentials_of(text: str, header: str) -> tuple[AwsCredentials, dict[str, str]] | None:
    """Return the section's credentials and the facts of its marker; None unless it is whole and ours."""
    # A text without its last line end was cut short, perhaps in the middle of a key.
    found = ini_sections.find(text, header) if text.endswith("\n") else None
    if found is None or found[0] is None:
        return None
    marker, keys = found
    stated = facts(marker or "")
    try:
        credentials = AwsCredentials(
            access_key_id=keys["aws_access_key_id"],
            secret_access_key=keys["aws_secret_access_key"],
            session_token=keys.get("aws_session_token"),
            expires_at=from_text(stated["expiration"]) if "expiration" in stated else None,
            issued_at=from_text(stated["issued"]) if "issued" in stated else None,
            region=stated.get("region"),
            account_id=keys.get("aws_account_id"),
            principal=stated.get("principal"),
            session=stated.get("session"),
            endpoint_url=stated.get("endpoint"),
        )
    except (KeyError, ValueError):
        return None  # edited by hand or cut short: as good as absent
    if credentials.expires_at is not None and not credentials.session_token:
        return None  # keys with an end have a token: it was cut off
    return credentials, stated


def facts(marker: str) -> dict[str, str]:
    """Return the `name=value` words of a marker line."""
    stated = dict(word.split("=", 1) for word in marker.split() if "=" in word)
    for name in _WRITTEN_BY_PEOPLE & stated.keys():
        from urllib.parse import unquote

        stated[name] = unquote(stated[name])
    return stated


def with_config(text: str, profile: str, credentials: AwsCredentials, *, process: str = "") -> str:
    """Return a config file's text with the profile pointing where these credentials work.

    `process` is the command line that programs run to get credentials, if they do not read them from a file.
    """
    keys = {"region": credentials.region or FALLBACK_REGION}
    if process:
        keys["credential_process"] = process
    services = services_header(profile)
    if credentials.endpoint_url:
        keys["services"] = services.removeprefix("services ")
        text = ini_sections.replace(text, services, {"sts": f"\n  endpoint_url = {credentials.endpoint_url}"})
    else:
        text = ini_sections.remove(text, services)
    return ini_sections.replace(text, config_header(profile), keys)


def config_header(profile: str) -> str:
    """Name the profile's section in a config file."""
    if profile == "default":
        return profile
    # AWS's own readers split the header like a shell does.
    return f'profile "{profile}"' if " " in profile else f"profile {profile}"


def services_header(profile: str) -> str:
    """Name the section with the profile's own endpoints."""
    return "services atmos-" + "".join(c if c.isalnum() or c in "-_." else f"+{ord(c):x}+" for c in profile)


def _marker(credentials: AwsCredentials, fingerprint: str, profile: str | None, home: str | None) -> str:
    stated = {
        "expiration": to_text(credentials.expires_at) if credentials.expires_at is not None else None,
        "issued": to_text(credentials.issued_at) if credentials.issued_at is not None else None,
        "chain": fingerprint,
        "profile": _word(profile) if profile else None,
        "home": _word(home) if home else None,
        "session": credentials.session,
        "region": credentials.region,
        "principal": credentials.principal,
        "endpoint": credentials.endpoint_url,
    }
    return " ".join(f"{name}={value}" for name, value in stated.items() if value)


def _word(text: str) -> str:
    from urllib.parse import quote

    return quote(text)

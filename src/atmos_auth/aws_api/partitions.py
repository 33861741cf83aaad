"""The one host table: which partition a region belongs to, and where each service answers there."""

import re
from functools import lru_cache
from typing import NamedTuple

from atmos_auth.domain.errors import InvalidSetting

# Where requests go when nothing on the chain names a region.
FALLBACK_REGION = "us-east-1"

# Console and sign-in hosts are in no data file of botocore's: these are its `signin` endpoint rules.
_SIGN_IN_DOMAINS = {
    "aws": "aws.amazon.com",
    "aws-cn": "amazonaws.cn",
    "aws-eusc": "amazonaws-eusc.eu",
    "aws-iso": "c2shome.ic.gov",
    "aws-iso-b": "sc2shome.sgov.gov",
    "aws-iso-e": "csphome.adc-e.uk",
    "aws-iso-f": "csphome.hci.ic.gov",
    "aws-us-gov": "amazonaws-us-gov.com",
}

# Partitions whose documentation has a federation endpoint without a region; the others answer by region.
_WITH_GLOBAL_SIGN_IN = ("aws", "aws-cn", "aws-us-gov")

# `https://signin.aws.amazon.com/saml`, a region's own, and `/saml/acs/ID` for encrypted ones; some write the port.
_SAML_ENDPOINT = re.compile(
    rf"https://([a-z0-9-]+\.)?signin\.({'|'.join(map(re.escape, _SIGN_IN_DOMAINS.values()))})(:443)?/saml(/acs/[\w-]+)?"
)
_SAML_URN = re.compile(r"urn:amazon:webservices(:[a-z0-9-]+)?")


class Partition(NamedTuple):
    """An AWS partition: its id, and the suffix of its API hosts."""

    id: str
    dns_suffix: str


def partition_of(region: str) -> Partition:
    """Return the region's partition, from botocore's own endpoint data; raises `InvalidSetting` for no known one."""
    for pattern, partition in _table():
        if pattern.match(region):
            return partition
    raise InvalidSetting(
        f'"{region}" is not a region of any AWS partition',
        hints=["check `region`", "pip install --upgrade botocore"],
    )


def sts_endpoint(region: str) -> str:
    """Regional STS endpoint."""
    return f"https://sts.{region}.{partition_of(region).dns_suffix}"


def oidc_endpoint(region: str) -> str:
    """Where IAM Identity Center hands out tokens."""
    return f"https://oidc.{region}.{partition_of(region).dns_suffix}"


def portal_endpoint(region: str) -> str:
    """Where the IAM Identity Center portal answers."""
    return f"https://portal.sso.{region}.{partition_of(region).dns_suffix}"


def sign_in_endpoint(region: str) -> str:
    """Where IAM users sign in, and what that gave them is renewed."""
    return f"https://{region}.signin.{_SIGN_IN_DOMAINS[partition_of(region).id]}"


def partition_id(*, arn: str | None, region: str | None) -> str:
    """Name the partition that an ARN says, else the region's, else `aws`; raises `InvalidSetting`."""
    said = (arn or "").split(":")
    if len(said) > 1 and said[1] in _SIGN_IN_DOMAINS:
        return said[1]
    return partition_of(region).id if region else "aws"


def federation_endpoint(partition: str, region: str | None) -> str:
    """Where credentials are traded for a sign-in to the web console; raises `InvalidSetting` without a needed region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
    """
    domain = _SIGN_IN_DOMAINS[partition]
    if partition in _WITH_GLOBAL_SIGN_IN:
        return f"https://signin.{domain}/federation"
    if not region:
        raise InvalidSetting(
            f"the web console of {partition} is signed in to by region, and none is known", hints=["set `region`"]
        )
    return f"https://{region}.signin.{domain}/federation"


def console_url(partition: str) -> str:
    """Where the web console's pages begin."""
    return f"https://console.{_SIGN_IN_DOMAINS[partition]}/"


def console_partition(host: str) -> str | None:
    """Name the partition whose web console has pages on this host; None for a host of somebody else."""
    for partition, domain in _SIGN_IN_DOMAINS.items():
        if host.endswith(f".{domain}"):
            return partition
    return None


def ecr_endpoint(region: str) -> str:
    """Where passwords of container registries come from."""
    return f"https://api.ecr.{region}.{partition_of(region).dns_suffix}"


def eks_endpoint(region: str) -> str:
    """Where Kubernetes clusters are described."""
    return f"https://eks.{region}.{partition_of(region).dns_suffix}"


def registry_host(account_id: str, region: str) -> str:
    """Name of the host that is an account's container registry."""
    return f"{account_id}.dkr.ecr.{region}.{partition_of(region).dns_suffix}"


def is_saml_endpoint(url: str) -> bool:
    """Tell whether `url` is where AWS takes SAML assertions, of whichever partition and region.

    https://docs.aws.amazon.com/general/latest/gr/signin-service.html
    """
    return _SAML_ENDPOINT.fullmatch(url) is not None


def is_saml_audience(audience: str) -> bool:
    """Tell whether a SAML assertion for this audience is meant for AWS: its URN, or an endpoint of its.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
    """
    return _SAML_URN.fullmatch(audience) is not None or is_saml_endpoint(audience)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[re.Pattern[str], Partition], ...]:
    from botocore.loaders import Loader

    partitions = Loader().load_data("partitions")["partitions"]
    return tuple(
        (
            re.compile(entry["regionRegex"]),
            Partition(entry["id"], entry["outputs"]["dnsSuffix"]),
        )
        for entry in partitions
    )

import pytest

from atmos_auth.aws_api.partitions import oidc_endpoint, partition_of, portal_endpoint, sts_endpoint
from atmos_auth.domain.errors import InvalidSetting

REGIONS = {
    "us-east-1": ("aws", "amazonaws.com"),
    "eu-central-2": ("aws", "amazonaws.com"),
    "us-gov-west-1": ("aws-us-gov", "amazonaws.com"),
    "cn-north-1": ("aws-cn", "amazonaws.com.cn"),
    "cn-northwest-1": ("aws-cn", "amazonaws.com.cn"),
    "eusc-de-east-1": ("aws-eusc", "amazonaws.eu"),
    "us-iso-east-1": ("aws-iso", "c2s.ic.gov"),
    "us-isob-east-1": ("aws-iso-b", "sc2s.sgov.gov"),
    "eu-isoe-west-1": ("aws-iso-e", "cloud.adc-e.uk"),
    "us-isof-south-1": ("aws-iso-f", "csp.hci.ic.gov"),
}


@pytest.mark.parametrize(("region", "expected"), REGIONS.items())
def test_every_partition_has_its_hosts(region, expected):
    partition, suffix = expected
    assert partition_of(region)[:2] == (partition, suffix)
    assert sts_endpoint(region) == f"https://sts.{region}.{suffix}"
    assert oidc_endpoint(region) == f"https://oidc.{region}.{suffix}"
    assert portal_endpoint(region) == f"https://portal.sso.{region}.{suffix}"


def test_no_partition_of_botocore_is_missing_above():
    from botocore.session import Session

    assert set(Session().get_available_partitions()) == {partition for partition, _ in REGIONS.values()}


def test_the_hosts_are_those_of_botocore_itself(monkeypatch):
    from botocore.session import Session

    session = Session()
    for region in ("us-east-1", "us-gov-west-1", "cn-north-1"):
        for service, ours in (("sts", sts_endpoint), ("sso-oidc", oidc_endpoint), ("sso", portal_endpoint)):
            client = session.create_client(service, region_name=region)
            assert client.meta.endpoint_url == ours(region)


def test_a_region_of_tomorrow_belongs_to_the_partition_it_looks_like():
    assert partition_of("eu-west-99").id == "aws"
    assert partition_of("cn-south-9").id == "aws-cn"


@pytest.mark.parametrize(
    "region", ["", "mars", "us_east_1", "US-EAST-1", "us-east", "us-east-1 ", "https://x", "xx-yy-1"]
)
def test_an_unknown_region_is_an_error_that_says_what_to_check(region):
    with pytest.raises(InvalidSetting, match="is not a region of any AWS partition") as caught:
        partition_of(region)
    assert any("region" in hint for hint in caught.value.hints)

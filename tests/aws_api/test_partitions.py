import pytest

from atmos_auth.aws_api.partitions import (
    console_partition,
    console_url,
    federation_endpoint,
    oidc_endpoint,
    partition_id,
    partition_of,
    portal_endpoint,
    sts_endpoint,
)
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


CONSOLES = {
    "us-east-1": ("https://console.aws.amazon.com/", "https://signin.aws.amazon.com/federation"),
    "us-gov-west-1": ("https://console.amazonaws-us-gov.com/", "https://signin.amazonaws-us-gov.com/federation"),
    "cn-north-1": ("https://console.amazonaws.cn/", "https://signin.amazonaws.cn/federation"),
    "eusc-de-east-1": (
        "https://console.amazonaws-eusc.eu/",
        "https://eusc-de-east-1.signin.amazonaws-eusc.eu/federation",
    ),
    "us-iso-east-1": ("https://console.c2shome.ic.gov/", "https://us-iso-east-1.signin.c2shome.ic.gov/federation"),
    "us-isob-east-1": (
        "https://console.sc2shome.sgov.gov/",
        "https://us-isob-east-1.signin.sc2shome.sgov.gov/federation",
    ),
    "eu-isoe-west-1": (
        "https://console.csphome.adc-e.uk/",
        "https://eu-isoe-west-1.signin.csphome.adc-e.uk/federation",
    ),
    "us-isof-south-1": (
        "https://console.csphome.hci.ic.gov/",
        "https://us-isof-south-1.signin.csphome.hci.ic.gov/federation",
    ),
}


@pytest.mark.parametrize(("region", "expected"), CONSOLES.items())
def test_every_partition_has_its_console(region, expected):
    partition = partition_of(region).id
    assert (console_url(partition), federation_endpoint(partition, region)) == expected
    assert console_partition(expected[0].split("/")[2]) == partition
    assert partition_id(arn=f"arn:{partition}:sts::123456789012:assumed-role/A/b", region=None) == partition


def test_no_partition_lacks_a_console():
    assert {partition_of(region).id for region in CONSOLES} == {partition for partition, _ in REGIONS.values()}


def test_where_the_sign_in_is_by_region_one_must_be_known():
    assert federation_endpoint("aws-cn", None) == "https://signin.amazonaws.cn/federation"
    with pytest.raises(InvalidSetting, match="signed in to by region") as caught:
        federation_endpoint("aws-eusc", None)
    assert caught.value.hints == ("set `region`",)


def test_an_arn_says_more_than_a_region():
    assert partition_id(arn="arn:aws-cn:iam::123456789012:role/A", region="us-east-1") == "aws-cn"
    assert partition_id(arn="arn:mars:iam::123456789012:role/A", region="us-gov-east-1") == "aws-us-gov"
    assert partition_id(arn="", region=None) == "aws"


@pytest.mark.parametrize(
    "host", ["", "aws.amazon.com", "example.com", "console.aws.amazon.com.example.com", "amazonaws.cn"]
)
def test_a_host_of_somebody_else_has_no_console(host):
    assert console_partition(host) is None

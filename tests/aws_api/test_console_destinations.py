from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.aws_api.console_destinations import Destination, aliases, categories, destination
from atmos_auth.aws_api.partitions import console_url
from atmos_auth.domain.errors import UsageError

PARTITIONS = ("aws", "aws-us-gov", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")


@pytest.mark.parametrize("written", ["s3", "S3", "  s3\t"])
def test_an_alias_in_any_case(written):
    assert destination(written).on("aws", None) == "https://console.aws.amazon.com/s3"
    assert destination(written).on("aws", "eu-west-1") == "https://console.aws.amazon.com/s3?region=eu-west-1"


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("alias", ["s3", "elb", "home"])
def test_an_alias_is_in_every_partition(partition, alias):
    assert destination(alias).on(partition, None).startswith(console_url(partition))


def test_the_region_stands_before_what_the_page_keeps_for_itself():
    assert (
        destination("elb").on("aws-cn", "cn-north-1")
        == "https://console.amazonaws.cn/ec2/v2/home?region=cn-north-1#LoadBalancers"
    )


def test_no_destination_is_the_beginning():
    assert destination("").on("aws", None) == "https://console.aws.amazon.com/"
    assert destination("").on("aws-us-gov", "us-gov-west-1") == (
        "https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1"
    )


def test_the_table():
    assert len(aliases()) == 117
    assert len(set(aliases())) == 117
    assert sum(len(names) for names in categories().values()) == 117
    for alias in aliases():
        assert alias == alias.lower().strip()
        assert destination(alias).on("aws", None).startswith("https://console.aws.amazon.com/")


@pytest.mark.parametrize(
    "url",
    [
        "https://console.aws.amazon.com/",
        "http://console.aws.amazon.com/s3",
        "HTTPS://CONSOLE.AWS.AMAZON.COM/s3",
        "https://eu-west-1.console.aws.amazon.com:443/ec2/home?region=eu-west-1#Instances:",
        "https://123456789012-abcdefgh.us-east-1.console.aws.amazon.com/s3/buckets",
        "https://health.aws.amazon.com/health/home",
    ],
)
def test_a_full_address_passes_through(url):
    assert destination(url).on("aws", "eu-west-1") == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://example.com/", "is on example.com, which is not the web console"),
        ("https://console.aws.amazon.com.example.com/", "is not the web console"),
        ("https://example.com/?https://console.aws.amazon.com/", "is not the web console"),
        ("https://console.aws.amazon.com@example.com/", "is on example.com"),
        ("https://me:canary@console.aws.amazon.com/", "is on console.aws.amazon.com"),
        ("https://console.aws.amazon.com:8443/", "is not the web console"),
        ("https://console.aws.amazon.com:x/", "no web address"),
        ("https:///s3", "is on no host"),
        ("ftp://console.aws.amazon.com/", "no web address"),
        ("javascript://console.aws.amazon.com/%0aalert(1)", "no web address"),
        ("https://console.aws.amazon.com/a b", "no web address"),
        ("https://console.aws.amazon.com/\n", "is not the web console"),
        ("https://[::1/", "no web address"),
        ("https://console.aws.amaz\u00f6n.com/", "no web address"),
    ],
)
def test_an_address_elsewhere_is_refused(url, why):
    if url.endswith("\n"):
        assert destination(url) == Destination(url=url.strip()), "a line's end is not the address's"
        return
    with pytest.raises(UsageError, match=why) as caught:
        destination(url)
    assert caught.value.hints
    assert "canary" not in str(caught.value)


def test_a_page_of_another_partition_is_refused():
    page = destination("https://console.amazonaws.cn/s3")
    assert page.on("aws-cn", None) == "https://console.amazonaws.cn/s3"
    with pytest.raises(UsageError, match="is a page of aws-cn, and the identity is in aws") as caught:
        page.on("aws", None)
    assert caught.value.hints


@pytest.mark.parametrize(("wrong", "meant"), [("s33", "s3"), ("dynamo", "dynamodb"), ("watch", "cloudwatch")])
def test_what_was_probably_meant(wrong, meant):
    with pytest.raises(UsageError, match=f'unknown destination "{wrong}"') as caught:
        destination(wrong)
    assert meant in caught.value.hints[0]
    assert caught.value.details == ()


def test_where_nothing_is_close_all_are_named():
    with pytest.raises(UsageError) as caught:
        destination("zzzz")
    assert "storage: s3, efs, fsx, glacier, backup" in caught.value.details


PIECES = st.sampled_from(
    ["https://", "HTTP://", "console.aws.amazon.com", "example.com", "s3", "@", ":", "443", "/", "?"]
)


@given(st.text() | st.lists(PIECES | st.text(max_size=2), max_size=8).map("".join))
def test_whatever_is_written_is_a_page_of_the_console_or_a_usage_error(written):
    with suppress(UsageError):
        address = urlsplit(destination(written).on("aws", "eu-west-1"))
        assert address.hostname == "console.aws.amazon.com" or address.hostname.endswith(".aws.amazon.com")
        assert (address.username, address.port in (None, 443)) == (None, True)

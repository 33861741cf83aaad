"""Signatures: botocore's are accepted, in every form it has, and nothing else is."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

WHOLE = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b/c/d/aws4_request&X-Amz-Signature=b"
    "&X-Amz-SignedHeaders=host&X-Amz-Date=d"
)
IDENTITY = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}


def sign(aws, keys, *, at=None, service="sts", region="us-east-1", headers=None):
    """Sign a GetCallerIdentity call with botocore's own parts, at any time."""
    signer = SigV4Auth(
        Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys.get("SessionToken")), service, region
    )
    request = AWSRequest("POST", aws.url, data=urlencode(IDENTITY))
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    for name, value in (headers or {}).items():
        request.headers[name] = value
    request.context["timestamp"] = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    signer._modify_request_before_signing(request)
    canonical = signer.canonical_request(request)
    signer._inject_signature_to_request(request, signer.signature(signer.string_to_sign(request, canonical), request))
    headers = dict(request.prepare().headers.items())
    del headers["Content-Length"]
    return headers


def send(aws, headers, body=None):
    """Send the call; give status, error code and message."""
    data = urlencode(body or IDENTITY).encode()
    request = urllib.request.Request(f"{aws.url}/", data, headers)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, "", ""
    except urllib.error.HTTPError as error:
        with error:
            tree = ET.fromstring(error.read())
            find = "{https://sts.amazonaws.com/doc/2011-06-15/}"
            fault = tree.find(f"{find}Error")
            return error.status, fault.find(f"{find}Code").text, fault.find(f"{find}Message").text


def test_a_signed_call(aws, api):
    assert send(aws, sign(aws, api.user_keys()))[0] == 200


def test_more_signed_headers_with_odd_spaces(aws, api):
    headers = sign(aws, api.user_keys(), headers={"X-Amz-Odd": "  a   b  "})
    assert "x-amz-odd" in headers["Authorization"]
    assert send(aws, headers)[0] == 200


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "us-gov-west-1", "us-iso-east-1"])
def test_every_region(aws, api, region):
    assert send(aws, sign(aws, api.user_keys(), region=region))[0] == 200


def test_a_presigned_url(api):
    url = api.sts(api.role_keys()).generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url) as response:
        assert b"AWSReservedSSO_AdminAccess" in response.read()
    for wrong in (url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), url[:-1] + "x", url + "&More=1"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(wrong)
        with caught.value as response:
            assert response.status == 403


def test_no_signature(aws):
    assert send(aws, {})[:2] == (403, "MissingAuthenticationToken")


def test_unknown_key(api, refused):
    with refused("InvalidClientTokenId", 403):
        api.sts({"AccessKeyId": "AKIAUNKNOWN123456789", "SecretAccessKey": "x"}).get_caller_identity()


def test_wrong_secret(api, refused):
    with refused("SignatureDoesNotMatch", 403):
        api.sts(api.user_keys() | {"SecretAccessKey": "wrong"}).get_caller_identity()


@pytest.mark.parametrize("token", [None, "wrong"])
def test_session_key_without_its_token(api, refused, token):
    with refused("InvalidClientTokenId", 403):
        api.sts(api.role_keys() | {"SessionToken": token}).get_caller_identity()


def test_session_key_with_the_token_of_another(api, refused):
    first, second = api.role_keys(), api.role_keys()
    with refused("InvalidClientTokenId", 403):
        api.sts(first | {"SessionToken": second["SessionToken"]}).get_caller_identity()


def test_user_key_with_a_token(api, refused):
    with refused("InvalidClientTokenId", 403):
        api.sts(api.user_keys() | {"SessionToken": "surplus"}).get_caller_identity()


@pytest.mark.parametrize(("minutes", "message"), [(-6, "Signature expired"), (6, "Signature not yet current")])
def test_skew(aws, api, minutes, message):
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    status, code, text = send(aws, sign(aws, api.user_keys(), at=at))
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert text.startswith(message)


@pytest.mark.parametrize("minutes", [-4, 4])
def test_little_skew(aws, api, minutes):
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    assert send(aws, sign(aws, api.user_keys(), at=at))[0] == 200


def test_skew_is_measured_on_the_real_clock(aws, api):
    aws.clock.advance(24 * 3600)
    assert send(aws, sign(aws, api.user_keys()))[0] == 200


def test_a_changed_body(aws, api):
    headers = sign(aws, api.user_keys())
    assert send(aws, headers, IDENTITY | {"More": "1"})[1] == "SignatureDoesNotMatch"


def test_another_service(aws, api):
    assert send(aws, sign(aws, api.user_keys(), service="iam"))[1] == "SignatureDoesNotMatch"


def test_a_region_that_is_none(aws, api):
    assert send(aws, sign(aws, api.user_keys(), region="nowhere"))[1] == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512", "IncompleteSignature"),
        ("Signature=", "Nothing=", "IncompleteSignature"),
        ("SignedHeaders=", "Nothing=", "IncompleteSignature"),
        ("Credential=", "Nothing=", "IncompleteSignature"),
        ("/aws4_request", "/aws5_request", "IncompleteSignature"),
        ("/us-east-1/", "/eu-west-1/", "SignatureDoesNotMatch"),
        ("host;", "", "SignatureDoesNotMatch"),
        ("Signature=", "Signature=\xe9", "SignatureDoesNotMatch"),
    ],
)
def test_a_broken_authorization_header(aws, api, old, new, code):
    headers = sign(aws, api.user_keys())
    assert old in headers["Authorization"]
    headers["Authorization"] = headers["Authorization"].replace(old, new)
    assert send(aws, headers)[1] == code


@pytest.mark.parametrize("date", ["", "yesterday", "20200101", "20201301T000000Z"])
def test_a_broken_date(aws, api, date):
    headers = sign(aws, api.user_keys()) | {"X-Amz-Date": date}
    assert send(aws, headers)[1] == "IncompleteSignature"


def test_a_date_outside_the_scope(aws, api):
    headers = sign(aws, api.user_keys()) | {"X-Amz-Date": "20200101T000000Z"}
    assert send(aws, headers)[1] == "SignatureDoesNotMatch"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("X-Amz-Signature=1", 400),
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", 400),
        ("X-Amz-Algorithm=A&X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=host&X-Amz-Date=d", 400),
        (f"{WHOLE}&X-Amz-Expires=604801", 400),
        (f"{WHOLE}&X-Amz-Expires=0", 400),
        (f"{WHOLE}&X-Amz-Expires=a", 400),
    ],
)
def test_broken_presigned_urls(aws, query, status):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{aws.url}/?{urlencode(IDENTITY)}&{query}")
    with caught.value as response:
        assert response.status == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Version": "2011-06-15"}, "MissingAction"),
        ({"Action": "Unknown", "Version": "2011-06-15"}, "InvalidAction"),
        ({"Action": "GetCallerIdentity", "Version": "2010-05-08"}, "InvalidAction"),
        ({"Action": "GetCallerIdentity"}, "InvalidAction"),
    ],
)
def test_unknown_actions(aws, body, code):
    assert send(aws, {}, body)[:2] == (400, code)

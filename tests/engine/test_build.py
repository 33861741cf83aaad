import pytest

from atmos_auth.domain.chain import IDENTITY, Link
from atmos_auth.domain.errors import InvalidPrincipal, InvalidSetting, UnknownKind
from atmos_auth.domain.place import Place
from atmos_auth.engine.build import build
from atmos_auth.identities.aws.assume_role import AssumeRole
from atmos_auth.testing import tools

ROLE = {
    "kind": "aws/assume-role",
    "via": {"identity": "b"},
    "principal": {"assume_role": "arn:aws:iam::123456789012:role/R"},
}


def role(**settings) -> Link:
    return Link("a", IDENTITY, "aws/assume-role", ROLE | settings, Place("atmos.yaml", 4, 3))


def test_a_link_becomes_its_kind():
    assert isinstance(build(role(), tools()), AssumeRole)


def test_keys_that_are_not_known_are_no_obstacle():
    assert isinstance(build(role(of_tomorrow=1, spec={"new": 1}), tools()), AssumeRole)


def test_a_setting_without_a_value_is_not_there():
    assert isinstance(build(role(region=None, alias=None), tools()), AssumeRole)


@pytest.mark.parametrize(
    ("settings", "failure", "words"),
    [
        ({"principal": None}, InvalidSetting, "principal is required"),
        ({"principal": {"session_name": "x"}}, InvalidPrincipal, "assume_role is required in principal"),
        ({"principal": {"assume_role": ""}}, InvalidPrincipal, "assume_role is required"),
        ({"principal": {"assume_role": "R"}}, InvalidPrincipal, "is not the ARN of an IAM role"),
        ({"principal": {"assume_role": 5}}, InvalidPrincipal, "is 5"),
        ({"region": "mars"}, InvalidSetting, "is not an AWS region"),
        ({"env": [{"key": "1X", "value": "v"}]}, InvalidSetting, "is not a variable's name"),
        ({"default": "yes"}, InvalidSetting, "is not true or false"),
    ],
)
def test_a_wrong_setting_is_named_with_its_link_and_place(settings, failure, words):
    with pytest.raises(failure, match=words) as caught:
        build(role(**settings), tools())
    assert 'identity "a" (aws/assume-role)' in caught.value.message
    assert caught.value.place == Place("atmos.yaml", 4, 3)


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownKind):
        build(Link("a", IDENTITY, "aws/nope", {}), tools())

from atmos_auth.config.check import convert
from atmos_auth.domain.credentials import Ambient
from atmos_auth.identities.ambient import AmbientIdentity, AmbientSettings
from atmos_auth.testing import FakeConnections, aws_credentials, tools


def kind(**settings):
    aws = FakeConnections(ambient=aws_credentials())
    return AmbientIdentity("none", convert({"kind": "ambient"} | settings, AmbientSettings), tools(aws=aws))


def test_it_is_nobody_at_all():
    assert kind().authenticate(None) == Ambient()


def test_a_region_may_be_said():
    assert kind(region="eu-west-1").authenticate(None) == Ambient(region="eu-west-1")

"""Keys that AWS refused, pointed at where they are written."""

import pytest

from atmos_auth.domain.chain import IDENTITY, Link
from atmos_auth.domain.errors import AccessDenied, KeysRejected
from atmos_auth.testing import chain
from atmos_auth.usecases.mend_keys import pointing_at_keys

ME = chain(Link("me", IDENTITY, "aws/user", {}))
ROLE = chain(*ME.links, Link("role", IDENTITY, "aws/assume-role", {}))
FUNCTION = """
identities:
  me:
    kind: aws/user
    credentials:
      access_key_id: !env {variable}
      secret_access_key: !env THE_SECRET
"""
LITERAL = """
identities:
  me:
    kind: aws/user
    credentials: { access_key_id: AKIASAMPLE, secret_access_key: s }
"""


def met(catalog, failure, of=ME):
    with pytest.raises(type(failure)) as caught, pointing_at_keys(catalog, of):
        raise failure
    return caught.value


def rejection(*, in_configuration):
    failure = KeysRejected("dead", hints=["first"])
    failure.in_configuration = in_configuration
    return failure


@pytest.mark.parametrize("of", [ME, ROLE])
@pytest.mark.parametrize("variable", ["THE_KEY", '"THE_KEY fallback"'])
def test_a_variable_is_named(catalog_of, of, variable):
    failure = met(catalog_of(FUNCTION.format(variable=variable)), rejection(in_configuration=True), of)
    assert "THE_KEY," in failure.hints[1]
    assert failure.hints[0] == "first"
    assert str(failure.place).endswith("atmos.yaml:6:24")


def test_a_line_is_named(catalog_of):
    failure = met(catalog_of(LITERAL), rejection(in_configuration=True))
    assert str(failure.place).endswith("atmos.yaml:5:37")
    assert "replace access_key_id and secret_access_key there" in failure.hints[1]
    assert "AKIASAMPLE" not in "".join(failure.hints)


def test_keys_of_the_keyring_have_no_line(catalog_of):
    failure = met(catalog_of("identities: { me: { kind: aws/user } }"), rejection(in_configuration=False))
    assert (failure.place, failure.hints) == (None, ("first",))


def test_other_failures_pass_untouched(catalog_of):
    denied = AccessDenied("no")
    assert met(catalog_of(LITERAL), denied) is denied
    assert (denied.place, denied.hints) == (None, ())
    with pointing_at_keys(catalog_of(LITERAL), ME):
        pass

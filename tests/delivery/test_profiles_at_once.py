from pathlib import Path

import pytest

from atmos_auth.delivery.profiles_at_once import ProfilesAtOnce
from atmos_auth.domain.chain import PROVIDER, Link
from atmos_auth.domain.errors import StoreError
from atmos_auth.testing import aws_credentials

ELSEWHERE = Link("elsewhere", PROVIDER, "aws/saml", {})


def test_it_gives_what_the_files_give_one_by_one(files, chain_to):
    chains = [chain_to(name) for name in ("dev", "with space", "ünïcödé", "default", "missing")]
    chains += [chain_to("dev", other="settings"), chain_to("dev", root=ELSEWHERE)]
    for number, chain in enumerate(chains):
        if chain.tip.name != "missing":
            files.write(chain, aws_credentials(access_key_id=f"ASIA{number}"))
    at_once = ProfilesAtOnce(files.locate)
    found = [at_once.read(chain) for chain in chains]
    assert found == [files.read(chain) for chain in chains]
    # The same name by two chains: the one that came last has it.
    assert [keys and keys.access_key_id for keys in found] == [None, "ASIA1", "ASIA2", "ASIA3", None, "ASIA5", "ASIA6"]


def test_a_moment_is_a_moment(files, chain_to):
    files.write(chain_to("dev"), aws_credentials())
    at_once = ProfilesAtOnce(files.locate)
    assert at_once.read(chain_to("dev")) == aws_credentials()
    files.remove(chain_to("dev"))
    assert at_once.read(chain_to("dev")) == aws_credentials()
    assert ProfilesAtOnce(files.locate).read(chain_to("dev")) is None


def test_a_file_that_was_cut_short_holds_nothing(files, chain_to):
    for name in ("dev", "prod"):
        files.write(chain_to(name), aws_credentials())
    path = Path(files.locate(chain_to("dev")).credentials_file)
    path.write_text(path.read_text()[:-5])
    for name in ("dev", "prod"):
        assert ProfilesAtOnce(files.locate).read(chain_to(name)) == files.read(chain_to(name)) is None


def test_bytes_of_others_do_no_harm(files, chain_to):
    files.write(chain_to("dev"), aws_credentials())
    path = Path(files.locate(chain_to("dev")).credentials_file)
    path.write_bytes(b"[other]\nname = \xff\xfe\n\n" + path.read_bytes())
    assert ProfilesAtOnce(files.locate).read(chain_to("dev")) == aws_credentials()


def test_a_file_that_cannot_be_read_is_an_error(files, chain_to):
    Path(files.locate(chain_to("dev")).credentials_file).mkdir(parents=True)
    with pytest.raises(StoreError):
        ProfilesAtOnce(files.locate).read(chain_to("dev"))

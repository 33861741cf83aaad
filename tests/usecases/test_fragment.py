"""What was found, as a piece of configuration."""

import os
import stat

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.config.provisioned import settings
from atmos_auth.domain.errors import StoreError
from atmos_auth.domain.names import Assignment, named
from atmos_auth.domain.provisioned import Portal, Provisioned
from atmos_auth.usecases.fragment import MARK, fragment, write_fragment

PORTAL = Portal("https://x.awsapps.com/start", "us-east-1")


def found(*assignments: Assignment, provider: str = "corp") -> Provisioned:
    return Provisioned(provider, PORTAL, 1_700_000_000.0, 1, named(assignments or [Assignment("1" * 12, "dev", "A")]))


printable = st.text(min_size=1).filter(str.isprintable)


@given(st.lists(st.builds(Assignment, st.from_regex("[0-9]{12}", fullmatch=True), st.text(), printable)), printable)
def test_it_says_what_was_found(assignments, provider):
    what = found(*assignments, provider=provider)
    read = yaml.safe_load(fragment(what))["auth"]["identities"]
    assert list(read) == list(what.identities)
    for name, assignment in what.identities.items():
        expected = settings(provider, assignment)
        del expected["provider"]  # only other tools look at it
        assert read[name] == expected


def test_it_is_for_people():
    assert fragment(found(Assignment("1" * 12, "Log Archive", "Admin"))).splitlines() == [
        "# Written by `atmos auth discover --write` at 2023-11-14T22:13:20Z, which may write it again.",
        "# Portal: https://x.awsapps.com/start in us-east-1",
        "# To use it, name this file under `import` in atmos.yaml, or keep it in .atmos.d beside it.",
        "auth:",
        "  identities:",
        '    "Log Archive/Admin":',
        "      kind: aws/permission-set",
        '      via: { provider: "corp" }',
        "      principal:",
        '        name: "Admin"',
        '        account: { id: "111111111111", name: "Log Archive" }',
    ]


def test_it_may_be_written_again(tmp_path):
    path = tmp_path / "identities.yaml"
    write_fragment(found(), str(path))
    path.chmod(0o640)
    write_fragment(found(Assignment("2" * 12, "prod", "B")), str(path))
    assert "prod/B" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert set(os.listdir(tmp_path)) - {"home"} == {"identities.yaml"}


def test_a_new_file_has_the_mode_that_this_user_gives_files(tmp_path):
    before = os.umask(0o027)
    try:
        write_fragment(found(), str(tmp_path / "new.yaml"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.yaml").stat().st_mode) == 0o640


@pytest.mark.parametrize("content", ["auth: {}\n", f"\n{MARK}", "# Written by hand\n"])
def test_somebody_elses_file_is_left_alone(tmp_path, content):
    path = tmp_path / "atmos.yaml"
    path.write_text(content)
    with pytest.raises(StoreError, match="did not write it") as caught:
        write_fragment(found(), str(path))
    assert path.read_text() == content
    assert caught.value.hints


def test_an_empty_file_is_nobodys(tmp_path):
    path = tmp_path / "new.yaml"
    path.touch()
    write_fragment(found(), str(path))
    assert path.read_text().startswith(MARK)


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(StoreError, match="there is no folder") as caught:
        write_fragment(found(), str(tmp_path / "a" / "b.yaml"))
    assert caught.value.hints[0].startswith("mkdir -p")
    assert not (tmp_path / "a").exists()


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(StoreError, match="it is a folder") as caught:
        write_fragment(found(), str(tmp_path))
    assert caught.value.hints == (f"name a file: {tmp_path}/identities.yaml",)

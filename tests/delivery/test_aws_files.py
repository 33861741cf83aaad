import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atmos_auth.delivery.aws_files import AwsFiles, Guest
from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
from atmos_auth.domain.errors import LockTimeout, StoreError
from atmos_auth.domain.names import FORBIDDEN_IN_NAMES
from atmos_auth.host.locks import locked
from atmos_auth.host.paths import Paths
from atmos_auth.testing import NOW, aws_credentials, chain

HOSTILE_NAMES = [
    "default", "with space", "two  spaces", "dots.and.more", "team/dev", "ünïcödé", "日本", "x=y", "50%", "%20", "a:b",
    "profile dev", "dev, prod", "-dash", "$HOME", "`id`", "a\u00a0b", "a\u2028b", "UPPER",
]  # fmt: skip


def folder_of(files: AwsFiles, chain) -> Path:
    return Path(files.locate(chain).credentials_file).parent


# --- what the SDKs read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_botocore_reads_what_was_written(files, chain_to, sdk, name):
    credentials = aws_credentials(endpoint_url="http://127.0.0.1:9")
    files.write(chain_to("neighbour"), aws_credentials(access_key_id="ASIANEIGHBOUR"))
    files.write(chain_to(name), credentials)
    location = files.locate(chain_to(name))
    assert location.profile == name
    assert sdk.keys(location) == credentials[:3]
    assert sdk.region(location) == "eu-west-1"
    assert sdk.sts_endpoint(location) == "http://127.0.0.1:9"
    assert sdk.keys(files.locate(chain_to("neighbour")))[0] == "ASIANEIGHBOUR"


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="".join(FORBIDDEN_IN_NAMES)),
        min_size=1,
        max_size=12,
    ).filter(lambda name: name == name.strip() and name != "DEFAULT"),
    st.text(st.sampled_from("abcXYZ019+/=%;#$"), min_size=1, max_size=40),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_botocore_reads_any_name_and_any_token(files, chain_to, sdk, name, token):
    files.write(chain_to(name), aws_credentials(session_token=token))
    assert sdk.keys(files.locate(chain_to(name))) == aws_credentials(session_token=token)[:3]
    assert files.read(chain_to(name)) == aws_credentials(session_token=token)


def test_botocore_finds_no_token_where_there_is_none(files, chain_to, sdk):
    files.write(chain_to("dev"), aws_credentials())
    keys = aws_credentials(access_key_id="AKIA", session_token=None, expires_at=None, issued_at=None)
    files.write(chain_to("dev"), keys)
    assert sdk.keys(files.locate(chain_to("dev"))) == ("AKIA", keys.secret_access_key, None)
    assert "aws_session_token" not in sdk.section(files.locate(chain_to("dev")))


def test_botocore_reads_the_account(files, chain_to, sdk):
    files.write(chain_to("dev"), aws_credentials())
    assert sdk.section(files.locate(chain_to("dev")))["aws_account_id"] == "123456789012"


# --- whose they are --------------------------------------------------------------------------------------------


def test_another_fingerprint_finds_nothing(files, chain_to):
    files.write(chain_to("dev", role="Admin"), aws_credentials())
    assert files.read(chain_to("dev", role="Reader")) is None
    assert files.read(chain_to("dev", role="Admin")) == aws_credentials()


def test_displaced_credentials_go_when_their_end_has_come(files, chain_to, clock):
    admin, reader, third = (chain_to("dev", role=role) for role in ("Admin", "Reader", "Third"))
    files.write(admin, aws_credentials())
    files.write(reader, aws_credentials(expires_at=NOW + 7200))
    displaced = folder_of(files, admin) / "displaced"
    assert admin.fingerprint in displaced.read_text()
    clock.advance(3601)
    files.write(third, aws_credentials(expires_at=NOW + 7200))
    assert admin.fingerprint not in displaced.read_text()
    assert files.restore(admin) is None
    assert files.restore(reader) is not None


def test_a_displaced_file_that_holds_nothing_is_gone(files, chain_to):
    admin, reader = chain_to("dev", role="Admin"), chain_to("dev", role="Reader")
    files.write(admin, aws_credentials(expires_at=NOW - 1))
    files.write(reader, aws_credentials())
    assert not (folder_of(files, admin) / "displaced").exists()


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_removing_takes_displaced_credentials_of_any_name_along(files, chain_to, name):
    files.write(chain_to(name, role="Admin"), aws_credentials())
    files.write(chain_to(name, role="Reader"), aws_credentials())
    files.write(chain_to("dev"), aws_credentials(access_key_id="ASIAOTHER"))
    assert files.remove(chain_to(name)) is True
    assert files.restore(chain_to(name, role="Admin")) is None
    assert files.read(chain_to("dev")) is not None
    everything = "".join(path.read_text() for path in folder_of(files, chain_to("dev")).iterdir())
    assert aws_credentials().access_key_id not in everything


def test_removing_the_last_profile_removes_the_files(files, chain_to):
    files.write(chain_to("dev"), aws_credentials(endpoint_url="http://127.0.0.1:9"))
    files.remove(chain_to("dev"))
    assert sorted(path.name for path in folder_of(files, chain_to("dev")).iterdir()) == ["credentials.lock"]


def test_what_people_wrote_into_the_files_stays(files, chain_to):
    location = files.locate(chain_to("dev"))
    Path(location.credentials_file).parent.mkdir(parents=True)
    own = b"# mine\r\n[own]\naws_access_key_id=AKIA\naws_secret_access_key=\xe9\xff\n\n# also mine\n[\xfcber]\nx=1\n"
    Path(location.credentials_file).write_bytes(own)
    Path(location.config_file).write_bytes(own)
    files.write(chain_to("dev"), aws_credentials())
    files.write(chain_to("dev", role="Other"), aws_credentials())
    for path in (location.credentials_file, location.config_file):
        assert Path(path).read_bytes().startswith(own)
    files.remove(chain_to("dev"))
    assert Path(location.credentials_file).read_bytes() == own


def test_deriving_goes_through_every_folder_but_stray_files_are_no_folders(tmp_path, chain_to, clock):
    custom = tmp_path / "custom" / "elsewhere"
    root = Link("elsewhere", PROVIDER, "x", {"spec": {"files": {"base_path": str(tmp_path / "custom")}}})
    files = AwsFiles(
        Paths({"HOME": str(tmp_path)}),
        clock=clock,
        config_directory=str(tmp_path),
        custom_folders=lambda: [str(custom), str(tmp_path / "nowhere")],
    )
    here, there = chain_to("dev"), chain_to("dev", root=root)
    files.write(here, aws_credentials(session="s"))
    files.write(there, aws_credentials(session="s"))
    (folder_of(files, here).parent / ".DS_Store").write_bytes(b"\x00Bud1")
    assert Path(files.locate(there).credentials_file).parent == custom
    assert files.folders() == [str(folder_of(files, here)), str(custom), str(tmp_path / "nowhere")]
    files.remove_derived("s")
    assert (files.read(here), files.read(there)) == (None, None)


@pytest.mark.parametrize(
    ("base", "expected"), [("~/aws", "{home}/aws"), ("sub/aws", "{config}/sub/aws"), ("../up", "{home}/up")]
)
def test_a_base_path_is_relative_to_the_configuration(tmp_path, chain_to, clock, base, expected):
    config = tmp_path / "project"
    files = AwsFiles(Paths({"HOME": str(tmp_path)}), clock=clock, config_directory=str(config))
    root = Link("a/b", PROVIDER, "x", {"spec": {"files": {"base_path": base}}})
    folder = files.folder(root)
    assert folder == os.path.join(expected.format(home=tmp_path, config=config), "a_b")


def test_identities_that_stand_alone_have_the_folder_of_their_kind(files, tmp_path):
    alone = chain(Link("ci", IDENTITY, "aws/ambient", {"spec": None}))
    assert folder_of(files, alone).name == "aws-ambient"


def test_a_realm_keeps_files_apart(tmp_path, chain_to, clock):
    def files_of(realm):
        return AwsFiles(Paths({"HOME": str(tmp_path)}, realm=realm), clock=clock, config_directory=str(tmp_path))

    files_of("one").write(chain_to("dev"), aws_credentials())
    assert files_of("other").read(chain_to("dev")) is None
    assert files_of("").read(chain_to("dev")) is None
    files_of("other").remove_derived(aws_credentials().session)
    assert files_of("one").read(chain_to("dev")) is not None


# --- safety ----------------------------------------------------------------------------------------------------


def test_everything_is_private_under_any_umask(files, chain_to, tmp_path):
    before = os.umask(0)
    try:
        files.write(chain_to("dev", role="Admin"), aws_credentials())
        files.write(chain_to("dev", role="Reader"), aws_credentials())
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / ".config").rglob("*")}
    assert modes == {
        "atmos": 0o700,
        "aws": 0o700,
        "portal": 0o700,
        "credentials": 0o600,
        "config": 0o600,
        "displaced": 0o600,
        "credentials.lock": 0o600,
    }


@pytest.mark.parametrize("content", [b"", b"\x00" * 50, b"[dev", b"[dev]\n", b"\xff\xfe", b"; atmos: chain=\n[dev]\n"])
def test_damaged_files_are_a_miss_and_are_mended_by_writing(files, chain_to, content):
    location = files.locate(chain_to("dev"))
    Path(location.credentials_file).parent.mkdir(parents=True)
    for name in ("credentials", "config", "displaced"):
        (Path(location.credentials_file).parent / name).write_bytes(content)
    assert files.read(chain_to("dev")) is None
    assert files.restore(chain_to("dev")) is None
    files.write(chain_to("dev"), aws_credentials())
    assert files.read(chain_to("dev")) == aws_credentials()


def test_a_folder_that_cannot_be_made_is_an_error_with_a_hint(files, chain_to, tmp_path):
    (tmp_path / ".config").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        files.write(chain_to("dev"), aws_credentials())
    assert str(tmp_path) in caught.value.message
    assert caught.value.hints


def test_a_file_that_cannot_be_read_is_an_error_not_a_miss(files, chain_to):
    Path(files.locate(chain_to("dev")).credentials_file).mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot read"):
        files.read(chain_to("dev"))


def test_a_lock_that_is_held_too_long_is_an_error(files, chain_to, clock):
    files.write(chain_to("dev"), aws_credentials())
    lock = files.locate(chain_to("dev")).credentials_file + ".lock"
    with locked(lock, clock=clock, deadline=NOW), ThreadPoolExecutor(1) as pool, pytest.raises(LockTimeout):
        pool.submit(files.write, chain_to("dev"), aws_credentials()).result()


WRITER = """
    import sys, time
    from atmos_auth.delivery.aws_files import AwsFiles
    from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
    from atmos_auth.host.clock import SystemClock
    from atmos_auth.host.paths import Paths
    from atmos_auth.testing import aws_credentials, chain
    home, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    files = AwsFiles(Paths({"HOME": home}), clock=SystemClock(), config_directory=home)
    portal = Link("portal", PROVIDER, "aws/iam-identity-center", {})
    chain = chain(portal, Link(name, IDENTITY, "aws/permission-set", {}))
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(count):
        files.write(chain, aws_credentials(access_key_id=f"ASIA{n % 10}", session_token=str(n % 10) * 5000))
"""


def start_writer(home: Path, environ: dict[str, str], name: str, count: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(home), name, str(count)],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_two_writers_at_once_lose_nothing(files, chain_to, tmp_path, environ):
    writers = [start_writer(tmp_path, environ, name, 25) for name in ("one", "other")]
    for writer in writers:
        go(writer)
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    for name in ("one", "other"):
        found = files.read(chain_to(name))
        assert (found.access_key_id, found.session_token) == ("ASIA4", "4" * 5000)


# Forks a writer for each line it is sent, and another process kills that at some instant.
NURSERY = """
    import os, sys
    from atmos_auth.delivery.aws_files import AwsFiles
    from atmos_auth.domain.chain import IDENTITY, PROVIDER, Link
    from atmos_auth.host.clock import SystemClock
    from atmos_auth.host.paths import Paths
    from atmos_auth.testing import aws_credentials, chain
    home = sys.argv[1]
    files = AwsFiles(Paths({"HOME": home}), clock=SystemClock(), config_directory=home)
    portal = Link("portal", PROVIDER, "aws/iam-identity-center", {})
    chain = chain(portal, Link("dev", IDENTITY, "aws/permission-set", {}))
    files.write(chain, aws_credentials())  # everything that is imported on use is now
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            n = 0
            while True:
                n += 1
                files.write(chain, aws_credentials(access_key_id=f"ASIA{n % 10}", session_token=str(n % 10) * 5000))
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)
"""
KILLS = 60


def test_a_writer_that_is_killed_leaves_the_old_or_the_new(files, chain_to, tmp_path, environ, sdk):
    """Whatever instant it dies at, nothing is torn, nobody else's profile is lost, and the lock is free."""
    files.write(chain_to("neighbour"), aws_credentials())
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(NURSERY), str(tmp_path)],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for attempt in range(KILLS):
            nursery.stdin.write("next\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            time.sleep(attempt * 0.0005)
            os.kill(child, signal.SIGKILL)
            assert int(nursery.stdout.readline()) == signal.SIGKILL
            found = files.read(chain_to("dev"))
            assert found is not None
            assert found == aws_credentials() or found.session_token == found.access_key_id[-1] * 5000
            assert files.read(chain_to("neighbour")) == aws_credentials()
            assert sdk.keys(files.locate(chain_to("dev"))) == found[:3]
        nursery.stdin.close()
    files.write(chain_to("dev"), aws_credentials())
    assert files.read(chain_to("dev")) == aws_credentials()


# --- guests ----------------------------------------------------------------------------------------------------

OTHER = Link("other portal", PROVIDER, "aws/iam-identity-center", {})
GUEST_KEYS = aws_credentials(access_key_id="ASIAGUEST", session="other", endpoint_url="http://127.0.0.1:9")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_botocore_finds_a_guest_in_the_same_pair_of_files(files, chain_to, sdk, name):
    host, guest = chain_to("dev"), chain_to(name, root=OTHER)
    files.write(host, aws_credentials())
    files.write(guest, GUEST_KEYS)
    files.write_beside(host, guest, GUEST_KEYS)
    location = files.locate(host)
    assert sdk.keys(location) == aws_credentials()[:3]
    as_guest = location._replace(profile=name)
    assert sdk.keys(as_guest) == GUEST_KEYS[:3]
    assert (sdk.region(as_guest), sdk.sts_endpoint(as_guest)) == ("eu-west-1", "http://127.0.0.1:9")
    assert files.read(guest) == GUEST_KEYS, "at home nothing changes"


def test_who_shares_the_files_needs_no_second_profile(files, chain_to):
    files.write(chain_to("dev"), aws_credentials())
    files.write(chain_to("ops"), GUEST_KEYS)
    before = Path(files.locate(chain_to("dev")).credentials_file).read_bytes()
    files.write_beside(chain_to("dev"), chain_to("ops"), GUEST_KEYS)
    assert Path(files.locate(chain_to("dev")).credentials_file).read_bytes() == before


def test_a_guest_is_renewed_and_not_rewritten_without_need(files, chain_to, sdk):
    host, guest = chain_to("dev"), chain_to("dns", root=OTHER)
    files.write(host, aws_credentials())
    files.write_beside(host, guest, GUEST_KEYS)
    path = Path(files.locate(host).credentials_file)
    first = path.stat().st_ino
    files.write_beside(host, guest, GUEST_KEYS)
    assert path.stat().st_ino == first
    files.write_beside(host, guest, GUEST_KEYS._replace(access_key_id="ASIANEWER"))
    assert sdk.keys(files.locate(host)._replace(profile="dns"))[0] == "ASIANEWER"
    assert "ASIAGUEST" not in "".join(p.read_text() for p in path.parent.iterdir())


def test_a_guest_goes_with_the_profile_at_home(files, chain_to):
    host, guest = chain_to("dev"), chain_to("dns", root=OTHER)
    files.write(host, aws_credentials())
    files.write(guest, GUEST_KEYS)
    files.write_beside(host, guest, GUEST_KEYS)
    assert files.remove(guest) is True
    location = files.locate(host)
    assert "dns" not in Path(location.credentials_file).read_text() + Path(location.config_file).read_text()
    assert files.read(host) == aws_credentials()


def test_a_guest_alone_still_counts_as_something_of_its_identity(files, chain_to):
    host, guest = chain_to("dev"), chain_to("dns", root=OTHER)
    files.write(host, aws_credentials())
    files.write_beside(host, guest, GUEST_KEYS)
    assert files.holds(guest) is True
    assert files.remove(guest) is True
    assert (files.holds(guest), files.remove(guest)) == (False, False)


def test_guests_go_with_the_last_one_who_is_at_home(files, chain_to):
    hosts, guest = (chain_to("dev"), chain_to("ops")), chain_to("dns", root=OTHER)
    for host in hosts:
        files.write(host, aws_credentials())
        files.write_beside(host, guest, GUEST_KEYS)
    files.write(guest, GUEST_KEYS)
    path = Path(files.locate(hosts[0]).credentials_file)
    files.remove(hosts[0])
    assert "[dns]" in path.read_text()
    files.remove(hosts[1])
    assert sorted(p.name for p in path.parent.iterdir()) == ["credentials.lock"]
    assert files.read(guest) == GUEST_KEYS


def test_a_guest_does_not_harm_a_profile_of_its_name_that_another_configuration_keeps_there(files, chain_to):
    host, guest, theirs = chain_to("dev"), chain_to("dns", root=OTHER), chain_to("dns", role="Theirs")
    files.write(host, aws_credentials())
    files.write(theirs, aws_credentials(access_key_id="ASIATHEIRS"))
    files.write_beside(host, guest, GUEST_KEYS)
    assert files.restore(theirs).access_key_id == "ASIATHEIRS"
    # Back at home, it takes the guest's place, and the guest's keys are not kept anywhere.
    assert "ASIAGUEST" not in "".join(p.read_text() for p in Path(files.locate(host).credentials_file).parent.iterdir())
    files.remove(guest)
    assert files.read(theirs).access_key_id == "ASIATHEIRS"


def test_what_a_session_gave_to_guests_goes_with_it(files, chain_to):
    host, guest = chain_to("dev"), chain_to("dns", root=OTHER)
    files.write(host, aws_credentials())
    files.write_beside(host, guest, GUEST_KEYS)
    files.remove_derived("other")
    assert "ASIAGUEST" not in Path(files.locate(host).credentials_file).read_text()
    assert files.read(host) == aws_credentials()


def test_a_refreshing_profile_can_have_others_beside_it(files, chain_to, sdk):
    guest = Guest("dns", GUEST_KEYS, "print-keys dns")
    alone = files.write_refreshing(chain_to("dev"), aws_credentials(), "print-keys dev")
    together = files.write_refreshing(chain_to("dev"), aws_credentials(), "print-keys dev", [guest])
    assert alone.config_file != together.config_file, "a program may run with each"
    assert sdk.section(together)["credential_process"] == "print-keys dev"
    assert sdk.section(together._replace(profile="dns"))["credential_process"] == "print-keys dns"
    assert "dns" not in Path(alone.config_file).read_text()
    files.remove(chain_to("dev"))
    assert not Path(alone.config_file).exists()
    assert not Path(together.config_file).exists()


def test_everything_delivered_is_listed(files, chain_to):
    host, guest = chain_to("dev", role="Admin"), chain_to("dns", root=OTHER)
    files.write(host, aws_credentials(access_key_id="ASIAADMIN"))
    files.write(chain_to("dev", role="Reader"), aws_credentials(access_key_id="ASIAREADER"))
    files.write_beside(host, guest, GUEST_KEYS)
    folder = str(folder_of(files, host))
    path = Path(folder, "credentials")
    path.write_text(path.read_text() + "\n[mine]\naws_access_key_id = AKIA\naws_secret_access_key = x\n")
    assert {(d.folder, d.profile, d.access_key_id, d.home) for d in files.delivered()} == {
        (folder, "dev", "ASIAREADER", None),
        (folder, "dev", "ASIAADMIN", None),
        (folder, "dns", "ASIAGUEST", "other portal"),
    }
    assert files.remove_profile(folder, "mine") is False, "what a person wrote is not ours"
    assert files.remove_profile(folder, "dev") is True
    assert files.delivered() == []
    assert "[mine]" in path.read_text()


def test_a_custom_folder_keeps_realms_apart_too(tmp_path, chain_to, clock):
    root = Link("portal", PROVIDER, "x", {"spec": {"files": {"base_path": str(tmp_path / "custom")}}})

    def files_of(realm):
        return AwsFiles(Paths({"HOME": str(tmp_path)}, realm=realm), clock=clock, config_directory=str(tmp_path))

    assert files_of("").folder(root) == str(tmp_path / "custom" / "portal")
    assert files_of("acme").folder(root) == str(tmp_path / "custom" / "acme" / "portal")


def test_the_stamp_changes_whenever_what_is_read_does(files, chain_to):
    dev = chain_to("dev")
    assert files.stamp(dev) is None
    files.write(dev, aws_credentials())
    stamps = [files.stamp(dev), files.stamp(dev)]
    assert stamps[0] == stamps[1] is not None
    # Of the same length, and at once.
    files.write(dev, aws_credentials(access_key_id="ASIASAMPLESAMPLESAMQ"))
    stamps.append(files.stamp(dev))
    files.write(chain_to("other"), aws_credentials())
    stamps.append(files.stamp(dev))
    files.remove(dev)
    stamps.append(files.stamp(dev))
    assert len(set(stamps[1:])) == 4


def test_where_it_would_be_refreshed_from_is_known_before_and_goes_with_it(files, chain_to):
    dev = chain_to("dev")
    files.write(dev, aws_credentials())
    alone, hosting = files.refreshing(dev)
    assert files.write_refreshing(dev, aws_credentials(), "fetch") == alone
    guest = Guest("other", aws_credentials(), "fetch other")
    assert files.write_refreshing(dev, aws_credentials(), "fetch", [guest]) == hosting
    assert Path(alone.config_file).exists()
    assert Path(hosting.config_file).exists()
    files.remove(dev)
    assert not Path(alone.config_file).exists()
    assert not Path(hosting.config_file).exists()

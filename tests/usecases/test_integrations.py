import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.delivery.integration_records import IntegrationRecords
from atmos_auth.domain.credentials import Ambient
from atmos_auth.domain.errors import IntegrationFailed, StoreError, UnknownIntegration
from atmos_auth.domain.integration import Provided
from atmos_auth.testing import FakeClock, aws_credentials
from atmos_auth.usecases.integrations import Integrations, joined, told

AUTH = """\
providers:
  portal: { kind: aws/iam-identity-center, region: us-east-1, start_url: "https://x.awsapps.com/start" }
identities:
  dev: { kind: aws/permission-set, via: { provider: portal }, principal: { name: A, account: { name: a } } }
  ops: { kind: aws/permission-set, via: { provider: portal }, principal: { name: B, account: { name: a } } }
integrations:
  cluster: { kind: aws/eks, via: { provider: Portal }, spec: { cluster: { name: c, region: us-east-1 } } }
  images: { kind: aws/ecr, via: { identity: DEV }, spec: { registry: { account_id: "1", region: us-east-1 } } }
  manual: { kind: aws/ecr, via: { identity: dev }, spec: { auto_provision: false } }
"""


class FakeKind:
    """Writes its name and a counter to a file of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.path = folder / name
        self.what = f"work of {name}"
        self.failure: Exception | None = None
        self.expires_at: float | None = None
        self.provided: list[tuple[str, bool]] = []

    def provide(self, credentials: Any, identity: str, *, chosen: bool = False) -> Provided:
        if self.failure is not None:
            raise self.failure
        self.provided.append((identity, chosen))
        self.path.write_text(f"{self.name} {len(self.provided)}")
        return Provided(f"did {self.name}", str(self.path), self.path.read_text(), self.expires_at, ("a note",))

    def environment(self) -> dict[str, str]:
        return {"KUBECONFIG": str(self.path), self.name.upper(): "1"}

    def holds(self, mark: str, file: str) -> bool:
        if self.failure is not None:
            raise self.failure
        assert file == str(self.path)
        return self.path.exists() and mark in self.path.read_text()

    def remove(self, mark: str, file: str) -> bool:
        there = self.holds(mark, file)
        self.path.unlink()
        return there


class World:
    def __init__(self, folder: Path, catalog: Any, resolver: Any) -> None:
        self.kinds = {name: FakeKind(name, folder) for name in ("cluster", "images", "manual")}
        self.catalog, self.resolver = catalog, resolver
        self.clock = FakeClock()
        self.warnings: list[str] = []
        self.records = IntegrationRecords(str(folder / "records"))
        self.ambient: Any = Ambient()
        self.surroundings = {"DOCKER_CONFIG": ""}

    def run(self) -> Integrations:
        """A new run over the same files."""
        return Integrations(
            catalog=self.catalog,
            records=self.records,
            build=lambda link: self.kinds[link.name],
            obtain=lambda chain: self.ambient,
            surroundings=self.surroundings,
            warn=self.warnings.append,
            clock=self.clock,
        )

    def chain(self, name: str = "dev") -> Any:
        return self.resolver.identity(name)

    def counts(self) -> list[int]:
        return [len(kind.provided) for kind in self.kinds.values()]


@pytest.fixture
def world(tmp_path, catalog_of, resolver_of) -> World:
    catalog = catalog_of(AUTH)
    return World(tmp_path, catalog, resolver_of(catalog))


def test_what_follows_an_identity_or_its_provider_runs_after_the_sign_in(world):
    assert world.run().after_sign_in(world.chain(), aws_credentials()) == ["did cluster", "did images"]
    assert world.run().after_sign_in(world.chain("ops"), aws_credentials()) == ["did cluster"]
    assert world.counts() == [2, 1, 0]
    assert world.warnings[0] == 'integration "cluster": a note'


def test_each_runs_once_in_a_run(world):
    run = world.run()
    run.after_sign_in(world.chain(), aws_credentials())
    assert run.after_sign_in(world.chain(), aws_credentials()) == []
    assert run.before_handover(world.chain(), aws_credentials())["IMAGES"] == "1"
    assert world.counts() == [1, 1, 0]
    world.run().after_sign_in(world.chain(), aws_credentials())
    assert world.counts() == [2, 2, 0], "a new sign-in renews them"


def test_a_failure_is_a_warning_and_the_others_run(world):
    world.kinds["cluster"].failure = IntegrationFailed("no such cluster", hints=["make one"])
    assert world.run().after_sign_in(world.chain(), aws_credentials()) == ["did images"]
    assert 'integration "cluster": no such cluster\n  make one' in world.warnings
    variables = world.run().before_handover(world.chain(), aws_credentials())
    assert "CLUSTER" not in variables
    assert variables["KUBECONFIG"] == str(world.kinds["images"].path)


def test_before_a_program_only_what_is_missing_or_about_to_expire_runs(world):
    world.kinds["images"].expires_at = world.clock.now() + 43200
    variables = world.run().before_handover(world.chain(), aws_credentials())
    assert variables["KUBECONFIG"].split(os.pathsep) == [
        str(world.kinds["cluster"].path),
        str(world.kinds["images"].path),
    ]
    world.run().before_handover(world.chain(), aws_credentials())
    assert world.counts() == [1, 1, 0]
    world.clock.advance(43200 - 900)
    world.run().before_handover(world.chain(), aws_credentials())
    assert world.counts() == [1, 2, 0]


def test_a_file_that_others_wrote_is_looked_into(world):
    world.run().before_handover(world.chain(), aws_credentials())
    for kind in world.kinds.values():
        if kind.path.exists():
            kind.path.write_text(f"theirs, and {kind.path.read_text()}")
    world.run().before_handover(world.chain(), aws_credentials())
    assert world.counts() == [1, 1, 0]
    assert all(record.is_untouched for record in world.records.all().values())
    world.kinds["images"].path.unlink()
    world.kinds["cluster"].path.write_text("theirs")
    world.run().before_handover(world.chain(), aws_credentials())
    assert world.counts() == [2, 2, 0]


def test_what_was_done_elsewhere_does_not_count(world):
    world.run().before_handover(world.chain(), aws_credentials())
    world.surroundings = {"DOCKER_CONFIG": "/other"}
    world.run().before_handover(world.chain(), aws_credentials())
    assert world.counts() == [2, 2, 0]


def test_variables_are_those_of_what_has_been_done(world):
    assert world.run().variables(world.chain()) == {}
    world.run().provide("manual", world.chain(), aws_credentials())
    assert world.run().variables(world.chain()) == {"KUBECONFIG": str(world.kinds["manual"].path), "MANUAL": "1"}
    assert world.run().variables(world.chain("ops")) == {}


def test_one_that_is_asked_for_runs_whatever_is_there_and_fails_loudly(world):
    world.kinds["images"].expires_at = 5.0
    assert world.run().provide("IMAGES", world.chain(), aws_credentials()) == ("did images", 5.0)
    assert world.kinds["images"].provided == [("dev", True)]
    world.kinds["images"].failure = IntegrationFailed("no")
    with pytest.raises(IntegrationFailed):
        world.run().provide("images", world.chain(), aws_credentials())
    with pytest.raises(UnknownIntegration, match='follows identity "dev", and not identity "ops"') as caught:
        world.run().provide("images", world.chain("ops"), aws_credentials())
    assert caught.value.place is not None
    with pytest.raises(UnknownIntegration, match='"image" not found') as caught:
        world.run().provide("image", world.chain(), aws_credentials())
    assert caught.value.hints[0] == 'did you mean "images"?'


def test_keys_of_the_environment_are_asked_for_where_the_identity_has_none(world):
    with pytest.raises(IntegrationFailed, match="gives no AWS credentials"):
        world.run().provide("images", world.chain(), Ambient())
    world.ambient = aws_credentials()
    assert world.run().provide("images", world.chain(), Ambient())[0] == "did images"


def test_what_was_done_is_taken_back_by_the_identitys_name(world):
    world.run().after_sign_in(world.chain(), aws_credentials())
    world.run().after_sign_in(world.chain("ops"), aws_credentials())
    undoings = list(world.run().undoings("DEV"))
    assert sorted(undoing.what for undoing in undoings) == ["work of cluster", "work of images"]
    images = next(undoing for undoing in undoings if undoing.what == "work of images")
    assert images.is_there()
    assert images.run()
    assert [record.integration for record in world.records.all().values()].count("images") == 0
    assert len(list(world.run().undoings("ops"))) == 1


def test_what_cannot_be_looked_at_counts_as_there_so_that_its_fault_is_told(world):
    world.run().after_sign_in(world.chain("ops"), aws_credentials())
    world.kinds["cluster"].failure = StoreError("broken")
    (undoing,) = world.run().undoings("ops")
    assert undoing.is_there()
    with pytest.raises(StoreError):
        undoing.run()
    assert world.records.all() != {}, "it is there still, for the next time"


def test_one_that_is_configured_wrongly_is_a_warning(world, catalog_of):
    world.catalog = catalog_of(AUTH.replace("identity: DEV", "identity: nobody"))
    assert world.run().after_sign_in(world.chain(), aws_credentials()) == ["did cluster"]
    assert 'integration "images": ' in world.warnings[0]
    assert '"nobody" does not exist' in world.warnings[0]


PATHS = st.lists(st.text("abc/.", min_size=1), max_size=4)


@given(PATHS, PATHS)
def test_paths_are_joined_in_order_and_once(before, more):
    if not more:
        return
    value = os.pathsep.join(before)
    result = joined({"KUBECONFIG": value}, {"KUBECONFIG": os.pathsep.join(more)})["KUBECONFIG"]
    paths = result.split(os.pathsep)
    if before:
        assert paths == list(dict.fromkeys([*before, *more]))
    else:
        assert result == os.pathsep.join(more)


def test_a_shell_is_told_what_it_has_in_front_and_nothing_of_its_own():
    environ = {"KUBECONFIG": "/theirs", "PATH": "/bin", "DOCKER_CONFIG": "/old"}
    assert told({"KUBECONFIG": "/ours", "DOCKER_CONFIG": "/new"}, environ) == {
        "KUBECONFIG": f"/theirs{os.pathsep}/ours",
        "DOCKER_CONFIG": "/new",
    }
    assert told({}, environ) == {}

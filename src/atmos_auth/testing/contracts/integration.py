"""What every integration must hold to."""

# ruff: noqa: S101 - a contract is made of assertions

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from atmos_auth.config.check import check, convert
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.integration import IntegrationTools
from atmos_auth.testing.clock import FakeClock
from atmos_auth.testing.connections import FakeConnections
from atmos_auth.testing.samples import aws_credentials


class IntegrationContract:
    """Subclass as `class TestMine(IntegrationContract)`, and name the class and settings as a configuration has them.

    `script` adds the answers of AWS for one run, `operation` is the first that is called.
    """

    kind: ClassVar[type[Any]]
    settings: ClassVar[Mapping[str, Any]]
    operation: ClassVar[str]

    def script(self, aws: FakeConnections) -> None:
        """Add what AWS answers when the integration does its work once; to be written."""
        raise NotImplementedError

    @pytest.fixture
    def aws(self) -> FakeConnections:
        """AWS, without any answers yet."""
        return FakeConnections()

    @pytest.fixture
    def built(self, aws: FakeConnections, tmp_path: Path) -> Any:
        """The integration, built from `settings`; it may write below a folder of the test's own."""
        tools = IntegrationTools(
            clock=FakeClock(),
            environ={},
            aws=aws,
            home=str(tmp_path),
            directory=str(tmp_path),
            docker_folder=str(tmp_path / "docker"),
            kubeconfig=str(tmp_path / "kube" / "config"),
            locks=str(tmp_path / "locks"),
            own_command=lambda *words: ["atmos", *words],
            own_variables={},
        )
        return self.kind("sample", convert(self.settings, self.kind.settings_type), tools)

    def test_it_says_what_it_needs(self) -> None:
        """`needs` is a tuple of types of credentials, and not empty: it follows an identity."""
        assert isinstance(self.kind.needs, tuple)
        assert self.kind.needs
        assert all(isinstance(needed, type) for needed in self.kind.needs)

    def test_its_settings_are_a_structure_that_makes_a_schema(self) -> None:
        """`settings_type` is a frozen msgspec Struct with `kind`, `via` and `spec`."""
        settings_type = self.kind.settings_type
        assert issubclass(settings_type, msgspec.Struct)
        assert settings_type.__struct_config__.frozen
        assert {"kind", "via", "spec"} <= set(settings_type.__struct_fields__)
        assert msgspec.json.schema(settings_type)["$defs"][settings_type.__name__]["type"] == "object"

    def test_its_example_settings_fit(self) -> None:
        """Nothing is missing, wrong or unknown in `settings`, and a typing error would be noticed."""
        misfits = check(self.settings, self.kind.settings_type, subject="contract")
        assert ([e.message for e in misfits.errors], [e.message for e in misfits.unknown]) == ([], [])
        misfits = check({**self.settings, "no_such_setting": 1}, self.kind.settings_type, subject="contract")
        assert len(misfits.unknown) == 1

    def test_it_is_built_from_name_settings_and_tools(self) -> None:
        """The engine builds every kind the same way."""
        assert list(inspect.signature(self.kind).parameters) == ["name", "settings", "tools"]

    def test_building_it_and_naming_its_work_does_nothing(
        self, built: Any, aws: FakeConnections, tmp_path: Path
    ) -> None:
        """A logout builds it only to say what would go."""
        assert built.what
        assert all(isinstance(value, str) for value in built.environment().values())
        assert aws.calls == []
        assert not (tmp_path / "docker").exists()
        assert not (tmp_path / "kube").exists()

    def test_what_it_does_can_be_recognised_and_taken_back_once(self, built: Any, aws: FakeConnections) -> None:
        """`holds` and `remove` know its work by the mark, in the file that it named."""
        self.script(aws)
        provided = built.provide(aws_credentials(), "dev")
        assert provided.what
        assert Path(provided.file).is_file()
        nowhere = str(Path(provided.file).parent / "elsewhere" / Path(provided.file).name)
        assert not built.holds(provided.mark, nowhere)
        assert not built.remove(provided.mark, nowhere)
        assert built.holds(provided.mark, provided.file)
        assert not built.holds("another", provided.file)
        assert not built.remove("another", provided.file)
        assert built.holds(provided.mark, provided.file)
        assert built.remove(provided.mark, provided.file)
        assert not built.holds(provided.mark, provided.file)
        assert not built.remove(provided.mark, provided.file)

    def test_doing_it_again_is_fine(self, built: Any, aws: FakeConnections) -> None:
        """It runs after every sign-in."""
        self.script(aws)
        self.script(aws)
        built.provide(aws_credentials(), "dev")
        again = built.provide(aws_credentials(), "dev", chosen=True)
        assert built.holds(again.mark, again.file)

    def test_what_it_says_holds_no_secret_of_the_identity(self, built: Any, aws: FakeConnections) -> None:
        """Its sentence is shown, and what it wrote is on record."""
        self.script(aws)
        provided = built.provide(aws_credentials(), "dev")
        said = f"{provided} {built.what} {built.environment()}"
        assert [secret for secret in aws_credentials().secrets if secret in said] == []

    def test_a_refusal_is_an_error_of_ours_and_leaves_nothing(
        self, built: Any, aws: FakeConnections, tmp_path: Path
    ) -> None:
        """Nothing is half-written."""
        aws.fail(self.operation, "AccessDeniedException", times=4)
        with pytest.raises(AtmosAuthError):
            built.provide(aws_credentials(), "dev")
        assert not (tmp_path / "docker").exists()
        assert not (tmp_path / "kube").exists()

import json
import os
from pathlib import Path

import pytest

from atmos_auth.domain.errors import IntegrationFailed, StoreError
from atmos_auth.host.docker_folder import private_docker_folder
from atmos_auth.host.docker_login import DockerLogin
from atmos_auth.testing import FakeClock

REGISTRY = "1.example.com"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "docker"


def docker(folder: Path, environ: dict[str, str] | None = None, **options: bool) -> DockerLogin:
    return DockerLogin(
        REGISTRY,
        str(folder),
        environ=environ or {},
        locks=str(folder.parent / "locks"),
        clock=FakeClock(),
        **options,
    )


@pytest.fixture
def helper(tmp_path: Path) -> dict[str, str]:
    """A credential helper `docker-credential-vault`, and the environment that has it."""
    program = tmp_path / "bin" / "docker-credential-vault"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f'kept="{tmp_path}/kept"\n'
        'case "$1" in\n'
        'store) cat > "$kept" ;;\n'
        'get) [ -e "$kept" ] && cat "$kept" || { echo credentials not found in native keychain; exit 1; } ;;\n'
        'erase) rm -f "$kept" ;;\n'
        "esac\n"
    )
    program.chmod(0o700)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


def test_a_login_is_recognised_until_another_one_comes(folder):
    mark = docker(folder).log_in("AWS", "first")
    assert docker(folder).is_logged_in(mark)
    docker(folder).log_in("AWS", "second")
    assert not docker(folder).is_logged_in(mark)
    assert not docker(folder).log_out(mark)
    assert REGISTRY in json.loads((folder / "config.json").read_text())["auths"]


def test_logging_out_removes_the_login_once(folder):
    mark = docker(folder).log_in("AWS", "first")
    assert (docker(folder).log_out(mark), docker(folder).log_out(mark)) == (True, False)
    assert json.loads((folder / "config.json").read_text()) == {"auths": {}}


def test_a_link_stays_one(folder, tmp_path):
    folder.mkdir()
    dotfile = tmp_path / "dotfiles.json"
    dotfile.write_text("{}")
    (folder / "config.json").symlink_to(dotfile)
    docker(folder).log_in("AWS", "first")
    assert (folder / "config.json").is_symlink()
    assert REGISTRY in json.loads(dotfile.read_text())["auths"]
    assert dotfile.stat().st_mode & 0o777 == 0o600


def test_no_lock_stands_beside_the_file(folder):
    docker(folder).log_in("AWS", "first")
    assert os.listdir(folder) == ["config.json"]


def test_the_helper_that_docker_asks_keeps_the_password(folder, helper, tmp_path):
    folder.mkdir()
    (folder / "config.json").write_text('{"credsStore": "vault"}')
    mark = docker(folder, helper).log_in("AWS", "first")
    assert json.loads((tmp_path / "kept").read_text()) == {
        "ServerURL": REGISTRY,
        "Username": "AWS",
        "Secret": "first",
    }
    assert "first" not in (folder / "config.json").read_text()
    assert docker(folder, helper).is_logged_in(mark)
    assert docker(folder, helper).log_out(mark)
    assert not (tmp_path / "kept").exists()
    assert not docker(folder, helper).is_logged_in(mark)


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        (None, "cannot run docker-credential-vault"),
        ("echo the vault is sealed; exit 3", "failed with status 3: the vault is sealed"),
    ],
)
def test_a_helper_that_does_not_work_is_named(folder, helper, tmp_path, script, complaint):
    program = tmp_path / "bin" / "docker-credential-vault"
    program.write_text(f"#!/bin/sh\n{script}\n") if script else program.unlink()
    folder.mkdir()
    (folder / "config.json").write_text('{"credsStore": "vault"}')
    with pytest.raises(StoreError, match=complaint) as caught:
        docker(folder, helper).log_in("AWS", "a-secret-password")
    assert "a-secret-password" not in f"{caught.value}{caught.value.hints}"
    assert (folder / "config.json").read_text() == '{"credsStore": "vault"}'


def test_nothing_that_a_helper_prints_for_get_is_repeated(folder, helper, tmp_path):
    folder.mkdir()
    (folder / "config.json").write_text('{"credsStore": "vault"}')
    mark = docker(folder, helper).log_in("AWS", "first")
    (tmp_path / "kept").write_text("secret but no JSON")
    with pytest.raises(StoreError, match="did not answer as a credential helper does") as caught:
        docker(folder, helper).is_logged_in(mark)
    assert "secret" not in str(caught.value)


def test_a_helper_for_this_registry_is_in_the_way(folder):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"credHelpers": {REGISTRY: "ecr-login"}}))
    with pytest.raises(IntegrationFailed, match="docker-credential-ecr-login"):
        docker(folder).log_in("AWS", "first")


def test_a_run_that_keeps_nothing_gives_no_helper_a_password(folder, helper, tmp_path):
    folder.mkdir()
    (folder / "config.json").write_text('{"credsStore": "vault"}')
    with pytest.raises(IntegrationFailed, match="leaves nothing behind"):
        docker(folder, helper, keeps_nothing=True).log_in("AWS", "first")
    assert not (tmp_path / "kept").exists()


def test_a_folder_for_such_a_run_has_what_dockers_own_has(folder, tmp_path):
    (folder / "cli-plugins").mkdir(parents=True)
    (folder / "config.json").write_text('{"currentContext": "x"}')
    own = tmp_path / "private"
    assert private_docker_folder(str(folder), str(own)) == str(own)
    docker(own).log_in("AWS", "first")
    assert (own / "cli-plugins").resolve() == folder / "cli-plugins"
    assert (folder / "config.json").read_text() == '{"currentContext": "x"}'
    private_docker_folder(str(folder), str(own))
    assert REGISTRY in (own / "config.json").read_text()
    assert private_docker_folder(str(tmp_path / "none"), str(tmp_path / "empty")) == str(tmp_path / "empty")

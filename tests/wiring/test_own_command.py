"""How `atmos` is run again, for the same project."""

from atmos_auth.wiring import Options
from atmos_auth.wiring.own_command import OwnCommand

HERE = "/srv/project"


def own_command(**options) -> OwnCommand:
    return OwnCommand(Options(**options), directory=HERE, home="/home/jo", base_path=f"{HERE}/root")


def behind_ourselves(*words: str, **options) -> list[str]:
    command = own_command(**options).nested(words)
    return command[command.index("atmos_auth") + 1 :]


def test_a_run_within_a_run_is_told_nothing_that_was_not_said():
    assert behind_ourselves("auth", "exec", "--", "x") == ["auth", "exec", "--", "x"]


def test_a_run_within_a_run_finds_the_same_files_from_anywhere_else():
    options = {"config_files": ("a.yaml", "/b.yaml"), "config_directories": ("~/conf",), "profiles": ("ci", "eu")}
    assert behind_ourselves("version", **options, logs_file="log") == [
        f"--logs-file={HERE}/log",
        f"--config={HERE}/a.yaml",
        "--config=/b.yaml",
        "--config-path=/home/jo/conf",
        "--profile=ci",
        "--profile=eu",
        "version",
    ]
    assert behind_ourselves("version", base_path="./root")[0] == f"--base-path={HERE}/root"


def test_a_run_within_a_run_looks_and_asks_alike():
    assert behind_ourselves(color=False, interactive=False, force_tty=True, logs_level="Debug") == [
        "--no-color",
        "--interactive=false",
        "--force-tty",
        "--logs-level=Debug",
    ]


def test_a_profile_runs_us_in_this_directory_with_the_same_files():
    assert own_command(profiles=("ci",)).anywhere("auth", "env")[3:] == [
        "atmos_auth",
        "auth",
        "env",
        f"--chdir={HERE}",
        "--profile=ci",
    ]
    assert own_command().line("auth", "env").endswith(f" -P -m atmos_auth auth env --chdir={HERE}")

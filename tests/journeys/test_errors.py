"""Every fault of a configuration and of a choice: what is said, where it is, what mends it, and the exit status."""

from pathlib import Path
from typing import Any

import pytest
import yaml

FAULTS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "errors.yaml").read_text(encoding="utf-8")
)


def agree(found: list[Any], expected: list[dict[str, str]], file: Path) -> None:
    assert len(found) == len(expected), found
    for finding, row in zip(found, expected, strict=True):
        assert row["message"] in finding.message
        assert finding.place == f"{file}:{row['place']}"
        assert any(row["hint"] in hint for hint in finding.hints), (row["hint"], finding.hints)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_once_with_its_place_and_remedy(offline_machine, fault: str):
    row = FAULTS[fault]
    file = offline_machine.write(row["config"])
    result = offline_machine.atmos("auth", "validate")
    assert (result.returncode, result.stdout) == (row["exit"], ""), result.stderr
    assert "Traceback" not in result.stderr
    warnings, _, errors = result.stderr.partition("❌ Authentication configuration validation failed:\n")
    agree(offline_machine.findings(warnings), row.get("warnings", []), file)
    agree(offline_machine.findings(errors), row.get("errors", []), file)
    assert ("✅ Authentication configuration is valid" in result.stderr) == (row["exit"] == 0)

    if "run" not in row:
        return
    run = row["run"]
    result = offline_machine.atmos(*run["words"].split())
    assert (result.returncode, result.stdout) == (run["exit"], ""), result.stderr
    (finding,) = offline_machine.findings(result.stderr)
    assert run["message"] in finding.message
    assert any(run.get("hint", "") in hint for hint in finding.hints), finding.hints
    assert "Traceback" not in result.stderr


def test_findings_come_in_the_order_of_their_files_and_validate_needs_neither_network_nor_home(offline_machine):
    offline_machine.write("import: [parts/b.yaml, parts/a.yaml]\nauth: { logs: { level: loud } }\n")
    offline_machine.write("auth: { identities: { z: { kind: nope } } }\n", "parts/a.yaml")
    offline_machine.write("auth: { identities: { a: { kind: nope } } }\n", "parts/b.yaml")
    result = offline_machine.atmos("auth", "validate", "--verbose")
    assert "Validating authentication configuration..." in result.stderr
    places = [
        str(finding.place).removeprefix(f"{offline_machine.directory}/")
        for finding in offline_machine.findings(result.stderr)
    ]
    assert places == ["atmos.yaml:2:24", "parts/a.yaml:1:34", "parts/b.yaml:1:34"]
    assert offline_machine.files() == []


def test_keys_that_are_nearly_ours_are_warned_of(offline_machine):
    offline_machine.write(CONFIG.replace("auth:", "auht:", 1))
    result = offline_machine.atmos("auth", "validate")
    assert result.returncode == 0
    (finding,) = offline_machine.findings(result.stderr)
    assert (finding.message, finding.hints) == ("nothing here reads the section auht", ("did you mean `auth`?",))
    assert (finding.place or "").startswith(f"{offline_machine.atmos_yaml}:")


def test_a_malformed_realm_in_the_environment_is_found_as_well(offline_machine):
    offline_machine.write("auth: { identities: { here: { kind: ambient } } }\n")
    for words in (("validate",), ("whoami", "here")):
        result = offline_machine.atmos("auth", *words, env={"ATMOS_AUTH_REALM": "../up"})
        (finding,) = offline_machine.findings(result.stderr)
        assert (result.returncode, finding.message[:19]) == (1, "invalid realm value")
        assert "(from env)" in finding.message
        assert finding.hints == ("unset ATMOS_AUTH_REALM",)


CONFIG = """\
auth:
  providers:
    corp: { kind: aws/iam-identity-center, region: us-east-1, start_url: "https://corp.awsapps.com/start" }
    other: { kind: aws/iam-identity-center, region: us-east-1, start_url: "https://other.awsapps.com/start" }
  identities:
    dev: { kind: aws/permission-set, via: { provider: corp }, principal: { name: A, account: { name: a } } }
    prod: { kind: aws/permission-set, via: { provider: corp }, principal: { name: A, account: { name: b } } }
"""
PROVIDERS_ONLY = CONFIG.partition("  identities:")[0]
NOTHING = "auth: {}\n"
TWO_DEFAULTS = CONFIG.replace("dev: {", "dev: { default: true,").replace("prod: {", "prod: { default: true,")

# config, words, exit status, the message's core, and a command or edit among the hints
CHOICES = [
    (CONFIG, "auth whoami nobody", 1, 'identity "nobody" not found in the configuration', "atmos auth list"),
    (CONFIG, "auth whoami prd", 1, 'identity "prd" not found', 'did you mean "prod"?'),
    (CONFIG, "auth login --provider crop", 1, 'provider "crop" not found in the configuration', 'did you mean "corp"?'),
    (CONFIG, "auth logout --provider nobody", 1, "not found in the configuration", "atmos auth list"),
    (CONFIG, "auth login", 1, "no default identity configured for authentication", "name one: --identity dev"),
    (CONFIG, "auth exec -- true", 1, "no default identity configured for authentication", "`default: true`"),
    (CONFIG, "auth env", 1, "no default identity configured for authentication", "--identity"),
    (TWO_DEFAULTS, "auth login", 1, "multiple default identities found: `dev`, `prod`", "--identity dev"),
    (TWO_DEFAULTS, "auth whoami", 1, "multiple default identities found: `dev`, `prod`", "--identity dev"),
    (CONFIG, "auth exec -i -- true", 1, "interactive identity selection: requires a TTY", "--identity dev"),
    (NOTHING, "auth whoami", 1, "no identities available", "auth.identities"),
    (NOTHING, "auth exec -- true", 1, "no identities available", "--profile NAME"),
    (NOTHING, "auth login", 1, "no identities and no providers available", "atmos.yaml"),
    (PROVIDERS_ONLY, "auth login", 1, "no default provider configured and multiple providers exist", "--provider corp"),
    (CONFIG, "auth whoami dev", 1, 'no credentials found for identity "dev"', "atmos auth login --identity dev"),
    (CONFIG, "auth env dev", 1, 'credentials for identity "dev"', "atmos auth login --identity dev"),
    (CONFIG, "auth exec -i dev -- true", 2, "needs a person", "atmos auth login --identity dev"),
    (CONFIG, "auth login dev", 2, "needs a person", "run it in a terminal"),
    (CONFIG, "auth list --providers --identities", 1, "mutually exclusive flags provided", "keep one"),
    (CONFIG, "auth list --providers=nope", 1, "provider not found: nope", "corp, other"),
    (CONFIG, "auth list --identities nope,dev", 1, "identity not found: nope", "dev, prod"),
    (CONFIG, "auth list -f xml", 1, "unsupported format: xml", "tree, table, json, yaml"),
    (CONFIG, "auth env -f xml dev", 1, "unsupported format: xml", "bash, zsh, fish"),
    (CONFIG, "auth env --mode ram dev", 1, "unsupported mode: ram", "keys, files"),
    (CONFIG, "auth whoami -o yaml dev", 1, 'invalid output "yaml"', "--output json"),
    (CONFIG, "auth login --provider corp dev", 1, "exclude each other", "leave one of them out"),
    (CONFIG, "auth logout --provider corp --all", 1, "exclude each other", "keep one"),
    (CONFIG, "auth logout", 1, "nothing was named to log out of", "atmos auth logout --all"),
    (CONFIG, "auth whoami dev -i prod", 1, "name two identities", "leave one of them out"),
    (CONFIG, "auth exec", 1, "no command specified: invalid subcommand", "atmos auth exec -- aws"),
    (CONFIG, "auth exec --", 1, "no command specified", "atmos auth exec -- aws"),
    (CONFIG, "auth exec ls -l --all", 1, "'ls' must come after `--`", "atmos auth exec -- ls -l --all"),
    (CONFIG, "auth lgoin", 1, 'unknown command "atmos auth lgoin"', "atmos auth login"),
    (CONFIG, "auth -i login", 1, "no command given", "atmos auth login --identity"),
    (CONFIG, "auth whoami --nope", 1, "unknown flag --nope", "atmos auth whoami --help"),
    (CONFIG, "auth env --formta json", 1, "unknown flag --formta", "did you mean `--format`?"),
    (CONFIG, "auth whoami dev prod", 1, "unexpected 'prod'", "atmos auth whoami --help"),
    (CONFIG, "--profile nope auth list", 2, "the profile 'nope' does not exist", "No profile is defined yet"),
    (CONFIG, "--profile dev auth list", 2, "the profile 'dev' does not exist", "--identity dev, or ATMOS_IDENTITY=dev"),
    (CONFIG, "--config nope.yaml auth list", 1, "nope.yaml does not exist", "spelling"),
    (CONFIG, "-C nowhere auth list", 1, "workdir does not exist: nowhere", "--chdir"),
    (CONFIG, "--logs-level loud auth list", 1, '"loud" is not a log level', "Trace, Debug"),
    (CONFIG, "--interactive=maybe auth list", 1, "neither true nor false", "--interactive=false"),
]


@pytest.mark.parametrize(("config", "words", "status", "message", "hint"), CHOICES, ids=[row[1] for row in CHOICES])
def test_a_choice_that_cannot_be_met_is_told_once(
    offline_machine, config: str, words: str, status: int, message: str, hint: str
):
    offline_machine.write(config)
    result = offline_machine.atmos(*words.split())
    assert (result.returncode, result.stdout) == (status, ""), result.stderr
    (finding,) = offline_machine.findings(result.stderr)
    assert message in finding.message
    assert any(hint in line for line in finding.hints), finding.hints
    assert "Traceback" not in result.stderr


def test_without_words_and_without_a_configuration_it_says_what_is_missing(offline_machine):
    result = offline_machine.atmos()
    assert result.returncode == 1
    assert result.stdout.startswith("usage: atmos COMMAND")
    (finding,) = offline_machine.findings(result.stderr)
    assert finding.message == "the atmos.yaml CLI config file was not found here, above, or in the repository"
    for words in (("--help",), ("-h",), ("version",), ("--version",), ("auth", "--help"), ("auth",)):
        asked = offline_machine.atmos(*words)
        assert (asked.returncode, asked.stderr) == (0, ""), words
    offline_machine.write("auth: {}\n")
    assert offline_machine.atmos().returncode == 0


def test_the_profiles_there_are_get_named_when_one_is_misspelt(offline_machine):
    offline_machine.write(CONFIG)
    offline_machine.write("auth: {}\n", "profiles/developer/atmos.yaml")
    result = offline_machine.atmos("--profile", "devloper", "auth", "list")
    assert result.returncode == 2
    assert "developer" in result.stderr

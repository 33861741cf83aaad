"""What is offered at the cursor: the next word of a command, its flags, and names that the configuration knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atmos_auth.cli.commands import COMMANDS
from atmos_auth.cli.completion import rejoined
from atmos_auth.cli.shell_completion.candidates import candidates
from atmos_auth.cli.shell_completion.following import (
    COMPONENTS,
    IDENTITIES,
    IDENTITY_TAGS,
    INTEGRATIONS,
    PROFILES,
    PROVIDER_TAGS,
    PROVIDERS,
    STACKS,
    TAGS,
)

NAMES = {
    IDENTITIES: ["dev-admin", "Dev-reader", "team:prod", "a b"],
    PROVIDERS: ["company-sso", "okta"],
    INTEGRATIONS: ["docker"],
    TAGS: ["prod", "production", "test"],
    IDENTITY_TAGS: ["prod", "production", "test"],
    PROVIDER_TAGS: ["company"],
    PROFILES: ["ci", "local"],
    STACKS: ["dev", "prod"],
    COMPONENTS: ["vpc", "vpn", "app"],
}


def offered(line: str) -> list[str]:
    """Complete a line at its end; words are separated by single blanks."""
    return [candidate.word for candidate in candidates(line.split(" "), NAMES.__getitem__)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("atmos ", ["auth"]),
        ("atmos au", ["auth"]),
        ("atmos auth shell --refresh=e", ["--refresh=endpoint"]),
        ("atmos auth exec --refresh=", ["--refresh=process", "--refresh=endpoint", "--refresh=off"]),
        ("atmos auth shell --refresh dev", ["dev-admin", "Dev-reader"]),
        ("atmos auth keyring ", ["move"]),
        ("atmos auth who", ["whoami"]),
        ("atmos-auth who", ["whoami"]),
        ("/usr/local/bin/atmos-auth who", ["whoami"]),
        ("atmos nonsense ", []),
        ("atmos auth login ", NAMES[IDENTITIES]),
        ("atmos auth login DEV", ["dev-admin", "Dev-reader"]),
        ("atmos auth login dev-admin ", []),
        ("atmos auth login --identity ", NAMES[IDENTITIES]),
        ("atmos auth login -i team", ["team:prod"]),
        ("atmos auth --identity dev-admin who", ["whoami"]),
        ("atmos auth login --identity=dev", ["--identity=dev-admin", "--identity=Dev-reader"]),
        ("atmos auth login --provider ok", ["okta"]),
        ("atmos auth login --provider=ok", ["--provider=okta"]),
        ("atmos auth login --login-flow p", ["pkce"]),
        ("atmos auth login --profile ci,l", ["ci,local"]),
        ("atmos auth login --logs-level d", ["Debug"]),
        ("atmos auth login --forc", ["--force", "--force-tty"]),
        ("atmos auth login --force --forc", ["--force-tty"]),
        ("atmos auth login -i x --ident", []),
        ("atmos auth login --profile a --prof", ["--profile"]),
        ("atmos auth exec -- terraform pl", []),
        ("atmos auth exec -- --iden", []),
        ("atmos completion f", ["fish"]),
        ("atmos aws ecr login d", ["docker"]),
        ("atmos auth list --providers okta,comp", ["okta,company-sso"]),
        ("atmos auth login --tags test,prod", ["test,prod", "test,production"]),
        ("atmos auth login --tags test,prod,p", ["test,prod,production"]),
        ("atmos terraform plan --tags t", []),
        ("atmos auth list --tags pr", ["prod", "production"]),
        ("atmos auth logout --tags c", ["company"]),
        ("atmos auth console --destination s3", ["s3"]),
        ("atmos terraform pl", ["plan"]),
        ("atmos terraform sh", ["shell", "show"]),
        ("atmos terraform generate v", ["varfile"]),
        ("atmos terraform plan v", ["vpc", "vpn"]),
        ("atmos tf plan a", ["app"]),
        ("atmos terraform plan vpc ", []),
        ("atmos terraform plan vpc -s ", NAMES[STACKS]),
        ("atmos terraform plan -s dev v", ["vpc", "vpn"]),
        ("atmos terraform -s dev plan v", ["vpc", "vpn"]),
        ("atmos terraform plan --stack=p", ["--stack=prod"]),
        ("atmos terraform plan --components vpc,v", ["vpc,vpn"]),
        ("atmos terraform state l", ["list"]),
        ("atmos terraform state list a", ["app"]),
        ("atmos terraform state list app ", []),
        ("atmos terraform plan vpc -targ", ["-target", "-target-file"]),
        ("atmos auth login -targ", []),
        ("atmos terraform nonsense ", []),
        ("atmos terraform version ", []),
        ("atmos terraform plan vpc -- ", []),
        ("atmos terraform shell a", ["app"]),
        ("atmos terraform generate backend a", ["app"]),
        ("atmos terraform clean a", ["app"]),
        ("atmos describe component a", ["app"]),
        ("atmos list components -s ", NAMES[STACKS]),
        ("atmos workflow -s p", ["prod"]),
    ],
)
def test_what_is_offered(line: str, words: list[str]):
    found = offered(line)
    assert found[: len(words)] == words if line == "atmos " else found == words


def test_flags_are_offered_with_what_they_are():
    (found,) = candidates(["atmos", "auth", "login", "--webf"], NAMES.__getitem__)
    assert (found.word, found.about.startswith("sign an IAM user in")) == ("--webflow", True)


def test_an_optional_value_may_be_left_out():
    """After a bare --identity a word that is no name begins the next thing."""
    assert offered("atmos auth --identity who") == ["whoami"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_every_command_offers_its_flags(command):
    found = offered(" ".join(("atmos", *command.words, "--")))
    assert {"--help", "--chdir", "--verbose"} <= set(found)
    assert len(found) == len(set(found))


words = st.lists(
    st.one_of(
        st.sampled_from(["auth", "login", "--", "--identity", "-i", "--format", "=", ":", "", "--x=", "exec"]),
        st.text(max_size=5),
    ),
    max_size=6,
)


@given(line=words)
def test_no_line_makes_it_fall_over(line: list[str]):
    assert isinstance(candidates(["atmos", *line], NAMES.__getitem__), list)
    assert "".join(rejoined(["atmos", *line])) == "".join(["atmos", *line])


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        (["atmos", "--identity", "=", "de"], ["atmos", "--identity=de"]),
        (["atmos", "--identity", "="], ["atmos", "--identity="]),
        (["atmos", "login", "team", ":", "pr"], ["atmos", "login", "team:pr"]),
        (["atmos", "login", "a", "b"], ["atmos", "login", "a", "b"]),
        (["atmos", "login", "=", "b"], ["atmos", "login", "=", "b"]),
    ],
)
def test_what_bash_has_cut_is_put_together(cut: list[str], whole: list[str]):
    assert rejoined(cut) == whole

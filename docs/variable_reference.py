"""The page about environment variables, from the sentences beside their names."""

import inspect
import re
from typing import NamedTuple

from atmos_auth.domain import env_names
from docs.markdown import page, table

# Variables whose line in `env_names` has no sentence, because the AWS documentation says it all.
AWS_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "access key id",
    "AWS_SECRET_ACCESS_KEY": "secret access key",
    "AWS_SESSION_TOKEN": "session token",
    "AWS_SHARED_CREDENTIALS_FILE": "the credentials file that holds the profile",
    "AWS_CONFIG_FILE": "the config file that holds the profile",
    "AWS_PROFILE": "the identity's name",
    "AWS_REGION": "region, when the chain names one",
    "AWS_DEFAULT_REGION": "the same, for tools that read only this one",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "where `auth serve` and `--refresh=endpoint` give credentials away",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "the file with the token that must be shown there",
    "AWS_ENDPOINT_URL_STS": "where STS answers, when `spec.endpoint_url` says so",
}
# Variables of the system and of other programs that are heeded as everybody heeds them.
EVERYBODYS = {
    "HOME": "your home directory (`USERPROFILE` on Windows)",
    "XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_DATA_HOME": "where files go; must be absolute",
    "NO_COLOR": "plain text, when set to anything",
    "TERM": "`dumb`: no colours, no redrawing, lists are answered by number",
    "BROWSER": "the program that opens pages; entries separated by `:`, `%s` stands for the address",
    "DISPLAY, WAYLAND_DISPLAY": "one of them must be set for a local browser on Linux",
    "SSH_CONNECTION, SSH_CLIENT, SSH_TTY": "no browser of this machine is used",
    "HTTPS_PROXY, NO_PROXY": "proxy for calls to AWS; never used for this machine itself",
    "AWS_CA_BUNDLE, SSL_CERT_FILE, REQUESTS_CA_BUNDLE": "CA certificates for calls to AWS",
}
AUTOMATED = (
    "Nobody is asked to choose there, and no browser is opened: where `CI` is `true` or `1`, where `JENKINS_URL` and "
    "`BUILD_ID` are both set, where `CI_NAME` is `codeship` or `sourcehut`, or where one of these is set:"
)
# What is typed, within the sentences of `env_names.py`.
TYPED = re.compile(
    r"^(true|false)(?=:)|^system(?=, )|\bfile(?= or memory)|(?<= or )memory\b|\bauth\.keyring\.[\w.]*\w"
    r"|\b(auto|pkce|device|XDG_\w+|ATMOS_\w+|login_flow|atmos\.yaml)\b"
)


class Variable(NamedTuple):
    """An environment variable and the sentence beside it."""

    name: str
    sentence: str


def env_sections() -> list[tuple[str, list[Variable]]]:
    """Read the headings, names and sentences of `env_names.py`, in order."""
    sections: list[tuple[str, list[Variable]]] = []
    for line in inspect.getsource(env_names).splitlines():
        if heading := re.fullmatch(r"# --- (.+?) -+", line):
            sections.append((heading[1], []))
        elif found := re.fullmatch(r'([A-Z0-9_]+) = "\1"(?:  # (.*))?', line):
            said = (found[2] or "").partition("noqa:")[0].rstrip("# ")
            sections[-1][1].append(Variable(found[1], said or AWS_VARIABLES[found[1]]))
    return sections


def variables_page() -> str:
    """List every variable that is read or written."""
    parts = []
    for heading, variables in env_sections():
        rows = [f"| `{v.name}` | {_sentence(v.sentence)} |" for v in variables]
        parts += [f"## {heading[0].upper()}{heading[1:]}", table(("variable", "what it says"), rows)]
    rows = [f"| {_names(names)} | {_sentence(sentence)} |" for names, sentence in EVERYBODYS.items()]
    conflicting = ", ".join(f"`{name}`" for name in sorted(env_names.CONFLICTING_WITH_PROFILE))
    automated = ", ".join(f"`{name}`" for name in sorted(env_names.CONTINUOUS_INTEGRATION, key=str.lower))
    words = ", ".join(f"`{word}`" for word in sorted(env_names.DISABLING_WORDS))
    parts += [
        "## Words that switch authentication off",
        f"As a value of `ATMOS_IDENTITY` or `--identity`, in any case: {words}.",
        "## What is removed from a program's environment",
        "These would win over what the program is given. `auth exec` removes them; `auth env` prints `unset` for them.",
        f"{conflicting}.",
        "## Variables of the system and of other programs",
        table(("variable", "what it says"), rows),
        "## What counts as continuous integration",
        AUTOMATED,
        f"{automated}.",
    ]
    lead = (
        "A flag wins over its variable, and a variable wins over `atmos.yaml`. Variables that begin with `ATMOS_` may "
        "also stand under `env:` in `atmos.yaml`; the real environment wins over that. Those that are needed before "
        "the file is read (which directory, which files, which log) must stand in the real environment."
    )
    return page(
        "Environment variables", "src/atmos_auth/domain/env_names.py or docs/variable_reference.py", lead, *parts
    )


def _names(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


def _sentence(text: str) -> str:
    """Give a sentence with a capital and a full stop, and what is typed in quotes."""
    text = text.replace("|", "\\|")
    if re.match(r"(auth \w+|workflow) --", text):
        return f"Stands in for `atmos {text}`."
    text = TYPED.sub(r"`\g<0>`", text)
    text = text.replace("false/0/no/off", "one of `false`, `0`, `no`, `off`")
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"

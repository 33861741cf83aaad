"""Write `docs/reference` from the code: commands, kinds, variables, errors, the library, templates.

Run it from the repository root: `python -m docs.generate`. What it writes is checked in; a test keeps it up to date.
"""

import argparse
import inspect
import io
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from atmos_auth.cli.commands import COMMANDS, GROUPS, Command
from atmos_auth.cli.parsing import parse
from atmos_auth.config.settings import IdentitySettings, IntegrationSpec, ProviderSettings
from atmos_auth.domain import env_names, errors
from atmos_auth.domain.chain import IDENTITY, INTEGRATION, PROVIDER, SECTIONS
from atmos_auth.engine import registry
from docs import python_reference, template_reference
from docs.kind_words import CREDENTIALS, EXAMPLES, NOTES, ONE_OF_TWO, PLAIN, SETTINGS, VALUES

REFERENCE = Path(__file__).parent / "reference"
# Folders and files that nobody else writes to.
OWNED = ("commands", "kinds", "environment-variables.md", "errors.md", "python.md", "templates.md", "testing.md")
NOTICE = "<!-- Written by `python -m docs.generate`; edit {source} instead. -->\n"

# Pages that a reader of a command's page looks for next.
RELATED = {
    "auth-login": (
        "how-to/sign-in-over-ssh.md",
        "how-to/use-an-iam-user.md",
        "how-to/sign-in-through-the-browser.md",
        "how-to/discover-accounts-and-roles.md",
        "how-to/share-sign-ins-with-the-aws-cli.md",
        "explanation/what-is-asked-when.md",
    ),
    "auth-whoami": ("how-to/troubleshoot.md", "explanation/what-is-asked-when.md"),
    "auth-env": (
        "how-to/use-in-your-shell.md",
        "how-to/use-with-terraform-and-sdks.md",
        "how-to/use-in-github-actions.md",
        "explanation/what-is-asked-when.md",
    ),
    "auth-shell": ("how-to/use-in-your-shell.md", "how-to/run-for-hours.md", "explanation/what-is-asked-when.md"),
    "auth-shell-init": ("how-to/use-in-your-shell.md",),
    "auth-exec": (
        "how-to/use-with-terraform-and-sdks.md",
        "how-to/run-for-hours.md",
        "explanation/what-is-asked-when.md",
    ),
    "auth-console": ("how-to/open-the-web-console.md", "explanation/what-is-asked-when.md"),
    "auth-credential-process": (
        "how-to/use-with-terraform-and-sdks.md",
        "how-to/run-for-hours.md",
        "how-to/use-in-github-actions.md",
    ),
    "auth-serve": ("how-to/run-for-hours.md", "explanation/what-is-asked-when.md"),
    "auth-list": ("how-to/see-what-is-configured.md", "how-to/several-portals-and-accounts.md"),
    "auth-discover": ("how-to/discover-accounts-and-roles.md", "how-to/several-portals-and-accounts.md"),
    "auth-validate": ("how-to/editor-schema.md", "how-to/troubleshoot.md"),
    "auth-logout": ("how-to/log-out.md", "how-to/keep-projects-apart-with-realms.md"),
    "auth-user-configure": ("how-to/use-an-iam-user.md", "how-to/keep-keys-in-a-keyring.md"),
    "auth-keyring-move": ("how-to/keep-keys-in-a-keyring.md", "explanation/keyrings.md"),
    "workflow": ("how-to/run-workflows.md", "how-to/use-with-terraform-and-sdks.md"),
    "list-workflows": ("how-to/run-workflows.md",),
    "completion": ("how-to/complete-in-your-shell.md",),
    "aws-ecr-login": ("how-to/log-in-to-ecr-and-eks.md",),
    "aws-eks-update-kubeconfig": ("how-to/log-in-to-ecr-and-eks.md",),
    "aws-eks-token": ("how-to/log-in-to-ecr-and-eks.md",),
    "terraform": ("how-to/run-terraform.md", "how-to/describe-stacks.md", "explanation/what-is-asked-when.md"),
    "terraform-shell": ("how-to/run-terraform.md", "how-to/use-in-your-shell.md"),
    "terraform-clean": ("how-to/run-terraform.md",),
    "terraform-generate-varfile": ("how-to/run-terraform.md",),
    "terraform-generate-backend": ("how-to/run-terraform.md",),
    "terraform-generate-files": ("how-to/run-terraform.md",),
    "describe-component": ("how-to/describe-stacks.md",),
    "describe-stacks": ("how-to/describe-stacks.md",),
    "describe-config": ("how-to/describe-stacks.md", "reference/configuration-files.md"),
    "list-stacks": ("how-to/describe-stacks.md",),
    "list-components": ("how-to/describe-stacks.md",),
    "validate-stacks": ("how-to/describe-stacks.md",),
    "version": (),
}

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
# What `atmos_auth.testing` offers that has no docstring.
CONSTANTS = {"NOW": "2026-01-02T03:04:05Z in epoch seconds: when the samples were issued, and where `FakeClock` starts"}
# What is typed, within the sentences of `env_names.py`.
TYPED = re.compile(
    r"^(true|false)(?=:)|^system(?=, )|\bfile(?= or memory)|(?<= or )memory\b|\bauth\.keyring\.[\w.]*\w"
    r"|\b(auto|pkce|device|XDG_\w+|ATMOS_\w+|login_flow|atmos\.yaml)\b"
)
# Statuses that no error class stands for.
OTHER_STATUSES = {
    "0": "It went well. For `auth whoami` that includes credentials that cannot be used, unless `--check` is given.",
    "130": "Ctrl-C.",
    "141": "The program that read the output has gone.",
    "143": "SIGTERM.",
}


class Setting(NamedTuple):
    """One row of a kind's table."""

    path: str
    required: str
    default: str
    meaning: str
    example: str


def pages() -> dict[str, str]:
    """Return every generated page by its path below `docs/reference`."""
    found = {"commands/README.md": commands_index(), "kinds/README.md": kinds_index()}
    found |= {f"commands/{command_file(command)}": command_page(command) for command in COMMANDS}
    found |= {f"kinds/{kind_file(entry)}": kind_page(entry) for entry in registry.BUILT_IN}
    return found | {
        "environment-variables.md": variables_page(),
        "errors.md": errors_page(),
        "testing.md": testing_page(),
        "python.md": _page("Python", "src/atmos_auth/library/auth.py", *python_reference.sections()),
        "templates.md": _page("Templates", "docs/template_functions.yaml", *template_reference.sections()),
    }


def command_file(command: Command) -> str:
    """Name the page of a command."""
    return f"{'-'.join(command.words)}.md"


def kind_file(entry: registry.KindEntry) -> str:
    """Name the page of a kind."""
    return f"{entry.kind.replace('/', '-')}.md"


def commands_index() -> str:
    """List the commands, and show the help of the groups."""
    rows = [f"| [`atmos {' '.join(c.words)}`]({command_file(c)}) | {c.summary} |" for c in COMMANDS]
    helps = [f"## `{name}`\n\n{_fenced(help_text(name.split()[1:]))}" for name in _group_names()]
    lead = (
        "`atmos-auth VERB` is the same as `atmos auth VERB`, for people who keep another `atmos` on their PATH. "
        "`python -m atmos_auth` is the same as `atmos`."
    )
    source = "src/atmos_auth/cli/commands.py"
    return _page("Commands", source, lead, _table(("command", "what it does"), rows), *helps)


def command_page(command: Command) -> str:
    """Describe one command: its own help, the variables that stand in for its flags, and where to read on."""
    name = " ".join(command.words)
    stem = "-".join(command.words)
    parts = [f"{command.summary}.", _fenced(help_text(command.words))]
    defaults = [
        f"| `{v.name}` | `{v.sentence.removeprefix(name).strip()}` |"
        for _, variables in env_sections()
        for v in variables
        if v.sentence.startswith(f"{name} --")
    ]
    if defaults:
        parts += ["## Variables that stand in for flags", _table(("variable", "flag"), defaults)]
    parts.append("## See also")
    parts.append(
        "\n".join(f"- [{_title(page)}](../../{page})" for page in RELATED[stem])
        + "\n- [Environment variables](../environment-variables.md)\n- [Errors and exit codes](../errors.md)"
    )
    return _page(f"`atmos {name}`", f"src/{command.module.replace('.', '/')}.py", *parts)


def help_text(words: Iterator[str] | tuple[str, ...] | list[str]) -> str:
    """Return what `--help` prints for a command or a group."""
    output = io.StringIO()
    with redirect_stdout(output), suppress(SystemExit):
        parse([*words, "--help"])
    return output.getvalue().rstrip()


def kinds_index() -> str:
    """List the kinds by role."""
    parts = []
    for role, title in ((PROVIDER, "Providers"), (IDENTITY, "Identities")):
        rows = [
            f"| [`{e.kind}`]({kind_file(e)}) | {_lead(e)} | {_needs(e)} | {_gives(e)} |"
            for e in registry.BUILT_IN
            if e.role == role
        ]
        parts += [f"## {title} (`auth.{SECTIONS[role]}`)", _table(("kind", "what it is", "needs", "gives"), rows)]
    following = [
        f"| [`{e.kind}`]({kind_file(e)}) | {_lead(e)} | {_needs(e)} |"
        for e in registry.BUILT_IN
        if e.role == INTEGRATION
    ]
    heading = f"## Integrations (`auth.{SECTIONS[INTEGRATION]}`)"
    parts += [heading, _table(("kind", "what it does", "needs"), following)]
    lead = (
        "A provider says how you prove who you are. An identity says who you become. Each link of a chain takes what "
        "the link before it gives; where they do not fit, `atmos auth validate` says so. An integration follows an "
        "identity, and has another program work as it."
    )
    return _page("Kinds", "src/atmos_auth/engine/registry.py", lead, *parts)


def kind_page(entry: registry.KindEntry) -> str:
    """Describe one kind: what it needs and gives, its settings, an example that is valid."""
    facts = [
        f"| Role | {entry.role}, under `auth.{SECTIONS[entry.role]}` |",
        f"| Needs | {_needs(entry)}{_who_gives(entry)} |",
    ]
    if entry.role != INTEGRATION:
        facts.append(f"| Gives | {_gives(entry)} |")
    rows = [f"| `{s.path}` | {s.required} | {s.default} | {s.meaning} | {s.example} |" for s in settings(entry)]
    return _page(
        f"`{entry.kind}`",
        f"{_source(entry)} or docs/kind_words.py",
        f"{_lead(entry)[0].upper()}{_lead(entry)[1:]}.",
        _table(("", ""), facts),
        "## Settings",
        _table(("setting", "required", "default", "what it says", "for example"), rows),
        *_words(NOTES, entry),
        "## Example",
        *(f"```yaml\n{example}```" for example in _words(EXAMPLES, entry)),
    )


def settings(entry: registry.KindEntry) -> list[Setting]:
    """Flatten the structure of a kind into rows: its own settings first, then those of every kind."""
    schema = msgspec.json.schema(registry.load(entry).settings_type)
    definitions = schema["$defs"]
    root = definitions[schema["$ref"].rpartition("/")[2]]
    if entry.role == INTEGRATION:
        last = {f"spec.{name}" for name in IntegrationSpec.__struct_fields__}
        rows = _rows(entry, root, definitions, "", in_required=True)
        return sorted(rows, key=lambda row: (row.path not in ("kind", *_VIA), row.path != "kind", row.path in last))
    general = {"default", *(IdentitySettings, ProviderSettings)[entry.role == PROVIDER].__struct_fields__} - {"kind"}
    rows = _rows(entry, root, definitions, "", in_required=True)
    return sorted(rows, key=lambda row: (row.path != "kind", re.split(r"[.\[]", row.path)[0] in general))


def _rows(
    entry: registry.KindEntry, node: Mapping[str, Any], definitions: Mapping[str, Any], above: str, *, in_required: bool
) -> Iterator[Setting]:
    for name, described in node["properties"].items():
        path = f"{above}{name}"
        is_required = name in node["required"]
        items = described.get("items", {})
        reference = described.get("$ref")
        if reference:
            below = definitions[reference.rpartition("/")[2]]
            yield from _rows(entry, below, definitions, f"{path}.", in_required=in_required and is_required)
            continue
        # Whoever starts a chain needs no `via`, even where one is accepted.
        choice = None if entry.stands_alone else ONE_OF_TWO.get(path)
        required = choice or _required(is_required=is_required, in_required=in_required, above=above)
        yield Setting(path, required, _default(described), _meaning(entry, path, described), _example(path, described))
        if "$ref" in items:
            below = definitions[items["$ref"].rpartition("/")[2]]
            yield from _rows(entry, below, definitions, f"{path}[].", in_required=False)


def _required(*, is_required: bool, in_required: bool, above: str) -> str:
    if not is_required:
        return "no"
    return "yes" if in_required else f"in `{above.rstrip('.').removesuffix('[]')}`"


def _default(described: Mapping[str, Any]) -> str:
    default = described.get("default")
    if default in (None, "", []) or (default == 0 and "anyOf" in described):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _meaning(entry: registry.KindEntry, path: str, described: Mapping[str, Any]) -> str:
    keys = (f"{entry.kind}:{path}", f"{entry.role}:{path}", path)
    sentence = next((SETTINGS[key] for key in keys if key in SETTINGS), None)
    if sentence is None:
        raise LookupError(f"docs/kind_words.py has no sentence for `{path}` of {entry.kind}")
    accepted = next((c["description"] for c in (described, *described.get("anyOf", [])) if "description" in c), "")
    if accepted in PLAIN:
        accepted = ""
    parts = (sentence.format(kind=entry.kind), f"Accepted: {accepted}." if accepted else "")
    return " ".join(part for part in parts if part).replace("|", "\\|")


def _example(path: str, described: Mapping[str, Any]) -> str:
    if path in VALUES:
        return f"`{VALUES[path]}`"
    for choice in (described, *described.get("anyOf", [])):
        for example in choice.get("examples", ()):
            return f'`"{example}"`' if isinstance(example, str) and example.isdigit() else f"`{example}`"
    return ""


def _lead(entry: registry.KindEntry) -> str:
    """Take what the module's first sentence says after the kind's name."""
    sentence = (import_module(entry.module).__doc__ or "").split("\n\n")[0]
    return sentence.partition(": ")[2].rstrip(".")


def _source(entry: registry.KindEntry) -> str:
    """Name the file that the page comes from; that of a package is its `__init__.py`."""
    file = Path(import_module(entry.module).__file__ or "")
    return file.relative_to(REFERENCE.parents[1]).as_posix()


def _needs(entry: registry.KindEntry) -> str:
    needs = registry.load(entry).needs
    return " or ".join(CREDENTIALS[needed.__name__] for needed in needs) or "nothing: it starts a chain"


def _gives(entry: registry.KindEntry) -> str:
    return CREDENTIALS[registry.load(entry).gives.__name__]


_VIA = ("via.provider", "via.identity")


def _words(written: Mapping[str, str], entry: registry.KindEntry) -> list[str]:
    if entry.kind not in written:
        raise LookupError(f"docs/kind_words.py has no note or no example for {entry.kind}")
    return [written[entry.kind]] if written[entry.kind] else []


def _who_gives(entry: registry.KindEntry) -> str:
    needs = tuple(registry.load(entry).needs)
    links = [other for other in registry.BUILT_IN if other.role != INTEGRATION]
    givers = [other for other in links if needs and issubclass(registry.load(other).gives, needs)]
    return f", from {', '.join(f'[`{g.kind}`]({kind_file(g)})' for g in givers)}" if givers else ""


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
        parts += [f"## {heading[0].upper()}{heading[1:]}", _table(("variable", "what it says"), rows)]
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
        _table(("variable", "what it says"), rows),
        "## What counts as continuous integration",
        AUTOMATED,
        f"{automated}.",
    ]
    lead = (
        "A flag wins over its variable, and a variable wins over `atmos.yaml`. Variables that begin with `ATMOS_` may "
        "also stand under `env:` in `atmos.yaml`; the real environment wins over that. Those that are needed before "
        "the file is read (which directory, which files, which log) must stand in the real environment."
    )
    return _page("Environment variables", "src/atmos_auth/domain/env_names.py or docs/generate.py", lead, *parts)


def errors_page() -> str:
    """List every error with its meaning and exit code."""
    rows = [
        f"| `{c.__name__}` | {_first_sentence(c)} | {c.exit_code} |"
        for c in vars(errors).values()
        if inspect.isclass(c) and issubclass(c, errors.AtmosAuthError) and c is not errors.AtmosAuthError
    ]
    others = [f"| {status} | {meaning} |" for status, meaning in OTHER_STATUSES.items()]
    tree = inspect.cleandoc(errors.__doc__ or "").partition("\n\n")[2]
    return _page(
        "Errors and exit codes",
        "src/atmos_auth/domain/errors.py or docs/generate.py",
        "An error says what is wrong, where the value at fault was written (`file:line:column`), and a command or edit "
        "that mends it. It goes to stderr. `auth exec` passes on the status of the program it ran; a program that was "
        "killed by signal N gives 128 + N. `workflow` passes on that of the step that failed.",
        "## Errors",
        _table(("error", "when", "exit code"), rows),
        "## Other exit codes",
        _table(("exit code", "when"), others),
        "## The tree",
        _fenced(tree),
    )


def testing_page() -> str:
    """List the fakes and samples for authors of kinds, and what each contract holds an implementation to."""
    from atmos_auth import testing
    from atmos_auth.testing import contracts

    offered = {name: getattr(testing, name) for name in testing.__all__}
    words = {name: CONSTANTS.get(name) or _paragraph(thing) for name, thing in offered.items()}
    fakes = [f"| `{name}` | {words[name]} |" for name in offered if name[0].isupper()]
    samples = [f"| `{name}(...)` | {words[name]} |" for name in offered if not name[0].isupper()]
    parts = []
    for name in contracts.__all__:
        contract = getattr(contracts, name)
        tests = [(n, t) for n, t in vars(contract).items() if n.startswith("test_")]
        rows = [f"| {n.removeprefix('test_').replace('_', ' ')} | {_paragraph(test)} |" for n, test in tests]
        parts += [f"### `{name}`", _paragraph(contract), _table(("what is tested", ""), rows)]
    return _page(
        "Fakes and contracts for authors of kinds",
        "src/atmos_auth/testing",
        "What `atmos_auth.testing` offers to the tests of a plug-in; [Write a kind](../how-to/write-a-kind.md) shows "
        "it in use.",
        "## Fakes",
        _table(("name", "what it does"), fakes),
        "## Samples",
        _table(("name", "what it does"), samples),
        "## Contracts",
        "Classes for pytest in `atmos_auth.testing.contracts`: subclass one, say what is under test, and run it.",
        *parts,
    )


def _paragraph(thing: Any) -> str:
    """Return the first paragraph of what a thing says of itself, on one line of a table."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].split()).replace("|", "\\|")


def write() -> list[str]:
    """Write every page, remove what is not one any more, and name what changed."""
    wanted = pages()
    changed = []
    for path in sorted(owned_files() - set(wanted)):
        (REFERENCE / path).unlink()
        changed.append(path)
    for path, text in wanted.items():
        target = REFERENCE / path
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def owned_files() -> set[str]:
    """Return the generated files that are there, as paths below `docs/reference`."""
    found: set[str] = set()
    for name in OWNED:
        path = REFERENCE / name
        files = path.rglob("*.md") if path.is_dir() else [path]
        found |= {file.relative_to(REFERENCE).as_posix() for file in files if file.exists()}
    return found


def main() -> int:
    """Write the reference, or with --check only tell whether it is up to date."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something would change")
    if parser.parse_args().check:
        wanted = pages()
        stale = sorted(owned_files() ^ set(wanted))
        stale += [p for p, text in wanted.items() if p not in stale and (REFERENCE / p).read_text("utf-8") != text]
        sys.stdout.writelines(f"out of date: docs/reference/{path}\n" for path in stale)
        return 1 if stale else 0
    sys.stdout.writelines(f"wrote docs/reference/{path}\n" for path in write())
    return 0


def _page(title: str, source: str, *parts: str) -> str:
    return "\n\n".join((NOTICE.format(source=source).rstrip(), f"# {title}", *parts)) + "\n"


def _table(header: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join((f"| {' | '.join(header)} |", f"|{'---|' * len(header)}", *rows))


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


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


def _first_sentence(documented: type) -> str:
    return inspect.cleandoc(documented.__doc__ or "").split("\n\n")[0].replace("|", "\\|")


def _title(page: str) -> str:
    """Return the first heading of a page below `docs`."""
    text = (REFERENCE.parent / page).read_text(encoding="utf-8")
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    if found is None:
        raise SystemExit(f"docs/{page} has no heading")
    return found[1]


def _group_names() -> list[str]:
    return ["atmos", *(" ".join(("atmos", *words)) for words in GROUPS)]


if __name__ == "__main__":
    sys.exit(main())

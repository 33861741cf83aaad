"""What the documents say is so: links resolve, configurations are valid, commands exist, the reference is current."""

import inspect
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from atmos_auth.cli.commands import COMMANDS
from atmos_auth.cli.parsing import parse
from atmos_auth.config.compose import compose
from atmos_auth.domain import env_names
from atmos_auth.engine import registry
from atmos_auth.wiring import Options, Project

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
# A block with this line above is a profile that goes over the block before it.
LAID_OVER = "<!-- laid over the block above -->"
SHELLS = ("console", "bash", "sh", "shell")
# Its blocks show how files are read; the files and programs that they name are not here.
ABOUT_READING = DOCS / "reference" / "configuration-files.md"
FENCED = re.compile(r"^( *)(`{3,}).*?^\1\2$", re.MULTILINE | re.DOTALL)
# What may stand between two commands on one line.
BETWEEN = re.compile(r"\s(?:&&|\|\||\||>>?|2>)\s|;\s")


class Block(NamedTuple):
    """A fenced block of a page; `line` is that of its fence, `above` the last text before it."""

    page: Path
    line: int
    language: str
    text: str
    above: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    fence, language, start, lines, above = "", "", 0, list[str](), ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        opening = re.match(r"\s*(`{3,}|~{3,})\s*([\w-]*)", line)
        if not fence and opening:
            (fence, language), start, lines = opening.groups(), number, []
        elif fence and line.strip() == fence:
            indent = min((len(text) - len(text.lstrip()) for text in lines if text.strip()), default=0)
            yield Block(page, start, language, "".join(f"{text[indent:]}\n" for text in lines), above)
            fence, above = "", ""
        elif fence:
            lines.append(line)
        elif line.strip():
            above = line.strip()


BLOCKS = [block for page in PAGES for block in blocks(page)]
CONFIGURATIONS = [b for b in BLOCKS if b.language in ("yaml", "yml") and re.search(r"^auth:", b.text, re.MULTILINE)]


def command_lines() -> list[tuple[str, str]]:
    """Give every line of shell, and every command within a sentence, with where it stands."""
    found = []
    for block in BLOCKS:
        if block.language not in SHELLS:
            continue
        lines = block.text.replace("\\\n", " ").splitlines()
        if block.language == "console":
            lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        found += [(str(block), line) for line in lines]
    for page in PAGES:
        # `VERB` stands for any.
        inline = re.findall(r"`(atmos(?:-auth)? [^`\n]+)`", FENCED.sub("", page.read_text(encoding="utf-8")))
        found += [(relative(page), line) for line in inline if "VERB" not in line]
    return found


def atmos_commands(line: str) -> Iterator[list[str]]:
    """Give the words after `atmos` for every call on a line of shell."""
    pieces = [*re.findall(r"\$\((atmos .*?)\)", line), re.sub(r'"?\$\(.*?\)"?', "X", line)]
    for piece in (part for whole in pieces for part in BETWEEN.split(whole)):
        words = shlex.split(piece, comments=True)
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words.pop(0)
        if words and words[0] in ("atmos", "atmos-auth"):
            yield [*(["auth"] if words[0] == "atmos-auth" else []), *words[1:]]


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def relative(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def generate(monkeypatch: pytest.MonkeyPatch):
    """The generator; `docs` is a package of the repository, not of the installation."""
    monkeypatch.syspath_prepend(str(ROOT))
    for name in [name for name in sys.modules if name == "docs" or name.startswith("docs.")]:
        monkeypatch.delitem(sys.modules, name)
    from docs import generate

    return generate


def test_generating_the_reference_again_changes_nothing(generate):
    pages = generate.pages()
    assert generate.owned_files() == set(pages)
    for path, text in pages.items():
        there = (DOCS / "reference" / path).read_text(encoding="utf-8")
        assert there == text, f"docs/reference/{path} is out of date: run `python -m docs.generate`"


@pytest.mark.parametrize("entry", registry.BUILT_IN, ids=lambda entry: entry.kind)
def test_every_kind_has_its_page(entry: registry.KindEntry):
    page = DOCS / "reference" / "kinds" / f"{entry.kind.replace('/', '-')}.md"
    text = page.read_text(encoding="utf-8")
    assert re.search(r"^# .*$", text, re.MULTILINE)[0] == f"# `{entry.kind}`"
    assert any(block.page == page for block in CONFIGURATIONS), "it has no example"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_every_verb_has_its_page(command):
    page = DOCS / "reference" / "commands" / f"{'-'.join(command.words)}.md"
    text = page.read_text(encoding="utf-8")
    assert f"# `atmos {' '.join(command.words)}`" in text
    assert f"usage: atmos {' '.join(command.words)}" in text


def test_every_environment_variable_is_documented():
    text = (DOCS / "reference" / "environment-variables.md").read_text(encoding="utf-8")
    names = {value for name, value in vars(env_names).items() if name == value}
    assert names
    names |= {*env_names.CONFLICTING_WITH_PROFILE, *env_names.DISABLING_WORDS, *env_names.CONTINUOUS_INTEGRATION}
    assert {name for name in names if f"`{name}`" not in text} == set()


def test_every_dependency_has_its_reason():
    text = (DOCS / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    needed = {re.split(r"[\[<>=~! ;]", line)[0] for group in groups for line in group} - {project["name"]}
    assert set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)) == needed


def test_every_page_can_be_reached_from_the_readme():
    seen, open_pages = set[Path](), [ROOT / "README.md"]
    while open_pages:
        page = open_pages.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        open_pages += [target for target, _ in links(page) if target.is_file()]
    assert {relative(page) for page in PAGES} - {relative(page) for page in seen} - {"CHANGELOG.md"} == set()


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Give the target file and the anchor of every relative link, outside of code."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    text = re.sub(r"``.+?``|`[^`\n]*`(?!\])", "", text)
    for target in re.findall(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)", text):
        if re.match(r"[a-z][a-z+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        yield ((page.parent / path).resolve() if path else page), anchor


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_relative_links_resolve(page: Path):
    for target, anchor in links(page):
        assert target.exists(), f"{relative(page)} links to {target}, which does not exist"
        assert target.is_relative_to(ROOT), f"{relative(page)} links out of the repository"
        if anchor:
            assert anchor in anchors(target), f"{relative(page)}: {relative(target)} has no heading #{anchor}"


@pytest.mark.parametrize("block", [b for b in CONFIGURATIONS if b.page == ABOUT_READING], ids=str)
def test_fragments_are_yaml(block: Block):
    assert compose(block.text, str(block)) is not None


@pytest.mark.parametrize("block", [b for b in CONFIGURATIONS if b.page != ABOUT_READING], ids=str)
def test_configurations_in_the_pages_are_valid(block: Block, tmp_path: Path, environ: dict[str, str]):
    text, profiles = block.text, ()
    if block.above == LAID_OVER:
        text = next(b for b in reversed(CONFIGURATIONS) if b.page == block.page and b.line < block.line).text
        over = tmp_path / "profiles" / "over" / "auth.yaml"
        over.parent.mkdir(parents=True)
        over.write_text(block.text, encoding="utf-8")
        profiles = ("over",)
    (tmp_path / "atmos.yaml").write_text(text, encoding="utf-8")
    project = Project(Options(profiles=profiles), environ=environ, directory=str(tmp_path))
    findings = project.operations.validate()
    assert [str(finding) for finding in (*findings.errors, *findings.warnings)] == []


@pytest.mark.parametrize(("place", "line"), command_lines())
def test_commands_in_the_pages_exist(place: str, line: str, capsys: pytest.CaptureFixture[str]):
    for words in atmos_commands(line):
        # A sentence may name a flag without a value.
        flag = words[-1] if words[-1].startswith("--") and "--" not in words else ""
        with suppress(SystemExit):
            parse([*words[:-1], "--help"] if flag else words)
        assert flag in capsys.readouterr().out


@pytest.mark.parametrize("name", ["explanation/prompt-engine.md", "how-to/write-a-kind.md"])
def test_the_python_in_a_page_runs(name: str):
    """And so do the tests in it."""
    page = DOCS / name
    pieces = [block for block in BLOCKS if block.page == page and block.language == "python"]
    assert pieces
    names: dict[str, object] = {}
    for block in pieces:
        # Line numbers of a failure are those of the page.
        source = "\n" * block.line + block.text
        exec(compile(source, str(page), "exec", dont_inherit=True), names)
    for test in every_test_in(names):
        test()


def every_test_in(names: Mapping[str, object]) -> Iterator[Callable[[], None]]:
    """Give the functions that are tests, and what of a contract's tests needs no fixture."""
    for name, found in names.items():
        if name.startswith("test_") and callable(found):
            yield found
        elif name.startswith("Test") and inspect.isclass(found):
            methods = [getattr(found(), method) for method in dir(found) if method.startswith("test_")]
            alone = [method for method in methods if not inspect.signature(method).parameters]
            assert alone
            yield from alone


def test_commands_are_found_on_lines_of_shell():
    assert list(atmos_commands("A=1 atmos auth exec -- aws s3 ls")) == [["auth", "exec", "--", "aws", "s3", "ls"]]
    assert list(atmos_commands('eval "$(atmos auth env -i x)"')) == [["auth", "env", "-i", "x"]]
    assert list(atmos_commands("atmos auth whoami --check && atmos-auth list > f")) == [
        ["auth", "whoami", "--check"],
        ["auth", "list"],
    ]
    assert sum(1 for _, line in command_lines() for _ in atmos_commands(line)) > 50


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_no_page_names_a_place_of_one_machine(page: Path):
    text = page.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert re.findall(r"(?<![\w.~$}])/(?:home|Users|root)/\w*", text) == []

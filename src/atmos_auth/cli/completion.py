"""`atmos completion`."""

import argparse
from collections.abc import Iterable, Sequence
from itertools import pairwise

from atmos_auth.cli.shell_completion import following as offered
from atmos_auth.cli.shell_completion.candidates import Candidate, candidates
from atmos_auth.cli.shell_completion.following import Following
from atmos_auth.cli.shell_completion.scripts import SCRIPTS
from atmos_auth.cli.warming import keep_for_all
from atmos_auth.domain.env_names import ATMOS_STACK
from atmos_auth.domain.errors import AtmosAuthError, UsageError
from atmos_auth.engine.catalog import Catalog
from atmos_auth.wiring import Options, Project

USAGE = "atmos completion SHELL"
DESCRIPTION = """\
Print a script that has your shell complete commands, flags, identities,
providers, tags, stacks, components, workflows and the commands of a project.
Nobody is asked, and no network is used.

examples:
  eval "$(atmos completion bash)"
  eval "$(atmos completion zsh)"         after compinit
  atmos completion fish | source
  atmos completion powershell | Out-String | Invoke-Expression"""
POSITIONALS = 1
TAKES_REST = True
# Whose tags a source of names stands for.
TAGGED = {
    offered.TAGS: ("providers", "identities"),
    offered.IDENTITY_TAGS: ("identities",),
    offered.PROVIDER_TAGS: ("providers",),
}
OF_STACKS = (offered.STACKS, offered.COMPONENTS)
OF_WORKFLOWS = (offered.WORKFLOWS, offered.WORKFLOW_FILES, offered.WORKFLOW_STEPS)
# What is looked up in other places as well.
OUTSIDE_CONFIGURATION = (*OF_STACKS, *OF_WORKFLOWS, offered.PROFILES)
POSITIONAL_COMPLETIONS = tuple(SCRIPTS)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags: there are none of its own."""


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print the script, or behind `--` what the last word of a command line could become, one candidate a line."""
    shell = arguments.positional[0] if arguments.positional else ""
    if shell not in SCRIPTS:
        named = f'"{shell}" is no shell that is known here' if shell else "no shell is named"
        raise UsageError(named, hints=[f"use one of: {', '.join(SCRIPTS)}"])
    stdout = project.streams.stdout
    if arguments.rest is None:
        stdout.write(SCRIPTS[shell])
        return 0
    words = rejoined(arguments.rest) if shell == "bash" else arguments.rest
    offer = _Offer(project, words)
    begun = words[-1] if words else ""
    stdout.write(_lines(shell, offer.candidates(begun)))
    if offer.is_of_configuration and words == arguments.rest:
        # Whatever is typed of a word, the next answer is cut out of all that it could be.
        whole = _lines(shell, offer.candidates("-" if begun.startswith("-") else ""))
        if whole:
            keep_for_all(arguments.call, project, whole)
    return 0


def _lines(shell: str, found: Iterable[Candidate]) -> str:
    lines = []
    for candidate in found:
        word = candidate.word
        if shell == "bash" and word.startswith("--"):
            # Only what follows the `=`, where bash has cut.
            word = word.partition("=")[2] or word
        about = "" if shell == "bash" or not candidate.about else f"\t{candidate.about}"
        lines.append(f"{word}{about}\n")
    return "".join(lines)


def rejoined(words: Sequence[str]) -> list[str]:
    """Put words together again that bash has cut at `=` and `:`."""
    joined: list[str] = []
    glue = False
    for word in words:
        is_cut = word == ":" or (word == "=" and bool(joined) and joined[-1].startswith("--"))
        if joined and len(joined) > 1 and (glue or is_cut):
            joined[-1] += word
        else:
            joined.append(word)
        glue = is_cut
    return joined


class _Offer:
    """What the project has for the last of `words`; a configuration that cannot be read has nothing.

    `is_of_configuration` tells whether all that was offered was read there, and nowhere else.
    """

    def __init__(self, project: Project, words: Sequence[str]) -> None:
        self._words = words
        self._project = _as_typed(project, words)
        self.is_of_configuration = self._project is project

    def candidates(self, begun: str) -> list[Candidate]:
        """Return what a word that begins so could become."""
        return candidates([*self._words[:-1], begun], self._names, self._with_project)

    def _names(self, source: str) -> Iterable[str]:
        if source in OUTSIDE_CONFIGURATION:
            self.is_of_configuration = False
        try:
            if source in OF_STACKS:
                return _of_stacks(self._project, self._words, source)
            if source in OF_WORKFLOWS:
                found: Iterable[str] = _of_workflows(self._project, self._words, source)
            else:
                found = _read(self._project, source)
            return sorted(found, key=str.lower)
        except (AtmosAuthError, OSError):
            self.is_of_configuration = False
            return ()

    def _with_project(self, ours: Following, before: Sequence[str]) -> Following:
        """Add what the project's own commands may have here."""
        if not offered.may_be_of_project(ours.typed):
            return ours
        try:
            config = self._project.config
            if config.peek(("commands",)) is None and config.peek(("aliases",)) is None:
                return ours  # most have none, and need not wait for what reads them
            from atmos_auth.cli.shell_completion.of_project import with_project
            from atmos_auth.programs.aliases import written_out
            from atmos_auth.programs.custom_commands.found import custom_commands

            return with_project(ours, before, custom_commands(config), written_out(config))
        except (AtmosAuthError, OSError):
            self.is_of_configuration = False
            return ours


def _read(project: Project, source: str) -> Iterable[str]:
    catalog = project.catalog
    if source == offered.PROVIDERS:
        return catalog.providers()
    if source == offered.PROFILES:
        return project.config.profile_choice.available()
    if source in TAGGED:
        return _tags(catalog, TAGGED[source])
    if source == offered.INTEGRATIONS:
        return catalog.integrations()
    return catalog.identities()


def _of_workflows(project: Project, words: Sequence[str], source: str) -> set[str]:
    """Return names of workflows, of their files, or of the steps of those that are named already."""
    from atmos_auth.cli.workflow_names import step_names, workflows_of

    written = workflows_of(project, lambda _: None).everywhere()
    if source == offered.WORKFLOW_STEPS:
        return {name for one in written if one.name in words[:-1] for name in step_names(one)}
    return {one.name if source == offered.WORKFLOWS else one.source.word for one in written}


def _tags(catalog: Catalog, sections: Sequence[str]) -> set[str]:
    """Return the tags that are written out; what a function would bring is not asked for."""
    names = {"providers": catalog.providers, "identities": catalog.identities}
    lists = (catalog.unresolved(section, name, "tags") for section in sections for name in names[section]())
    return {tag for tags in lists if isinstance(tags, list) for tag in tags if isinstance(tag, str)}


def _of_stacks(project: Project, words: Sequence[str], source: str) -> Iterable[str]:
    """Return names of stacks, or of the components of the one that is named already; of all, if none is."""
    from atmos_auth.stacks.opening import Stacks

    repository = Stacks(project).repository
    repository.broken_manifests()  # those that can be read are offered all the same
    if source == offered.STACKS:
        # Those that have the component that is named already, if one is.
        said = set(words[1:-1])
        return [one for one in repository.stacks() if said & set(repository.usable(one))] or repository.stacks()
    stack = _said_stack(words) or project.environ.get(ATMOS_STACK)
    return repository.usable(stack) if stack else repository.usable_anywhere()


def _said_stack(words: Sequence[str]) -> str:
    for word, after in pairwise([*words[:-1], ""]):
        name, equals, value = word.partition("=")
        if name in ("-s", "--stack"):
            return value if equals else after
    return ""


def _as_typed(project: Project, words: Sequence[str]) -> Project:
    """Return the project that the command line means, as far as its flags say where that is."""
    said: dict[str, list[str]] = {"--config": [], "--config-path": [], "--profile": [], "--chdir": [], "-C": []}
    for word, after in zip(words, [*words[1:], ""], strict=False):
        name, equals, value = word.partition("=")
        if name in said:
            said[name].append(value if equals else after)
    if words[-2:-1] == ["--profile"] or (words and words[-1].startswith("--profile=")):
        said["--profile"].pop()  # it is being typed
    directory = next(iter([*said["--chdir"], *said["-C"]]), None)
    options = Options(tuple(said["--config"]), tuple(said["--config-path"]), profiles=tuple(said["--profile"]))
    return Project(options, directory=directory) if any(said.values()) else project

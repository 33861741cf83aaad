"""`atmos validate stacks`."""

import argparse
import os

from atmos_auth.cli.output import GREEN, Paint, show_error, show_warning
from atmos_auth.cli.stack_words import accept_identity_flag, add_override_flags
from atmos_auth.config.misspelt import misspelt_sections
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.stacks.manifest_schema import ManifestSchema
from atmos_auth.stacks.opening import Stacks
from atmos_auth.stacks.problems import problems_of
from atmos_auth.stacks.unread_settings import unread_settings
from atmos_auth.wiring import Project

USAGE = "atmos validate stacks"
DESCRIPTION = """\
Check every stack manifest: its YAML, its imports, keys that nothing reads, what
its components inherit, and that no component is defined in two ways. Warns of
settings in atmos.yaml that nothing here reads. Uses no network.

`schemas.atmos.manifest` names a JSON Schema for manifests, if you have one."""

_SETTING = ("schemas", "atmos", "manifest")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    parser.add_argument("--schemas-atmos-manifest", metavar="FILE", help="a JSON Schema for manifests")
    add_override_flags(parser)
    accept_identity_flag(parser)


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Print what is wrong on stderr, each once, with its place."""
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    problems = problems_of(Stacks(project).repository, _schema(arguments, project))
    for setting in (*misspelt_sections(project.config.tree), *unread_settings(project.config)):
        show_warning(setting, stderr, paint)
    for problem in problems:
        show_error(problem, stderr, paint)
    if not problems:
        stderr.write(f"{paint('✓', GREEN)} All stacks validated successfully\n")
    return 1 if problems else 0


def _schema(arguments: argparse.Namespace, project: Project) -> ManifestSchema | None:
    """Return the schema that is named: by the flag from where one is, by the configuration from its base path."""
    named, start = arguments.schemas_atmos_manifest, project.directory
    if not named:
        named, start = project.config.resolve(_SETTING), project.config.base_path
    if not named:
        return None
    if not isinstance(named, str):
        raise InvalidSetting(f"{'.'.join(_SETTING)} takes the path of a file", place=project.config.place(_SETTING))
    return ManifestSchema(os.path.join(start, os.path.expanduser(named)), project.config.resolver.functions.documents)

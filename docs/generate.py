"""Write `docs/reference` from the code: commands, kinds, variables, errors, the library, templates.

Run it from the repository root: `python -m docs.generate`. What it writes is checked in; a test keeps it up to date.
"""

import argparse
import sys
from pathlib import Path

from atmos_auth.cli.commands import COMMANDS
from atmos_auth.engine import registry
from docs import python_reference, template_reference
from docs.command_reference import command_file, command_page, commands_index
from docs.error_reference import errors_page
from docs.kind_reference import kind_file, kind_page, kinds_index
from docs.markdown import page
from docs.testing_reference import testing_page
from docs.variable_reference import variables_page

REFERENCE = Path(__file__).parent / "reference"
# Folders and files that nobody else writes to.
OWNED = ("commands", "kinds", "environment-variables.md", "errors.md", "python.md", "templates.md", "testing.md")


def pages() -> dict[str, str]:
    """Return every generated page by its path below `docs/reference`."""
    found = {"commands/README.md": commands_index(), "kinds/README.md": kinds_index()}
    found |= {f"commands/{command_file(command)}": command_page(command) for command in COMMANDS}
    found |= {f"kinds/{kind_file(entry)}": kind_page(entry) for entry in registry.BUILT_IN}
    return found | {
        "environment-variables.md": variables_page(),
        "errors.md": errors_page(),
        "testing.md": testing_page(),
        "python.md": page("Python", "src/atmos_auth/library/auth.py", *python_reference.sections()),
        "templates.md": page("Templates", "docs/template_functions.yaml", *template_reference.sections()),
    }


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


if __name__ == "__main__":
    sys.exit(main())

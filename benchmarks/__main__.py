"""Measures what it costs, against named peers in the same run; writes results.json, the page and its plots."""

import argparse
import importlib
import inspect
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import atmos_auth
from benchmarks import report
from benchmarks.figure import Broken, Figure, as_json, rows_of
from benchmarks.processes import end_in_order

# In the order of the page: one script each.
FIGURES = (
    "warm_start",
    "first_call",
    "cold_login",
    "chains",
    "together",
    "configurations",
    "python_program",
    "neighbours",
    "endpoint",
    "discovery",
    "stacks_at_scale",
    "thousand_components",
)


def main() -> int:
    """Run what is asked for; the exit status is 1 if something that must hold does not, whatever the machine."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=f"default: all of {', '.join(FIGURES)}")
    parser.add_argument("--rounds", type=int, default=20, help="rounds of what is quick (default: 20)")
    parser.add_argument("--dry-run", action="store_true", help="print the tables, and write nothing")
    arguments = parser.parse_args()
    unknown = set(arguments.figures) - set(FIGURES)
    if unknown or arguments.rounds < 2:
        parser.error(f"there is no figure {min(unknown)!r}" if unknown else "--rounds: at least 2")
    if not _is_installed():
        parser.error("this Python has not installed atmos-auth as a wheel, with bytecode: use `make bench`")
    end_in_order()
    names = [name for name in FIGURES if name in arguments.figures or not arguments.figures]
    return _run(names, arguments.rounds, dry=arguments.dry_run)


def _run(names: Sequence[str], rounds: int, *, dry: bool) -> int:
    broken = []
    for number, name in enumerate(names, 1):
        print(f"[{number}/{len(names)}] {name} ...", end=" ", file=sys.stderr, flush=True)
        began = time.perf_counter()
        script = importlib.import_module(f"benchmarks.{name}")
        try:
            figure: Figure = script.run(rounds)
        except Broken as failure:
            print("BROKEN", file=sys.stderr)
            broken.append(f"{name}: {failure}")
            continue
        except KeyboardInterrupt:
            print("\ninterrupted: what was measured before is kept", file=sys.stderr)
            return 130
        print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
        _keep(name, script, figure, dry=dry)
    for each in broken:
        print(each, file=sys.stderr)
    return 1 if broken else 0


def _keep(name: str, script: ModuleType, figure: Figure, *, dry: bool) -> None:
    """Print the figure, and write it beside those of other scripts, which stay as they are."""
    found = as_json(figure, inspect.getdoc(script) or "")
    print("\n".join([figure.title, *report.table(rows_of(found)), ""]), flush=True)
    if dry:
        return
    results = report.read()
    figures = {**results["figures"], name: found}
    results["figures"] = {each: figures[each] for each in FIGURES if each in figures}
    report.publish(results)


def _is_installed() -> bool:
    package = Path(atmos_auth.__file__).parent
    return package.parent.name == "site-packages" and any(package.glob("__pycache__/*.pyc"))


if __name__ == "__main__":
    sys.exit(main())

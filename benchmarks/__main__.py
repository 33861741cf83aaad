"""`python -m benchmarks [--rounds N] [--full]`: every figure in one run."""

import argparse
import sys

from benchmarks import (
    cold_login,
    discovery,
    endpoint,
    neighbours,
    python_program,
    stacks_at_scale,
    thousand_components,
    together,
    warm_start,
)


def main() -> int:
    """Run the benchmarks and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="rounds per figure (default: 20)")
    parser.add_argument("--full", action="store_true", help="discover a thousand accounts instead of a hundred")
    arguments = parser.parse_args()
    rounds = max(2, arguments.rounds)
    figures = (
        warm_start,
        python_program,
        cold_login,
        neighbours,
        together,
        endpoint,
        stacks_at_scale,
        thousand_components,
    )
    for figure in figures:
        print(figure.run(rounds), end="\n\n", flush=True)
    print(discovery.run(rounds, full=arguments.full), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

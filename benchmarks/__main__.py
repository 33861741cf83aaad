"""`python -m benchmarks [--rounds N]`: every figure in one run."""

import argparse
import sys

from benchmarks import cold_login, endpoint, python_program, stacks_at_scale, together, warm_start


def main() -> int:
    """Run the benchmarks and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="rounds per figure (default: 20)")
    rounds = parser.parse_args().rounds
    for figure in (warm_start, python_program, cold_login, together, endpoint, stacks_at_scale):
        print(figure.run(max(2, rounds)), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m benchmarks [--rounds N]`: every figure in one run."""

import argparse
import sys

from benchmarks import cold_login, endpoint, together, warm_start


def main() -> int:
    """Run the benchmarks and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="rounds per figure (default: 20)")
    rounds = parser.parse_args().rounds
    for figure in (warm_start, cold_login, together, endpoint):
        print(figure.run(max(2, rounds)), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

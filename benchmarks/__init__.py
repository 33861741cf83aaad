"""How fast it is, as ratios against named peers measured in the same run; `python -m benchmarks` prints the table."""

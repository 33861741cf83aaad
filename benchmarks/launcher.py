"""Starts a program so many times at once, and prints the seconds, the seconds of CPU, and the most kilobytes of one.

Linux counts the memory of whoever starts a process as the process's own, so that somebody small has to do it: this
file, run by `python -I -S`.
"""

import os
import sys
import time


def main(count: int, argv: list[str]) -> int:
    """Run it and print what it took; return the first exit status that is not 0."""
    nowhere = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    running = {os.posix_spawn(argv[0], argv, os.environ, file_actions=nowhere) for _ in range(count)}
    failed, cpu, kilobytes = 0, 0.0, 0
    while running:
        process, status, usage = os.wait3(0)
        running.discard(process)
        failed = failed or os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        kilobytes = max(kilobytes, usage.ru_maxrss)
    print(time.perf_counter() - began, cpu, kilobytes)
    return failed


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))

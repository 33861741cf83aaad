"""Starting a program that goes on by itself, away from our terminal and our streams."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

# Launchers end within this time; what still runs then is the program itself, and it has started well.
_PATIENCE_SECONDS = 2.0


class DetachedPrograms:
    """Starts programs with `environ`, in a session of their own, mute and deaf."""

    def __init__(self, environ: Mapping[str, str], *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._environ = environ
        self._patience_seconds = patience_seconds
        # Held so that the next start can reap those that have ended.
        self._running: list[subprocess.Popen[bytes]] = []

    def __call__(self, argv: Sequence[str]) -> bool:
        """Start `argv`; False when it does not exist or fails at once. Blocks two seconds at most."""
        import subprocess

        self._running = [process for process in self._running if process.poll() is None]
        try:
            process = subprocess.Popen(
                list(argv),
                env=dict(self._environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError):
            return False
        self._running.append(process)
        try:
            return process.wait(self._patience_seconds) == 0
        except subprocess.TimeoutExpired:
            return True

    def __del__(self) -> None:
        """Let go of what still runs: it is meant to outlive us, so `Popen` shall not warn about it."""
        for process in self._running:
            process.returncode = process.poll() or 0

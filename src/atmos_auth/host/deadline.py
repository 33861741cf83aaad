"""Work that must end by itself: whoever drips its bytes one by one must not keep us."""

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what `work` brings, or raise what it raises; `TimeoutError` when it takes longer.

    It runs in a thread of its own. What is too late is left to itself, and ends with the process at the latest.
    """
    from threading import Thread

    outcome: dict[str, Any] = {}

    def run() -> None:
        try:
            outcome["brought"] = work()
        except BaseException as failure:  # noqa: BLE001 - raised where it is waited for
            outcome["failure"] = failure

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if "failure" in outcome:
        raise outcome["failure"]
    if "brought" not in outcome:
        raise TimeoutError
    brought: T = outcome["brought"]
    return brought

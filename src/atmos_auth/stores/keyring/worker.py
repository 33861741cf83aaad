"""The process that speaks to the system's keyring in our place, so that we can give up when it hangs.

It reads one request, as JSON, from stdin and writes lines of JSON to stdout: `{"asking": true}`, once, before a person
may be asked, and `{"result": …}` or `{"refusal": [word, reason]}` as the last.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from atmos_auth.stores.keyring.refusal import ABSENT, FAILED, Refusal

# How much longer than its parent the worker lives if nobody is left to end it.
_GRACE_SECONDS = 2.0


def main(request: Mapping[str, Any]) -> None:
    """Answer `request`: `operation` (a method of `Texts`), its `arguments`, and how to do it."""
    # Ctrl-C is the parent's business, which ends us in any case.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_after(request["seconds"] + _GRACE_SECONDS)
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    # Whatever a library may print is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def answer(line: Mapping[str, Any]) -> None:
        answers.write(json.dumps(line) + "\n")
        answers.flush()

    said: list[bool] = []

    def asking() -> None:
        if not said:
            said.append(True)
            answer({"asking": True})

    answer(_outcome(request, asking))


def _outcome(request: Mapping[str, Any], asking: Callable[[], None]) -> dict[str, Any]:
    try:
        texts = _texts(request, asking if request["may_ask"] else None)
        return {"result": getattr(texts, request["operation"])(*request["arguments"])}
    except Refusal as refusal:
        return {"refusal": [refusal.word, refusal.reason]}
    except ImportError as error:
        return {"refusal": [ABSENT, f"the Python package {error.name} is missing"]}
    except Exception as error:  # noqa: BLE001 - the parent has the words for it; the text might hold a secret
        return {"refusal": [FAILED, type(error).__name__]}


def _texts(request: Mapping[str, Any], asking: Callable[[], None] | None) -> Any:
    from atmos_auth.stores.keyring import native_keyring

    if sys.platform not in native_keyring.BACKENDS:
        from atmos_auth.stores.keyring.secret_service import SecretService

        return SecretService(os.environ, asking)
    if asking is not None:
        asking()  # these systems ask on their own, whenever they like
    backend = native_keyring.backend(sys.platform)
    return native_keyring.NativeKeyring(backend, locked=lambda: _taking_turns(request), longest=request["longest"])


def _taking_turns(request: Mapping[str, Any]) -> AbstractContextManager[None]:
    from atmos_auth.host.clock import SystemClock
    from atmos_auth.host.locks import locked

    clock = SystemClock()
    return locked(request["lock"], clock=clock, deadline=clock.now() + request["seconds"])


def _die_after(seconds: float) -> None:
    import threading

    timer = threading.Timer(seconds, os._exit, [1])
    timer.daemon = True
    timer.start()

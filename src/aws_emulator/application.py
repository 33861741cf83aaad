"""The WSGI application: finds the operation, lets faults strike, answers, and writes the journal."""

from __future__ import annotations

import logging
import socket
import threading
import time
from typing import TYPE_CHECKING

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException

from aws_emulator.calls import Call
from aws_emulator.clock import Clock, iso8601
from aws_emulator.errors import AwsError
from aws_emulator.journal import OK, Entry, Journal
from aws_emulator.routing import CONTROL, Operation, Routes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from aws_emulator.faults import Fault, Faults

_log = logging.getLogger(__name__)
DROPPED = "dropped"


class Application:
    """Serves every service on one port; operations run one at a time, so each is atomic."""

    def __init__(self, routes: Routes, clock: Clock, faults: Faults, journal: Journal) -> None:
        self._routes = routes
        self._clock = clock
        self._faults = faults
        self._journal = journal
        self._turn = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_form_memory_size = None  # the services themselves say what is too long
        try:
            response = self._answer(request)
        except HTTPException as error:  # werkzeug's own, such as a body that is too large
            response = Response(error.description, error.code or 400, content_type="text/plain")
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        request.get_data(parse_form_data=False)  # cached, so that the signed body stays readable
        operation = self._routes.find(request)
        call = Call(request, operation.service, operation.name)
        fault = self._faults.take(call.service, call.operation)
        if fault is not None:
            time.sleep(fault.delay)
            if fault.drop:
                self._record(call, DROPPED)
                _drop(request)
        with self._turn:
            response, outcome = self._run(call, operation, fault)
            self._record(call, outcome)
        return response

    def _run(self, call: Call, operation: Operation, fault: Fault | None) -> tuple[Response, str]:
        try:
            if fault is not None and (error := fault.error()) is not None:
                raise error
            return operation.answer(call), OK
        except AwsError as error:
            return operation.refuse(error), error.code
        except HTTPException:
            raise
        except Exception:  # noqa: BLE001 - a bug of ours must look like an outage, not break the connection
            _log.exception("%s:%s failed", call.service, call.operation)
            failure = AwsError("InternalFailure", "The emulator failed; its log says why.", 500)
            return operation.refuse(failure), failure.code

    def _record(self, call: Call, outcome: str) -> None:
        if call.service != CONTROL:
            at = iso8601(self._clock.now())
            self._journal.record(Entry(call.service, call.operation, call.caller, outcome, at, call.notes))


def _drop(request: Request) -> None:
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
    message = "dropped on request"
    raise ConnectionAbortedError(message)

"""The outermost function: recognise, run, and turn whatever happens into words and an exit status."""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from atmos_auth.cli.call import this_call
from atmos_auth.cli.flags import ENABLING_WORDS, HelpShown
from atmos_auth.cli.output import Paint, register_ascii_fallback, show_error
from atmos_auth.cli.parsing import Invocation, after_help, parse
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AtmosAuthError, UsageError

INTERRUPTED = 128 + 2
TERMINATED = 128 + 15
BROKEN_PIPE = 128 + 13


class Terminated(BaseException):
    """SIGTERM arrived: unwind, so that the terminal is restored and temporary files go."""


def main(words: Sequence[str], *, started_at: float | None = None) -> int:
    """Run one command line and return its exit status; data goes to stdout, everything else to stderr."""
    _reopen_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=register_ascii_fallback())
    signal.signal(signal.SIGTERM, _terminate)
    run = _Run(started_at)
    try:
        return _reported(run, words)
    except KeyboardInterrupt:
        sys.stderr.write("\nuser aborted\n")
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except BrokenPipeError:
        _let_go_of_stdout()
        return BROKEN_PIPE


def _reported(run: "_Run", words: Sequence[str]) -> int:
    try:
        status = run(words)
        sys.stdout.flush()
        return status
    except AtmosAuthError as error:
        run.report(error)
        sys.stdout.flush()
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        raise
    except OSError as error:
        if error.filename is not None:
            run.report_fault(error)
        else:
            _let_go_of_stdout()
            run.report(AtmosAuthError(f"cannot write the output: {error.strerror or error}"))
        return 1
    except Exception as fault:  # noqa: BLE001 - a person must never meet a bare traceback
        run.report_fault(fault)
        return 1


class _Run:
    """One command line from words to exit status, and what must be known of it when it fails."""

    def __init__(self, started_at: float | None) -> None:
        self._started_at = started_at
        self._project: Any = None
        self._plain = False
        self._verbose = False

    def __call__(self, words: Sequence[str]) -> int:
        call = this_call(words)
        try:
            invocation = parse(words)
        except HelpShown as shown:
            more = after_help(words, shown)
            if more is None:
                raise
            invocation = more
        invocation.arguments.call = call
        self._plain = getattr(invocation.arguments, "no_color", False)
        self._verbose = getattr(invocation.arguments, "verbose", False)
        self._change_directory(invocation)
        from atmos_auth.wiring import Project

        self._project = Project(options(invocation), started_at=self._started_at)
        status: int = invocation.module.run(invocation.arguments, self._project)
        return status

    def report(self, error: AtmosAuthError) -> None:
        """Say what went wrong, and under --verbose why."""
        if self._is_debug():
            self._traceback(error)
        mask = self._mask()
        error.message = mask(error.message)
        error.details = tuple(mask(detail) for detail in error.details)
        show_error(error, sys.stderr, Paint(sys.stderr, os.environ, plain=self._plain))

    def report_fault(self, fault: Exception) -> None:
        """Say that the fault is ours."""
        if self._is_debug():
            self._traceback(fault)
        failure = AtmosAuthError(
            f"internal error: {type(fault).__name__}",
            details=getattr(fault, "__notes__", ())[:1],
            hints=["run it again with --verbose, and report what it prints"],
        )
        self.report(failure) if not self._is_debug() else show_error(failure, sys.stderr, Paint(sys.stderr, os.environ))

    def _is_debug(self) -> bool:
        try:
            return self._verbose or (self._project is not None and self._project.log.is_debug)
        except AtmosAuthError:
            return False

    def _traceback(self, error: BaseException) -> None:
        from traceback import format_exception

        from atmos_auth.host.plain_text import plain_lines

        sys.stderr.write(plain_lines(self._mask()("".join(format_exception(error)))))

    def _mask(self) -> Any:
        return self._project.redaction if self._project is not None else str

    def _change_directory(self, invocation: Invocation) -> None:
        directory = getattr(invocation.arguments, "chdir", None) or os.environ.get(env_names.ATMOS_CHDIR)
        if not directory:
            return
        try:
            os.chdir(directory)
        except OSError as error:
            raise UsageError(
                f"workdir does not exist: {directory} ({error.strerror})",
                hints=["check --chdir and ATMOS_CHDIR"],
            ) from error
        # A child of ours is already there.
        os.environ.pop(env_names.ATMOS_CHDIR, None)
        os.environ["PWD"] = os.getcwd()


def options(invocation: Invocation) -> Any:
    """Return what the command line says about the run as a whole; raises `UsageError`."""
    from atmos_auth.host.logs import LEVELS
    from atmos_auth.wiring import Options

    said = vars(invocation.arguments)
    verbose = said.get("verbose", False)
    variables = (os.environ.get(name) for name in (env_names.ATMOS_LOGS_LEVEL, env_names.ATMOS_LOG_LEVEL))
    level = said.get("logs_level") or next(filter(None, variables), "warn")
    if level.lower() not in LEVELS:
        raise UsageError(f'"{level}" is not a log level', hints=["use one of: Trace, Debug, Info, Warn, Error, Off"])
    return Options(
        config_files=_list(said.get("config")),
        config_directories=_list(said.get("config_path")),
        base_path=said.get("base_path"),
        profiles=_list(said.get("profile")),
        logs_level="debug" if verbose and "logs_level" not in said else said.get("logs_level"),
        logs_file=said.get("logs_file"),
        interactive=_switch("--interactive", said.get("interactive", "true")),
        force_tty=said.get("force_tty", False),
        color=False if said.get("no_color") else None,
        qr=said.get("qr", False),
        browser=not said.get("no_browser", False),
        overrides=tuple(
            (variable, said[name]) for name, variable in env_names.OVERRIDING_FLAGS.items() if name in said
        ),
    )


def _switch(flag: str, word: str) -> bool:
    if word.lower() in env_names.DISABLING_WORDS:
        return False
    if word.lower() in ENABLING_WORDS:
        return True
    raise UsageError(f"{flag} is {word!r}, which is neither true nor false", hints=[f"{flag}=false"])


def _list(words: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(part.strip() for word in words or () for part in word.split(",") if part.strip())


def _reopen_closed_streams() -> None:
    """Whoever started us may have closed some: what goes there is lost, and that is all."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for as long as we run


def _let_go_of_stdout() -> None:
    """Whoever read us has gone, or what we wrote to is full: Python's own flush at exit must not complain about it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminate(number: int, frame: object) -> NoReturn:
    raise Terminated

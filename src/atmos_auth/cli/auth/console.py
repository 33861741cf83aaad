"""`atmos auth console`."""

import argparse

from atmos_auth.aws_api.console_destinations import aliases
from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, DIM, GREEN, YELLOW, Paint, moment, show_rows
from atmos_auth.domain import env_names
from atmos_auth.domain.errors import AuthenticationDisabled, UsageError
from atmos_auth.domain.time_left import time_left
from atmos_auth.usecases.console_url import DEFAULT_ISSUER, FEDERATION, PORTAL, ConsoleUrl, Wish
from atmos_auth.wiring import Project

USAGE = "atmos auth console [IDENTITY] [flags]"
DESCRIPTION = """\
Open the AWS web console as an identity, in your browser. You are asked to sign
in only if that is needed.

examples:
  atmos auth console prod-admin
  atmos auth console prod-admin --destination s3 --duration 4h
  atmos auth console prod-admin --isolated   beside the console of another
  atmos auth console prod-admin --print-only   the address alone, on stdout"""
POSITIONALS = 1
COMPLETIONS = {"--destination": tuple(aliases())}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument(
        "--destination", metavar="PAGE", default="", help="page to open: an alias such as s3, or a full address"
    )
    parser.add_argument("--duration", metavar="TIME", help="how long the session lasts: 15m to 12h (default: 1h)")
    parser.add_argument(
        "--issuer",
        metavar="NAME",
        default=DEFAULT_ISSUER,
        help=f"where AWS says the sign-in came from (default: {DEFAULT_ISSUER})",
    )
    parser.add_argument(
        "--via",
        choices=(FEDERATION, PORTAL),
        default=FEDERATION,
        help="portal: the portal's own shortcut to a permission set",
    )
    parser.add_argument("--isolated", action="store_true", help="open it in a browser profile of the identity's own")
    parser.add_argument("--no-open", action="store_true", help="show the address instead of opening it")
    parser.add_argument("--print-only", action="store_true", help="print the address on stdout, and nothing else")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Open the console, and say on stderr as whom and until when; or print the address on stdout."""
    if arguments.print_only and arguments.isolated:
        raise UsageError("--print-only and --isolated exclude each other", hints=["leave one of them out"])
    identity = project.operations.select(asked(arguments))
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    wish = Wish(arguments.destination, arguments.duration, arguments.issuer, arguments.via)
    console = project.operations.console_url(identity, wish)
    for remark in console.remarks:
        project.prompter.warn(remark)
    if env_names.is_github_job(project.environ):
        # A job's log may be read by many: what follows shows as *** in it.
        from atmos_auth.delivery.formats.github import masking

        project.streams.stderr.write(masking([console.url]))
        project.streams.stderr.flush()
    if arguments.print_only:
        project.streams.stdout.write(f"{console.url}\n")
        return 0
    _show(console, project)
    if arguments.no_open:
        _show_address(console, project, "Open it in a browser:")
    elif env_names.is_github_job(project.environ):
        project.streams.stderr.write("\nNo browser is opened in a job, and its log hides the address: --print-only\n")
    elif env_names.is_continuous_integration(project.environ):
        _show_address(console, project, "No browser is opened in a CI job. Open it in yours:")
    elif _opened(console, project, isolated=arguments.isolated or project.operations.opens_isolated()):
        paint = Paint(project.streams.stderr, project.environ, plain=project.plain)
        project.streams.stderr.write(f"\n{paint('✓', GREEN, BOLD)} Opened console in browser\n")
    else:
        _show_address(console, project, "No browser could be opened here. Copy the address into one:", stands_out=True)
    return 0


def _opened(console: ConsoleUrl, project: Project, *, isolated: bool) -> bool:
    if not isolated:
        return project.browser.open(console.url)
    if project.keeps_nothing:
        project.prompter.warn("With a keyring in memory nothing is kept, so the console gets no profile of its own.")
    elif project.isolated_browser.open(console.identity, console.url):
        return True
    else:
        project.prompter.warn(
            "No Chrome, Edge, Chromium or Firefox could be opened with a profile of its own: "
            "the default browser is used, and a console that is open there ends."
        )
    return project.browser.open(console.url)


def _show(console: ConsoleUrl, project: Project) -> None:
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    realm, source = project.realm
    stderr.write(f"{paint('✓', GREEN, BOLD)} {paint('Console URL Generated', BOLD)}\n\n")
    show_rows(
        [
            ("Realm", f"{realm} ({source})" if realm else None),
            ("Provider", console.provider),
            ("Identity", console.identity),
            ("Account", console.account),
            ("Destination", console.destination),
            ("Session Duration", time_left(console.session_seconds) if console.session_seconds is not None else None),
            ("Session Expires", moment(console.expires_at) if console.expires_at is not None else None),
        ],
        stderr,
        paint,
    )


def _show_address(console: ConsoleUrl, project: Project, words: str, *, stands_out: bool = False) -> None:
    """Print the address on a line of its own, unbroken, so that it can be clicked and copied."""
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    mark = f"{paint('⚠', YELLOW)} " if stands_out else ""
    stderr.write(f"\n{mark}{words}\n{console.url}\n")
    if console.session_seconds is not None:
        stderr.write(paint("It signs in whoever opens it, for 15 minutes. Keep it to yourself.\n", DIM))

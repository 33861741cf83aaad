"""`atmos auth login`."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from atmos_auth.cli.flags import add_identity_flag
from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, GREEN, Paint, expiry, show_rows
from atmos_auth.domain.chain import Chain
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import AuthenticationDisabled, NoIdentities, UsageError
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.usecases.whoami import provider_label
from atmos_auth.wiring import Project

if TYPE_CHECKING:
    from atmos_auth.usecases.required_identities import Companion

USAGE = "atmos auth login [IDENTITY] [flags]"
DESCRIPTION = """\
Sign in as an identity. What is still good on the way is used: a person is asked
only when a session is over. The last step is always done anew.

examples:
  atmos auth login                       the default identity
  atmos auth login prod-admin
  atmos auth login --tags production     the identity that has the tag
  atmos auth login --no-browser --qr     show a code for another device"""
POSITIONALS = 1
COMPLETIONS = {"--tags": "<identity tags>"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-p", "--provider", metavar="NAME", help="only sign in to this provider")
    parser.add_argument("--tags", metavar="TAGS", help="the identity with any of these tags, separated by commas")
    parser.add_argument(
        "--with-required", action="store_true", help="sign in as the identities marked `required: true` as well"
    )
    parser.add_argument("--force", action="store_true", help="end the session first, and sign in from scratch")
    parser.add_argument(
        "--webflow", action="store_true", help="sign an IAM user in through the browser, whatever keys are stored"
    )
    parser.add_argument("--login-flow", choices=("auto", "pkce", "device"), help="in the browser here, or by a code")
    parser.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help="open no browser")
    parser.add_argument("--qr", action="store_true", default=argparse.SUPPRESS, help="show the address as a QR code")


def run(arguments: argparse.Namespace, project: Project) -> int:
    """Sign in, and say who one is now, on stderr."""
    said = asked(arguments)
    if arguments.login_flow:
        project.environ["ATMOS_AUTH_LOGIN_FLOW"] = arguments.login_flow
    _check(arguments, said)
    provider = arguments.provider
    if provider is None:
        try:
            identity = _identity(arguments, project, said)
        except NoIdentities:
            provider = _only_provider(project)
    if provider is not None:
        return _login_provider(project, provider, force=arguments.force)
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    chain = project.operations.chain(identity)
    project.operations.check(chain)
    if arguments.force:
        project.operations.sign_out_of(chain)
    login = project.operations.login_through_browser if arguments.webflow else project.operations.login
    credential = login(identity)
    _say_success(project, provider_label(chain), chain.tip.name, credential)
    if arguments.with_required:
        _say_who_else(project, project.operations.deliver_required(identity))
    _follow_up(project, identity, credential)
    _provision(project, chain, anew=arguments.force)
    return 0


def _check(arguments: argparse.Namespace, said: Asked) -> None:
    """Raise `UsageError` for flags that do not go together."""
    chosen = {
        "--provider": arguments.provider is not None,
        "--tags": arguments.tags is not None,
        "an identity": bool(said.name or said.pick),
    }
    both = [word for word, is_said in chosen.items() if is_said]
    if len(both) > 1:
        raise UsageError(f"{both[0]} and {both[1]} exclude each other", hints=["leave one of them out"])
    if arguments.provider is not None and arguments.webflow:
        raise UsageError("--provider and --webflow exclude each other", hints=["name an identity of kind aws/user"])
    if arguments.provider is not None and arguments.with_required:
        raise UsageError(
            "--provider and --with-required exclude each other: a provider alone has no profile",
            hints=["name an identity"],
        )


def _identity(arguments: argparse.Namespace, project: Project, said: Asked) -> str | None:
    if arguments.tags is None:
        return project.operations.select(said)
    from atmos_auth.usecases.tags import select_tagged

    return select_tagged(project.catalog, arguments.tags, prompter=project.prompter)


def _say_who_else(project: Project, others: "Sequence[Companion]") -> None:
    stderr = project.streams.stderr
    if not others:
        return
    now = project.clock.now()
    stderr.write("\nRequired identities beside it:\n\n")
    rows = [(there.chain.tip.name, expiry(there.credentials.expires_at, now) or "no end") for there in others]
    show_rows(rows, stderr, Paint(stderr, project.environ, plain=project.plain))


def _follow_up(project: Project, identity: str, credential: Credential) -> None:
    """Run the integrations that follow, and say what they did."""
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    stderr.writelines(f"{paint('✓', GREEN)} {done}\n" for done in project.operations.follow_up(identity, credential))


def _provision(project: Project, chain: Chain, *, anew: bool) -> None:
    """Look for the identities of the portal that was signed in to, where they are wanted; the login stands anyhow."""
    if project.keeps_nothing:
        return
    stderr = project.streams.stderr
    try:
        found = project.operations.provision(chain, anew=anew)
    except KeyboardInterrupt:
        stderr.write(f"\nStopped looking for identities; to go on: atmos auth discover --provider {chain.root.name}\n")
        return
    if found is not None and found.identities:
        paint = Paint(stderr, project.environ, plain=project.plain)
        stderr.write(f"{paint('✓', GREEN)} Found {found}: atmos auth list\n")


def _only_provider(project: Project) -> str:
    providers = project.catalog.providers()
    if len(providers) == 1:
        return providers[0]
    if not providers:
        raise NoIdentities(
            "no identities and no providers available: the configuration defines none",
            hints=["define them under `auth` in atmos.yaml", "if a profile defines them: --profile NAME"],
        )
    if project.prompter.can_ask:
        return project.prompter.choose("Several providers are configured. Please choose one:", providers)
    raise NoIdentities(
        "no default provider configured and multiple providers exist: use --provider flag",
        details=[f"providers: {', '.join(providers)}"],
        hints=[f"atmos auth login --provider {providers[0]}"],
    )


def _login_provider(project: Project, provider: str, *, force: bool) -> int:
    provider, _ = project.catalog.provider(provider)
    if force:
        project.operations.sign_out_of(project.operations.provider_chain(provider))
    credential = project.operations.login_provider(provider)
    _say_success(project, provider, "", credential)
    _provision(project, project.operations.provider_chain(provider), anew=force)
    return 0


def _say_success(project: Project, provider: str, identity: str, credential: Credential) -> None:
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    realm, source = project.realm
    keys = credential if isinstance(credential, AwsCredentials) else None
    stderr.write(f"\n{paint('✓ Authentication successful!', GREEN, BOLD)}\n\n")
    show_rows(
        [
            ("Realm", f"{realm} ({source})" if realm else None),
            ("Provider", provider),
            ("Session of", getattr(credential, "lent_by", None)),
            ("Identity", identity),
            ("Principal", keys.principal if keys else None),
            ("Account", keys.account_id if keys else None),
            ("Region", getattr(credential, "region", None)),
            ("Expires", expiry(credential.expires_at, project.clock.now())),
        ],
        stderr,
        paint,
    )

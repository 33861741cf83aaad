"""`atmos auth login`."""

import argparse

from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import BOLD, GREEN, Paint, expiry, show_rows
from atmos_auth.cli.parsing import add_identity_flag
from atmos_auth.domain.credentials import AwsCredentials, Credential
from atmos_auth.domain.errors import AuthenticationDisabled, NoIdentities, UsageError
from atmos_auth.usecases.whoami import provider_label
from atmos_auth.wiring import Project

USAGE = "atmos auth login [IDENTITY] [flags]"
DESCRIPTION = """\
Sign in as an identity. What is still good on the way is used: a person is asked
only when a session is over. The last step is always done anew.

examples:
  atmos auth login                       the default identity
  atmos auth login prod-admin
  atmos auth login --no-browser --qr     show a code for another device"""
POSITIONALS = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the flags."""
    add_identity_flag(parser)
    parser.add_argument("-p", "--provider", metavar="NAME", help="only sign in to this provider")
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
    if arguments.provider and (said.name or said.pick):
        raise UsageError("--provider and an identity exclude each other", hints=["leave one of them out"])
    if arguments.provider and arguments.webflow:
        raise UsageError("--provider and --webflow exclude each other", hints=["name an identity of kind aws/user"])
    provider = arguments.provider
    if provider is None:
        try:
            identity = project.auth.select(said)
        except NoIdentities:
            provider = _only_provider(project)
    if provider is not None:
        return _login_provider(project, provider, force=arguments.force)
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    chain = project.auth.chain(identity)
    project.auth.check(chain)
    if arguments.force:
        project.auth.sign_out_of(chain)
    login = project.auth.login_through_browser if arguments.webflow else project.auth.login
    credential = login(identity)
    _say_success(project, provider_label(chain), chain.tip.name, credential)
    return 0


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
        project.auth.sign_out_of(project.auth.provider_chain(provider))
    credential = project.auth.login_provider(provider)
    _say_success(project, provider, "", credential)
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
            ("Identity", identity),
            ("Principal", keys.principal if keys else None),
            ("Account", keys.account_id if keys else None),
            ("Region", getattr(credential, "region", None)),
            ("Expires", expiry(credential.expires_at, project.clock.now())),
        ],
        stderr,
        paint,
    )

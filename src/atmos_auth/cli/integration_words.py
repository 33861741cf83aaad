"""Running integrations that a person names, or those of an identity, and saying what they did."""

import argparse
from collections.abc import Sequence

from atmos_auth.cli.identity_words import asked
from atmos_auth.cli.output import GREEN, Paint
from atmos_auth.domain.chain import IDENTITY
from atmos_auth.domain.errors import AuthenticationDisabled, UnknownIntegration, UsageError
from atmos_auth.domain.time_left import time_left
from atmos_auth.engine.following import followed, integration_link
from atmos_auth.usecases.select_identity import Asked
from atmos_auth.wiring import Project


def run_integrations(
    arguments: argparse.Namespace, project: Project, kinds: Sequence[str], verbs: dict[str, str]
) -> int:
    """Run one integration, or all of these kinds that follow an identity; say on stderr what they did.

    `verbs` names the command for every kind, for who took the wrong one. May prompt for a sign-in. Raises
    `UnknownIntegration` when there is none.
    """
    name = arguments.positional[0] if arguments.positional else None
    names = [_checked(project, name, kinds, verbs)] if name else []
    identity = _identity(arguments, project, names)
    chain = project.operations.chain(identity)
    integrations = project.operations.integrations
    if not names:
        following = integrations.following(chain, automatic=False)
        names = [each for each in following if integration_link(project.catalog, each).kind in kinds]
        if not names:
            raise UnknownIntegration(
                f'identity "{chain.tip.name}" has no linked integrations of kind {" or ".join(kinds)}',
                hints=["define one under `auth.integrations`, with `via: { identity: NAME }`"],
            )
    credential = project.operations.credentials(identity)
    stderr = project.streams.stderr
    paint = Paint(stderr, project.environ, plain=project.plain)
    for each in names:
        done, expires_at = integrations.provide(each, chain, credential)
        ends = f" (expires in {time_left(expires_at - project.clock.now())})" if expires_at is not None else ""
        stderr.write(f"{paint('✓', GREEN)} {done}{ends}\n")
    return 0


def _checked(project: Project, name: str, kinds: Sequence[str], verbs: dict[str, str]) -> str:
    link = integration_link(project.catalog, name)
    if link.kind not in kinds:
        other = verbs.get(link.kind)
        raise UsageError(f"{link} is not of kind {' or '.join(kinds)}", hints=[f"{other} {link.name}"] if other else [])
    return link.name


def _identity(arguments: argparse.Namespace, project: Project, names: Sequence[str]) -> str:
    """The identity that was named; else the one that the integration follows, or the one that is meant anyway."""
    flag = getattr(arguments, "identity", None)
    if flag is None and names:
        role, referred = followed(project.catalog, names[0])
        if role == IDENTITY:
            return referred
    identity = project.operations.select(Asked(name=flag) if flag and flag.strip() else _said(arguments))
    if identity is None:
        raise AuthenticationDisabled(
            "authentication is disabled", hints=["name an identity: --identity NAME", "unset ATMOS_IDENTITY"]
        )
    return identity


def _said(arguments: argparse.Namespace) -> Asked:
    """What was said of an identity; the word after the verb is an integration's name."""
    flags = argparse.Namespace(**{**vars(arguments), "positional": []})
    return asked(flags)

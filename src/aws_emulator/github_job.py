"""A job of GitHub Actions: what it is, and what its ID token says about it.

https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

ISSUER = "https://token.actions.githubusercontent.com"
LIFE_SECONDS = 300
# GitHub's tokens count from ten minutes before they are made.
_BEFORE_SECONDS = 600


@dataclass(slots=True)
class GitHubJob:
    """A job that may ask for ID tokens; `environment` "" means none, `request_token` is what it asks with."""

    repository: str = "example-org/site"
    ref: str = "refs/heads/main"
    environment: str = ""
    actor: str = "octocat"
    workflow: str = "deploy"
    request_token: str = field(default="example-request-token-of-the-emulator", repr=False)

    @property
    def owner(self) -> str:
        """The repository's owner, an organization or a person."""
        return self.repository.partition("/")[0]

    @property
    def subject(self) -> str:
        """What the job is to those who trust it: an environment goes before a pull request, that before a ref."""
        if self.environment:
            return f"repo:{self.repository}:environment:{self.environment.replace(':', '%3A')}"
        if self.ref.startswith("refs/pull/"):
            return f"repo:{self.repository}:pull_request"
        return f"repo:{self.repository}:ref:{self.ref}"

    def claims(self, audience: str, now: int) -> dict[str, Any]:
        """Give the claims of a fresh token; without an audience it is for the repository's owner."""
        pulled = self.ref.startswith("refs/pull/")
        sha = hashlib.sha1(f"{self.repository}@{self.ref}".encode(), usedforsecurity=False).hexdigest()
        workflow_ref = f"{self.repository}/.github/workflows/{self.workflow.replace(' ', '-')}.yml@{self.ref}"
        return {
            "jti": str(uuid.uuid4()),
            "sub": self.subject,
            "aud": audience or f"https://github.com/{self.owner}",
            **({"environment": self.environment} if self.environment else {}),
            "ref": self.ref,
            "sha": sha,
            "repository": self.repository,
            "repository_owner": self.owner,
            "repository_owner_id": _id(self.owner),
            "run_id": _id(f"{self.repository}@{self.ref}"),
            "run_number": "1",
            "run_attempt": "1",
            "repository_visibility": "private",
            "repository_id": _id(self.repository),
            "actor_id": _id(self.actor),
            "actor": self.actor,
            "workflow": self.workflow,
            "head_ref": "topic" if pulled else "",
            "base_ref": "main" if pulled else "",
            "event_name": "pull_request" if pulled else "push",
            "ref_protected": "false",
            "ref_type": "tag" if self.ref.startswith("refs/tags/") else "branch",
            "workflow_ref": workflow_ref,
            "workflow_sha": sha,
            "job_workflow_ref": workflow_ref,
            "job_workflow_sha": sha,
            "runner_environment": "github-hosted",
            "iss": ISSUER,
            "nbf": now - _BEFORE_SECONDS,
            "exp": now + LIFE_SECONDS,
            "iat": now,
        }


def _id(name: str) -> str:
    # GitHub counts; the same name has the same number in every run.
    return str(int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]))

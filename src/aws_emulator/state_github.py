"""The `github` section of a state file: the job whose ID tokens the emulator makes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_emulator.github_job import GitHubJob

if TYPE_CHECKING:
    from aws_emulator.yaml_values import Value

_PATTERNS = {
    "repository": (r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}", "a repository such as example-org/site"),
    "ref": (r"refs/(heads|tags)/\S+|refs/pull/[0-9]+/merge", "a ref such as refs/heads/main"),
    "environment": (r"[^\n'\"`,;\\]{1,255}", "an environment's name"),
    "actor": (r"[A-Za-z0-9-]{1,39}(\[bot\])?", "the name of a user of GitHub"),
    "workflow": (r"[\w. -]{1,100}", "a workflow's name: letters, digits, spaces and ._-"),
    # It travels in a header.
    "request_token": (r"[\x21-\x7e]+", "a token without spaces"),
}


def read_github(value: Value) -> GitHubJob:
    """Give the job; what the section does not say is as in the example."""
    texts = {}
    for name, member in value.members((), tuple(_PATTERNS)).items():
        pattern, what = _PATTERNS[name]
        if not re.fullmatch(pattern, member.text()):
            member.fail(f"expected {what}")
        texts[name] = member.text()
    return GitHubJob(**texts)

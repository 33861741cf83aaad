"""Words of Terraform, and of OpenTofu, on a command line, told apart from ours.

https://developer.hashicorp.com/terraform/cli/commands
https://opentofu.org/docs/cli/commands/
"""

from collections.abc import Sequence

# Flags that a value follows, with `=` or as the next word.
TAKE_VALUE = frozenset(
    {
        "-backend-config",
        "-backup",
        "-config",
        "-exclude",
        "-exclude-file",
        "-filter",
        "-from-module",
        "-fs-mirror",
        "-generate-config-out",
        "-id",
        "-invoke",
        "-json-into",
        "-lock-id",
        "-lock-timeout",
        "-lockfile",
        "-net-mirror",
        "-out",
        "-parallelism",
        "-plan",
        "-platform",
        "-plugin-dir",
        "-provider",
        "-replace",
        "-state",
        "-state-out",
        "-target",
        "-target-file",
        "-test-directory",
        "-type",
        "-var",
        "-var-file",
    }
)
# Flags that stand alone, or have `=true` or `=false`.
STAND_ALONE = frozenset(
    {
        "-allow-deferral",
        "-allow-missing",
        "-auto-approve",
        "-backend",
        "-check",
        "-compact-warnings",
        "-concise",
        "-consolidate-errors",
        "-consolidate-warnings",
        "-destroy",
        "-detailed-exitcode",
        "-diff",
        "-draw-cycles",
        "-dry-run",
        "-enable-plugin-cache",
        "-force",
        "-force-copy",
        "-get",
        "-help",
        "-ignore-remote-version",
        "-input",
        "-json",
        "-list",
        "-lock",
        "-migrate-state",
        "-no-color",
        "-or-create",
        "-raw",
        "-reconfigure",
        "-recursive",
        "-refresh",
        "-refresh-only",
        "-show-sensitive",
        "-upgrade",
        "-verbose",
        "-write",
    }
)
# Commands that have commands of their own.
GROUPS = {
    "state": ("list", "mv", "pull", "push", "replace-provider", "rm", "show", "identities"),
    "providers": ("lock", "mirror", "schema"),
    "workspace": ("list", "select", "new", "delete", "show"),
    "metadata": ("functions",),
}
RUN = (
    "plan",
    "apply",
    "deploy",
    "destroy",
    "init",
    "validate",
    "refresh",
    "output",
    "show",
    "import",
    "taint",
    "untaint",
    "console",
    "fmt",
    "get",
    "graph",
    "force-unlock",
    "test",
    "login",
    "logout",
    "modules",
    "state",
    "providers",
    "workspace",
    "metadata",
)


def told_apart(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return our words and Terraform's flags with their values, each in the order in which they came."""
    ours: list[str] = []
    theirs: list[str] = []
    remaining = list(words)
    while remaining:
        word = remaining.pop(0)
        name = word.partition("=")[0]
        if name not in TAKE_VALUE | STAND_ALONE:
            ours.append(word)
            continue
        theirs.append(word)
        if name in TAKE_VALUE and "=" not in word and remaining and not remaining[0].startswith("-"):
            theirs.append(remaining.pop(0))
    return ours, theirs

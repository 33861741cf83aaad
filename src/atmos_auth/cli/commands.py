"""The table of commands: words, the module that answers, the line that help shows; nothing is imported before use."""

from typing import NamedTuple


class Command(NamedTuple):
    """One command; `module` has `USAGE`, `DESCRIPTION`, `configure(parser)` and `run(arguments, project)`."""

    words: tuple[str, ...]
    module: str
    summary: str


COMMANDS = (
    Command(("auth", "login"), "atmos_auth.cli.auth.login", "Sign in as an identity, or renew it"),
    Command(("auth", "whoami"), "atmos_auth.cli.auth.whoami", "Show who you are as an identity, and until when"),
    Command(("auth", "env"), "atmos_auth.cli.auth.env", "Print an identity's variables for a shell or a file"),
    Command(("auth", "exec"), "atmos_auth.cli.auth.exec", "Run a command as an identity"),
    Command(("auth", "console"), "atmos_auth.cli.auth.console", "Open the AWS web console as an identity"),
    Command(("auth", "shell"), "atmos_auth.cli.auth.shell", "Start a shell as an identity"),
    Command(("auth", "shell-init"), "atmos_auth.cli.auth.shell_init", "Print functions that switch a shell's identity"),
    Command(
        ("auth", "credential-process"),
        "atmos_auth.cli.auth.credential_process",
        "Print credentials the way AWS SDKs ask programs for them",
    ),
    Command(("auth", "serve"), "atmos_auth.cli.auth.serve", "Give credentials to AWS SDKs over HTTP, and renew them"),
    Command(
        ("auth", "list"),
        "atmos_auth.cli.auth.list",
        "List providers and identities, and how they hang together",
    ),
    Command(
        ("auth", "discover"), "atmos_auth.cli.auth.discover", "List every account and role that you have at a portal"
    ),
    Command(("auth", "validate"), "atmos_auth.cli.auth.validate", "Check the configuration, without network"),
    Command(("auth", "logout"), "atmos_auth.cli.auth.logout", "Remove credentials and sessions"),
    Command(
        ("auth", "user", "configure"), "atmos_auth.cli.auth.user.configure", "Store an IAM user's keys in the keyring"
    ),
    Command(("auth", "keyring", "move"), "atmos_auth.cli.auth.keyring.move", "Move all keys to another keyring"),
    Command(("aws", "ecr", "login"), "atmos_auth.cli.aws.ecr.login", "Log Docker in to ECR registries as an identity"),
    Command(
        ("aws", "eks", "update-kubeconfig"),
        "atmos_auth.cli.aws.eks.update_kubeconfig",
        "Write EKS clusters into the kubeconfig, for an identity",
    ),
    Command(("aws", "eks", "token"), "atmos_auth.cli.aws.eks.token", "Print a token for an EKS cluster, for kubectl"),
    Command(("terraform",), "atmos_auth.cli.terraform", "Run Terraform for a component of a stack, as its identity"),
    Command(("terraform", "shell"), "atmos_auth.cli.terraform.shell", "Start a shell to run Terraform in by hand"),
    Command(("terraform", "clean"), "atmos_auth.cli.terraform.clean", "Delete what Terraform can make again"),
    Command(
        ("terraform", "generate", "varfile"),
        "atmos_auth.cli.terraform.generate.varfile",
        "Write a component's variables into a file",
    ),
    Command(
        ("terraform", "generate", "backend"),
        "atmos_auth.cli.terraform.generate.backend",
        "Write a component's backend.tf.json",
    ),
    Command(
        ("terraform", "generate", "files"),
        "atmos_auth.cli.terraform.generate.files",
        "Write the files that a component describes",
    ),
    Command(("workflow",), "atmos_auth.cli.workflow", "Run a workflow's steps, each as the identity it names"),
    Command(
        ("describe", "component"), "atmos_auth.cli.describe.component", "Show what a component of a stack is in the end"
    ),
    Command(("describe", "stacks"), "atmos_auth.cli.describe.stacks", "Show every component of every stack"),
    Command(("describe", "config"), "atmos_auth.cli.describe.config", "Show the merged configuration"),
    Command(("list", "stacks"), "atmos_auth.cli.list.stacks", "List the stacks"),
    Command(("list", "components"), "atmos_auth.cli.list.components", "List the components that can be used"),
    Command(("list", "workflows"), "atmos_auth.cli.list.workflows", "List the workflows, and where they are written"),
    Command(("validate", "stacks"), "atmos_auth.cli.validate.stacks", "Check every stack manifest, without network"),
    Command(("completion",), "atmos_auth.cli.completion", "Print a script that has your shell complete words"),
    Command(("version",), "atmos_auth.cli.version", "Print the version"),
)
# What may be typed instead.
SHORT = {"tf": "terraform"}
# Outer groups first.
GROUPS = {
    ("auth",): "Sign in once, and let every AWS tool work as the identity you name",
    ("auth", "user"): "Manage the keys of IAM users",
    ("auth", "keyring"): "Manage the keyring that long-lived keys are kept in",
    ("aws",): "Have Docker and kubectl work as an identity",
    ("aws", "ecr"): "Log in to container registries",
    ("aws", "eks"): "Use Kubernetes clusters",
    ("describe",): "Show what stacks and the configuration are in the end",
    ("list",): "List what there is",
    ("validate",): "Check what is written",
}

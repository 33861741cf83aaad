"""What a workflow and its steps may say; the source of their part of the JSON Schema."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from atmos_auth.config.settings import Duration

# The key of the configuration, and of workflow files; these keys below it are no workflows.
SECTION = "workflows"
NO_WORKFLOWS = ("base_path", "list")
ATMOS, SHELL = "atmos", "shell"
STEP_TYPES = (ATMOS, SHELL)
# Other tools act upon these; to pass over one would run what should not run, or in another way.
UNSUPPORTED = ("when", "continue", "timeout", "needs", "outputs", "container", "dependencies")

IdentityWord = (
    Annotated[str, Meta(description="the name of an identity, or false", examples=["dev-admin"])]
    | bool
    | Annotated[int, Meta(ge=0, le=0)]
)
Variables = Annotated[dict[str, Any], Meta(description="a mapping of names to values")]
Command = Annotated[str, Meta(title="command", description="a command", examples=["atmos auth validate"])]

StepType = Annotated[str, Meta(pattern="^(atmos|shell)$", description="a type (atmos, shell)", examples=[SHELL])]


class RetrySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How often, and after what waits, a step that failed is tried again."""

    max_attempts: Annotated[int, Meta(ge=1, le=1000, description="a number of attempts (1 to 1000)", examples=[3])] = 1
    delay: Duration = 0
    initial_delay: Duration = 0
    max_delay: Duration = 0
    backoff_strategy: Annotated[
        str,
        Meta(
            pattern="^(constant|linear|exponential)$",
            description="a strategy (constant, linear, exponential)",
            examples=["exponential"],
        ),
    ] = "constant"
    max_elapsed_time: Duration = 0


class StepSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One step: a command of ours, or a shell script."""

    command: Command
    name: str = ""
    type: StepType = ATMOS
    stack: str = ""
    identity: IdentityWord = ""
    env: Variables = field(default_factory=dict)
    working_directory: str = ""
    retry: RetrySettings = field(default_factory=RetrySettings)


class WorkflowSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Steps that run one after the other, and what they have in common."""

    description: str = ""
    stack: str = ""
    identity: IdentityWord = ""
    env: Variables = field(default_factory=dict)
    working_directory: str = ""
    steps: list[StepSettings] = field(default_factory=list)

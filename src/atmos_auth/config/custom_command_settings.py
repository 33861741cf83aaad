"""What a custom command may say."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from atmos_auth.config.workflow_settings import IdentityWord

SECTION = "commands"
STRING, BOOL = "string", "bool"
# What a value names: such a one is asked for where it is required and missing.
COMPONENT, STACK = "component", "stack"

Name = Annotated[str, Meta(pattern=r"^[^\s-][^\s]*( [^\s-][^\s]*)*$", description="a name", examples=["deploy"])]
FlagType = Annotated[str, Meta(pattern="^(string|bool)$", description="a type (string, bool)", examples=[BOOL])]
Meaning = Annotated[
    str,
    Meta(pattern="^(component|stack|string)?$", description="what it names (component, stack)", examples=[STACK]),
]
Shorthand = Annotated[str, Meta(pattern="^[A-Za-z]?$", description="one letter", examples=["f"])]


class ArgumentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A word that the command takes."""

    name: Name
    description: str = ""
    required: bool = False
    default: Any = None
    values: list[str] = field(default_factory=list)
    type: Meaning = ""


class FlagSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A flag that the command takes."""

    name: Name
    shorthand: Shorthand = ""
    type: FlagType = STRING
    description: str = ""
    usage: str = ""
    required: bool = False
    default: Any = None
    values: list[str] = field(default_factory=list)
    semantic_type: Meaning = ""


class ComponentConfigSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The component whose section steps may use."""

    component: str = ""
    stack: str = ""


class CustomCommandSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A command of a project: what it takes, and what it runs."""

    name: Name
    description: str = ""
    aliases: list[Name] = field(default_factory=list)
    internal: bool = False
    default: str = ""
    arguments: list[ArgumentSettings] = field(default_factory=list)
    flags: list[FlagSettings] = field(default_factory=list)
    env: Any = None
    component_config: ComponentConfigSettings = field(default_factory=ComponentConfigSettings)
    steps: list[Any] = field(default_factory=list)
    commands: list[Any] = field(default_factory=list)
    identity: IdentityWord = ""
    working_directory: str = ""
    verbose: bool = True

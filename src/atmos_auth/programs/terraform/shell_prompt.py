"""`components.terraform.shell.prompt`: what a shell for a component shows before each command."""

from atmos_auth.config.load import Config
from atmos_auth.domain.errors import InvalidSetting
from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.template import Template

_WHERE = ("components", "terraform", "shell", "prompt")
# In a name, all others could mean something to the shell that shows it.
_HARMLESS = " ./_-@:+"


def configured_prompt(config: Config) -> Template | None:
    """Return the template, None where shells have the prompt that they have; raises `InvalidTemplate`."""
    written = config.resolve(_WHERE)
    if not written:
        return None
    place = config.place(_WHERE)
    if not isinstance(written, str):
        raise InvalidSetting(
            f"{'.'.join(_WHERE)} takes text", place=place, hints=["for example '{{ .Component }} in {{ .Stack }}> '"]
        )
    prompt = Template(written, place or Place("", 1, 1))
    # What it asks for in vain is better known before anybody signs in.
    filled(prompt, "", "")
    return prompt


def filled(prompt: Template, component: str, stack: str) -> str:
    """Return the prompt for a component; raises `InvalidTemplate` for what nobody knows."""
    return prompt.render({"Component": _shown(component), "Stack": _shown(stack)}, missing="error")


def _shown(name: str) -> str:
    return "".join(character if character.isalnum() or character in _HARMLESS else "_" for character in name)

"""How templates in the values of components are worked out, as the configuration says."""

from typing import NamedTuple

from atmos_auth.stacks.templates.template import DELIMITERS


class TemplateSettings(NamedTuple):
    """What the configuration says of templates in values: whether they are worked out, how often, how they look.

    `may_lack_values` tells that a missing key is no error where it would be one.
    """

    is_enabled: bool = False
    evaluations: int = 1
    delimiters: tuple[str, str] = DELIMITERS
    may_lack_values: bool = False

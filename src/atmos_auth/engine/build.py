"""From a link to its kind: settings are checked against the kind's own structure, then the class is built once."""

from typing import Any

from atmos_auth.config.check import check, convert, fitted
from atmos_auth.domain.chain import Link
from atmos_auth.domain.integration import IntegrationTools
from atmos_auth.domain.ports import Tools
from atmos_auth.engine import registry


def build(link: Link, tools: Tools | IntegrationTools) -> Any:
    """Return the kind of this link; raises the first `InvalidSetting` in the order they are written."""
    kind = registry.load(registry.find(link.kind, link.role, link.place))
    settings = fitted(link.settings, kind.settings_type)
    if settings is None:
        misfits = check(
            link.settings, kind.settings_type, subject=f"invalid {link.role} config: {link}", fallback=link.place
        )
        if misfits.errors:
            raise misfits.errors[0]
        settings = convert(link.settings, kind.settings_type)
    return kind(link.name, settings, tools)

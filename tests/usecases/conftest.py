"""Configurations out of a few lines of YAML, and everything around them as fakes."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from atmos_auth.config.load import Request, load
from atmos_auth.engine.catalog import Catalog
from atmos_auth.engine.resolve import Resolver

KEY = bytes(32)


@pytest.fixture
def catalog_of(tmp_path: Path, home: Path) -> Callable[..., Catalog]:
    """Return the catalog of an atmos.yaml with this `auth` section, which begins in line 2."""

    def make(auth: str, environ: dict[str, str] | None = None) -> Catalog:
        folder = tmp_path / "project"
        folder.mkdir(exist_ok=True)
        text = "auth:\n" + textwrap.indent(textwrap.dedent(auth).lstrip("\n"), "  ")
        (folder / "atmos.yaml").write_text(text, encoding="utf-8")
        return Catalog(load(Request(str(folder), environ or {}, str(home))))

    return make


@pytest.fixture
def resolver_of() -> Callable[[Catalog], Resolver]:
    """Return the resolver over a catalog."""
    return lambda catalog: Resolver(catalog, realm="", key=lambda: KEY, environ={})

"""Sections with a wrong letter."""

import pytest

from atmos_auth.config.misspelt import SECTIONS, misspelt_sections


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("auht", "auth"),
        ("Auths", "auth"),
        ("component", "components"),
        ("stack", "stacks"),
        ("workflow", "workflows"),
        ("template", "templates"),
        ("base-path", "base_path"),
        ("imports", "import"),
        ("alias", "aliases"),
    ],
)
def test_keys_with_a_wrong_letter_are_found(project, written: str, meant: str):
    path = project.write("atmos.yaml", f"stacks: {{}}\n{written}: {{}}\n")
    (found,) = misspelt_sections(project.load().tree)
    assert (found.message, str(found.place)) == (f"nothing here reads the section {written}", f"{path}:2:1")
    assert found.hints == (f"did you mean `{meant}`?",)


@pytest.mark.parametrize(
    "written", [*SECTIONS, "STACKS", "docs", "vendor", "list", "mcp", "stores", "validate", "mine"]
)
def test_keys_of_other_words_are_left_alone(project, written: str):
    project.write("atmos.yaml", f"{written}: \n")
    assert list(misspelt_sections(project.load().tree)) == []

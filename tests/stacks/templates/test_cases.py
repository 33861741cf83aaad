"""What templates give, by the table `tests/data/template_cases.yaml`: ours, and Go's where there is Go."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from atmos_auth.domain.errors import InvalidTemplate
from atmos_auth.domain.place import Place
from atmos_auth.stacks.templates.functions.world import clock_functions
from atmos_auth.stacks.templates.template import Template

TABLE = Path(__file__).parents[2] / "data" / "template_cases.yaml"
SECTIONS: dict[str, dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
CLOCK = clock_functions(lambda: datetime(2026, 3, 1, 12, 30, 5, 120_000, tzinfo=UTC))
PROGRAM = Path(__file__).parent / "go" / "main.go"
# Where Debian's packages of Go's libraries put their sources.
SOURCES = Path("/usr/share/gocode")


def cases() -> Iterator[Any]:
    for name, section in SECTIONS.items():
        for number, case in enumerate(section["cases"]):
            yield pytest.param(name, case, id=f"{name} {number}")


def rendered(section: dict[str, Any], template: str) -> str:
    delimiters = tuple(section.get("delimiters", ("{{", "}}")))
    read = Template(template, Place("manifest.yaml", 1, 1), delimiters=delimiters)
    return read.render(section.get("data"), functions=CLOCK, missing=section.get("missing", "default"))


@pytest.mark.parametrize(("name", "case"), list(cases()))
def test_a_template_gives_what_the_table_says(name: str, case: dict[str, Any]):
    if "error" not in case:
        assert rendered(SECTIONS[name], case["template"]) == case["gives"]
        return
    with pytest.raises(InvalidTemplate) as caught:
        rendered(SECTIONS[name], case["template"])
    assert caught.value.message == case["error"]
    assert str(caught.value.place) == f"manifest.yaml:{case['at']}"


def test_no_case_changes_the_data_of_the_next():
    assert yaml.safe_load(TABLE.read_text(encoding="utf-8")) == SECTIONS


def test_every_error_says_what_to_do():
    failing = [(name, case) for name, section in SECTIONS.items() for case in section["cases"] if "error" in case]
    assert len(failing) > 100
    silent = []
    for name, case in failing:
        with pytest.raises(InvalidTemplate) as caught:
            rendered(SECTIONS[name], case["template"])
        if not caught.value.hints:
            silent.append(case["template"])
    assert [template for template in silent if '(fail "no")' not in template] == ['{{ fail "the reason" }}']


@pytest.mark.skipif(not shutil.which("go") or not SOURCES.is_dir(), reason="Go and the sources of Sprig are not here")
def test_go_gives_the_same(tmp_path: Path):
    program = tmp_path / "program"
    environ = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(SOURCES),
        "GOCACHE": str(tmp_path / "cache"),
        "TZ": "UTC",
    }
    subprocess.run(["go", "build", "-o", program, PROGRAM], env=environ, check=True, timeout=110, capture_output=True)
    output = subprocess.run([program, TABLE], env=environ, check=True, timeout=60, capture_output=True).stdout
    outcomes = json.loads(output)
    differing = []
    for name, section in SECTIONS.items():
        for case, outcome in zip(section["cases"], outcomes[name], strict=True):
            given = None if outcome["error"] else outcome["gives"]
            if given != case.get("go", case.get("gives")):
                differing.append((case["template"], given))
    assert differing == []

import shutil
import subprocess

import pytest

from atmos_auth.delivery.formats.fish import text


def fish(script: str, environ: dict[str, str]) -> tuple[str, str]:
    program = shutil.which("fish")
    if program is None:
        pytest.skip("fish is not installed")
    result = subprocess.run(
        [program, "-c", script], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    return result.stdout, result.stderr


def test_every_line_stands_for_itself():
    lines = text({"A": "it's", "B": "a\n\tb", "C": "", "D": "\\", "E": "\x01f"}).splitlines()
    assert lines == [
        "set -gx A 'it\\'s';",
        "set -gx B 'a'\\x0a\\x09'b';",
        "set -gx C '';",
        "set -gx D '\\\\';",
        "set -gx E \\x01'f';",
    ]


def test_a_universal_variable_is_the_persons_own(environ: dict[str, str]):
    fish("set -Ux AWS_PROFILE mine", environ)
    out, err = fish(text({}, ["AWS_PROFILE", "AWS_ROLE_ARN"]), environ | {"AWS_ROLE_ARN": "old"})
    assert (out, err.count("\n")) == ("", 1)
    assert "erase it with: set -Ue AWS_PROFILE" in err
    assert fish("echo $AWS_PROFILE", environ) == ("mine\n", "")
    # Nothing is said where it does not win.
    assert fish(text({"AWS_PROFILE": "prod"}) + "env | string match 'AWS_PROFILE*'", environ) == (
        "AWS_PROFILE=prod\n",
        "",
    )


def test_the_last_line_leaves_a_good_status(environ: dict[str, str]):
    assert fish(f"begin\n{text({}, ['NEVER_SET'])}\nend; and echo good", environ) == ("good\n", "")

"""What a program prints is passed on as it comes, and kept."""

import os
import subprocess
import sys
import time

import pytest

from atmos_auth.host.kept_output import KeptOutput
from atmos_auth.host.process import run_in


@pytest.mark.parametrize(
    ("printed", "kept"), [("a\\n", "a"), ("a\\n\\nb\\r\\n\\n", "a\n\nb"), ("", ""), (" a ", " a "), ("\\377", "\ufffd")]
)
def test_it_is_kept_without_the_line_breaks_at_its_end(environ, capfdbinary, printed, kept):
    with KeptOutput() as output:
        ended = run_in(None, ["sh", "-c", f"printf '{printed}'; exit 3"], environ, stdout=output.entrance)
    assert (ended.status, output.text()) == (3, kept)
    assert capfdbinary.readouterr().out == printed.encode().decode("unicode_escape").encode("latin-1")


def test_much_of_it_is_no_trouble(environ, capfdbinary):
    with KeptOutput() as output:
        assert run_in(None, ["sh", "-c", "yes | head -c 1000000"], environ, stdout=output.entrance).status == 0
    assert len(output.text()) == 999_999
    assert len(capfdbinary.readouterr().out) == 1_000_000


def test_it_is_seen_before_the_program_has_ended(environ):
    ear, mouth = os.pipe()
    with KeptOutput(mouth) as output:
        began = time.monotonic()
        process = subprocess.Popen(["sh", "-c", "echo now; read line"], stdin=subprocess.PIPE, stdout=output.entrance)
        assert os.read(ear, 100) == b"now\n"
        assert time.monotonic() - began < 30
        process.communicate(b"go\n", timeout=30)
    os.close(ear)
    os.close(mouth)


def test_nobody_reads_us_any_more_and_the_program_learns_of_it(environ):
    ear, mouth = os.pipe()
    os.close(ear)
    with KeptOutput(mouth) as output:
        status = run_in(None, [sys.executable, "-c", FOREVER], environ, stdout=output.entrance).status
    os.close(mouth)
    assert status == 7


FOREVER = """\
import os
try:
    while True:
        os.write(1, b"again")
except BrokenPipeError:
    os._exit(7)
"""

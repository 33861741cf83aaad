"""One Terraform command for a thousand components of one identity, cold: how many sign-ins, and what each costs."""

import statistics
import subprocess
import time
from collections.abc import Mapping

from benchmarks.repository import COMPONENTS, SHARED, write_repository
from benchmarks.scene import Scene, scene

STACKS = 100
# Terraform is not measured here: `true` stands in for it.
VARIABLES = {"ATMOS_COMPONENTS_TERRAFORM_COMMAND": "true", "ATMOS_FORCE_TTY": "true"}
CALLS = ("sso-oidc:StartDeviceAuthorization", "sso:GetRoleCredentials", "sts:AssumeRole")


def run(rounds: int) -> str:
    """Run it a few times, each in a new home, and return the lines."""
    with scene() as place:
        configuration = place.directory / "atmos.yaml"
        auth = configuration.read_text(encoding="utf-8")
        write_repository(place.directory, STACKS + SHARED)
        configuration.write_text(auth + configuration.read_text(encoding="utf-8"), encoding="utf-8")
        cold, warm = [], []
        for _ in range(max(3, rounds // 7)):
            home = place.fresh_home()
            place.aws.journal.clear()
            cold.append(_planned(place, home))
            calls = [place.aws.journal.count(call) for call in CALLS]
            if calls != [1, 1, 1]:
                raise SystemExit(f"{CALLS} were called {calls} times")
            warm.append(_planned(place, home))
    count = STACKS * COMPONENTS
    lines = [f"Terraform for {count} components of one identity: one sign-in, one call for each kind of credentials"]
    for name, seconds in (("cold", cold), ("signed in", warm)):
        middle = statistics.median(seconds)
        spread = f"{min(seconds):.1f}-{max(seconds):.1f}"
        lines.append(f"  {name:10}  {middle:5.1f} s (spread {spread}), {middle / count * 1e3:.1f} ms each")
    return "\n".join(lines)


def _planned(place: Scene, home: Mapping[str, str]) -> float:
    started = time.perf_counter()
    result = subprocess.run(
        place.atmos("terraform", "plan", "--all", "--skip-init"),
        cwd=place.directory,
        env={**place.environ, **VARIABLES, **home},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    took = time.perf_counter() - started
    if result.returncode != 0:
        raise SystemExit(result.stderr.decode(errors="replace"))
    return took

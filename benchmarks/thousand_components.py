"""One Terraform command for a thousand components of one identity, cold: one sign-in for all of them.

The peer is the program that stands for Terraform, started as many times in a loop that does nothing else. Limit: 10
times as long. Each round is checked to ask AWS once for each link of the chain.
"""

import sys
from collections.abc import Mapping

from benchmarks.figure import Figure, compared
from benchmarks.measure import Contender, interleaved
from benchmarks.repository import COMPONENTS, SHARED, write_repository
from benchmarks.scene import CALLS, scene

STACKS = 100
# Terraform is not measured here: `true` stands in for it.
VARIABLES = {"ATMOS_COMPONENTS_TERRAFORM_COMMAND": "true", "ATMOS_FORCE_TTY": "true"}
LOOP = "import subprocess\nfor _ in range({}): subprocess.run(['true'])"
PEER = f"{STACKS * COMPONENTS:,} times `true`"
COLD, WARM = "terraform plan --all, cold", "terraform plan --all, signed in"


def run(rounds: int) -> Figure:
    """Run it a few times, each in a new home, and return what was found."""
    with scene() as place:
        auth = place.configuration.read_text(encoding="utf-8")
        write_repository(place.directory, STACKS + SHARED)
        stacks = place.configuration.read_text(encoding="utf-8")
        place.configuration.write_text(auth + stacks, encoding="utf-8")
        homes: list[Mapping[str, str]] = []

        def anew() -> Mapping[str, str]:
            homes.append(place.fresh_home())
            place.forget_calls()
            return {**VARIABLES, **homes[-1]}

        plan = place.atmos("terraform", "plan", "--all", "--skip-init")
        contenders = [
            Contender(PEER, [sys.executable, "-c", LOOP.format(STACKS * COMPONENTS)]),
            Contender(COLD, plan, anew, after=place.expect_one_sign_in),
            Contender(WARM, plan, lambda: {**VARIABLES, **homes[-1]}, after=place.expect_one_sign_in),
        ]
        count = max(2, rounds // 7)
        rows = interleaved(contenders, rounds=count, environ=place.environ, directory=place.directory)
    rows = compared(rows, PEER, {COLD: 10.0, WARM: 10.0})
    return Figure("A thousand components of one identity", rows, dict.fromkeys(CALLS, 1))

"""Every account and role of a large portal: asked for together, one after the other, and what the rate allows."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from aws_emulator.state import Account, PermissionSet
from benchmarks.scene import Scene, scene

# Near by, and from another continent; and how many rounds of each.
LATENCIES = {0.05: 3, 0.2: 2}
ROLES = ("AdminAccess", "ReadOnlyAccess", "Billing")
# What the portal takes per second, and the accounts that one of its pages holds.
RATE, PAGE = 20, 100
# The full size takes seven minutes.
ACCOUNTS, FULL = 100, 1000

# The peer: botocore as its documentation shows it, one request after the other, which botocore repeats when refused.
SEQUENTIAL = """
import json, sys
import botocore, botocore.config, botocore.session
url, token = sys.argv[1], json.load(open(sys.argv[2]))["accessToken"]
unsigned = botocore.config.Config(signature_version=botocore.UNSIGNED)
sso = botocore.session.Session().create_client("sso", region_name="us-east-1", endpoint_url=url, config=unsigned)
found = 0
for page in sso.get_paginator("list_accounts").paginate(accessToken=token, PaginationConfig={"PageSize": 100}):
    for account in page["accountList"]:
        roles = sso.get_paginator("list_account_roles")
        for names in roles.paginate(accessToken=token, accountId=account["accountId"]):
            found += len(names["roleList"])
print(found)
"""


def run(rounds: int, *, full: bool = False) -> str:
    """Time both in turn, and return the lines; `full` takes a thousand accounts instead of a hundred."""
    accounts = FULL if full else ACCOUNTS
    lines = [f"Discovery: {accounts:,} accounts of {len(ROLES)} roles, {RATE} requests per second and no more"]
    with scene() as place:
        token = _signed_in(place, accounts)
        for latency, most in LATENCIES.items():
            lines += _compared(place, token, accounts, latency, 1 if full else min(rounds, most))
        refused = place.aws.journal.count("sso:ListAccountRoles", outcome="TooManyRequestsException")
    bound = (accounts + -(-accounts // PAGE)) / RATE
    return "\n".join([*lines, f"  what the rate allows          {bound:7.2f} s; {refused} requests were refused"])


def _compared(place: Scene, token: Path, accounts: int, latency: float, rounds: int) -> list[str]:
    place.aws.faults.clear()
    place.aws.faults.add("sso:*", delay=latency)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(_timed(place, place.atmos("auth", "discover", "--refresh", "--format", "json"), accounts))
        theirs.append(_timed(place, [sys.executable, "-c", SEQUENTIAL, place.aws.url, str(token)], accounts))
    mine, peer = statistics.median(ours), statistics.median(theirs)
    bound = (accounts + -(-accounts // PAGE)) / RATE
    at, ratio = f"{latency * 1e3:3.0f} ms", f"{mine / bound:.2f} x what the rate allows"
    return [
        f"  {at}  atmos auth discover   {mine:7.2f} s (spread {_span(ours)}), {ratio}",
        f"  {at}  one after the other   {peer:7.2f} s (spread {_span(theirs)}), {peer / mine:.2f} x discover",
    ]


def _signed_in(place: Scene, accounts: int) -> Path:
    """Sign in, and return the file of the portal's session."""
    _organize(place, accounts)
    login = place.atmos("auth", "login", "--force-tty", "--no-browser", "--provider", "my-sso")
    subprocess.run(login, cwd=place.directory, env=place.environ, capture_output=True, check=True)
    (token,) = Path(place.environ["HOME"]).glob(".cache/atmos/aws-sso/sessions/*.json")
    return token


def _organize(place: Scene, accounts: int) -> None:
    state = place.aws.state
    state.accounts = {f"{100_000_000_000 + n}": Account(f"account {n}", "a@example.com") for n in range(accounts)}
    state.permission_sets |= {role: PermissionSet() for role in ROLES}
    state.people[state.person].assignments = {number: list(ROLES) for number in state.accounts}
    state.page_size, state.portal_rate, state.portal_burst = PAGE, RATE, RATE


def _timed(place: Scene, argv: list[str], accounts: int) -> float:
    started = time.perf_counter()
    result = subprocess.run(argv, cwd=place.directory, env=place.environ, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    found = json.loads(result.stdout) if result.returncode == 0 else result.stderr
    count = found["counts"]["identities"] if isinstance(found, dict) else found
    if count != accounts * len(ROLES):
        raise SystemExit(f"{argv[:3]} found {count}")
    return took


def _span(seconds: list[float]) -> str:
    return f"{min(seconds):.2f}-{max(seconds):.2f}"

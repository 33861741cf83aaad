"""Every account and role of a large portal, a tenth of a second away.

The peer is botocore as its documentation shows it: one request after the other, which it repeats when it is refused.
The portal takes 20 requests a second and no more: ours is compared with what that allows. Limit: 1.1 times as long,
from 200 accounts on; with fewer, the start of the program counts. Each run is checked to find every role of every
account.
"""

import json
import sys
import time
from pathlib import Path

from aws_emulator.state import Account, PermissionSet
from benchmarks.figure import Broken, Figure, Row, row
from benchmarks.processes import output
from benchmarks.scene import Scene, scene

LATENCY = 0.1
ROLES = ("AdminAccess", "ReadOnlyAccess", "Billing")
# What the portal takes per second, and the accounts that one of its pages holds.
RATE, PAGE = 20, 100
# One after the other, a thousand would take minutes.
SIZES, SHORT = (50, 200, 1000), (50, 200)
OURS, PEER, BOUND = "auth discover --refresh", "botocore, one after the other", "what the rate allows"
LIMIT, LIMITED = 1.1, (200, 1000)

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


def run(_: int) -> Figure:
    """Time each once, for it takes long, and return what was found."""
    rows, refused = [], 0
    for size in SIZES:
        with scene() as place:
            token = _signed_in(place, size)
            place.aws.faults.add("sso:*", delay=LATENCY)
            bound = row(_name(BOUND, size), [(size + -(-size // PAGE)) / RATE], series=BOUND, size=size)
            place.forget_calls()
            words = place.atmos("auth", "discover", "--refresh", "--format", "json")
            rows += [bound, _timed(place, OURS, words, size).against(bound, LIMIT if size in LIMITED else None)]
            refused += place.aws.journal.count("sso:ListAccountRoles", outcome="TooManyRequestsException")
            if size in SHORT:
                theirs = [sys.executable, "-c", SEQUENTIAL, place.aws.url, str(token)]
                rows.append(_timed(place, PEER, theirs, size).against(bound))
    title = f"Discovery: {len(ROLES)} roles in each account"
    return Figure(title, rows, {"requests that were refused": refused}, growth="accounts")


def _signed_in(place: Scene, accounts: int) -> Path:
    """Sign in, and return the file of the portal's session."""
    state = place.aws.state
    state.accounts = {f"{100_000_000_000 + n}": Account(f"account {n}", "a@example.com") for n in range(accounts)}
    state.permission_sets |= {role: PermissionSet() for role in ROLES}
    state.people[state.person].assignments = {number: list(ROLES) for number in state.accounts}
    state.page_size, state.portal_rate, state.portal_burst = PAGE, RATE, RATE
    place.sign_in("--provider", "my-sso")
    (token,) = Path(place.environ["HOME"]).glob(".cache/atmos/aws-sso/sessions/*.json")
    return token


def _timed(place: Scene, series: str, argv: list[str], size: int) -> Row:
    began = time.perf_counter()
    found = json.loads(output(argv, place.environ, place.directory))
    took = time.perf_counter() - began
    count = found["counts"]["identities"] if isinstance(found, dict) else found
    if count != size * len(ROLES):
        raise Broken(f"{count} roles were found, of {size * len(ROLES)}")
    return row(_name(series, size), [took], series=series, size=size)


def _name(series: str, size: int) -> str:
    return f"{series}, {size:,} accounts"

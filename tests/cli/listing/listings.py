"""Listings out of a few words, names that no format likes, and strategies over both."""

import io

from hypothesis import strategies as st

from atmos_auth.cli.listing.screen import Screen
from atmos_auth.cli.output import Paint
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.usecases.listing import Entry, Listing

NOW = 1_700_000_000.0
HOSTILE = (
    "<script>alert(1)</script>",
    '"onmouseover="alert(1)',
    "a&amp;b'\"`&#59;",
    "</style></script><!--",
    "שלום עולם",
    "مرحبا",
    "\u202eevil\u2066",
    "日本語の名前",
    "🚀👩‍🚀 rocket",
    "x" * 200,
    "cafe\u0301",
    "1. first",
    "- dash",
    "end",
    "a -> b; c",
    "`code` **bold** _it_ ~~no~~ [x](y)",
    "a_b__c",
    "$$x$$ $y$",
    "#quot; #35;",
    "%%{init: {}}%%",
    "back\\slash \\N \\G\\",
    "a|b||c\\|d",
    "tab\tline\nend\x1b[31m",
    "{}[]()<>",
)
names = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


def screen(columns: int | None = None, *, unicode: bool = True, color: bool = False) -> Screen:
    return Screen(NOW, Paint(_Terminal() if color else io.StringIO(), {}), columns, unicode)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def provider(name: str, **settings: object) -> Entry:
    return Entry(PROVIDER, name, {"kind": "aws/iam-identity-center", **settings})


def identity(name: str, via: Entry | tuple[str, str] | None = None, left: float | None = None, **settings) -> Entry:
    """Return an identity; `via` may also be a (role, name) that is nowhere; `left` is the time of its credentials."""
    parent = (via.role, via.name) if isinstance(via, Entry) else via
    problem, blocked_by = settings.pop("problem", None), settings.pop("blocked_by", None)
    end = None if left is None else NOW + left
    whole = {"kind": "aws/assume-role", **settings}
    return Entry(IDENTITY, name, whole, parent, end, left is not None, problem, blocked_by)


@st.composite
def listings(draw, name=names) -> Listing:
    """Entries that hang from each other in any way: from what is left out, from what is nowhere, in circles."""
    entries: dict[tuple[str, str], Entry] = {}
    for words in draw(st.lists(name, min_size=1, max_size=4, unique_by=str.lower)):
        entry = provider(words, start_url=words)
        entries[entry.key] = entry
    identities = draw(st.lists(name, min_size=1, max_size=7, unique_by=str.lower))
    everybody = [
        *entries,
        *(("identity", words) for words in identities),
        ("identity", "nowhere"),
        ("provider", "gone"),
    ]
    for words in identities:
        parent = draw(st.none() | st.sampled_from(everybody))
        left = draw(st.none() | st.sampled_from([-1.0, 60.0, 5000.0]))
        entry = identity(words, parent, left, default=draw(st.booleans()), alias=words, tags=[words])
        entries[entry.key] = entry
    shown = draw(st.lists(st.sampled_from(list(entries)), min_size=1, unique=True))
    return Listing([entries[key] for key in shown], [entry for key, entry in entries.items() if key not in shown])


CORP = provider("corp", region="us-east-1", start_url="https://corp.awsapps.com/start", default=True)
DEV = identity("dev", CORP, 7500, kind="aws/permission-set", alias="Development", tags=["test"])
PROD = identity("prod", DEV, 600, principal={"assume_role": "arn:aws:iam::333333333333:role/Deploy"}, default=True)
LOST = identity("lost", (PROVIDER, "gone"), problem='referenced provider "gone" does not exist')
USER = identity("breakglass", None, -1, kind="aws/user")
SMALL = Listing([CORP, USER, DEV, LOST, PROD], [])

"""Mermaid has no reader in Python: what is checked is a grammar of the few forms of line that are written."""

import re
from html import unescape

from hypothesis import given, settings
from listings import CORP, DEV, HOSTILE, LOST, PROD, SMALL, identity, listings, names, provider, screen

from atmos_auth.cli.listing.forest import AGAIN, forest, walk
from atmos_auth.cli.listing.mermaid import escaped, render
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Listing

SHOWN = """\
graph LR
  provider_corp["corp<br/>aws/iam-identity-center"]:::isDefault
  identity_dev(["dev<br/>aws/permission-set"]):::identity
  identity_prod(["prod<br/>aws/assume-role"]):::isDefault
  provider_gone["gone<br/>missing"]:::broken
  identity_lost(["lost<br/>aws/assume-role"]):::broken
  identity_breakglass(["breakglass<br/>aws/user"]):::identity
  provider_corp --> identity_dev
  identity_dev --> identity_prod
  provider_gone --> identity_lost
  classDef provider fill:#dbeafe,stroke:#1d4ed8,color:#172554
"""
ID = r"(?:provider|identity)_[A-Za-z0-9_]*"
LABEL = r'"((?:[^\W_]|[ ./_-]|#\d+;|<br/>)*)"'
NODE = re.compile(rf"  ({ID})(?:\[{LABEL}\]|\(\[{LABEL}\]\)):::(\w+)")
EDGE = re.compile(rf"  ({ID}) --> ({ID})")
CLASS = re.compile(r"  classDef (\w+) [\w:#,-]+(?: \d)?")


def read(text: str) -> tuple[dict[str, tuple[str, str]], list[tuple[str, str]]]:
    """Return the label and class of every node by its id, and the edges; any other line is refused."""
    first, *lines = text.removesuffix("\n").split("\n")
    assert first == "graph LR"
    nodes: dict[str, tuple[str, str]] = {}
    edges, classes = [], set()
    for line in lines:
        if node := NODE.fullmatch(line):
            assert node[1] not in nodes
            nodes[node[1]] = (node[2] or node[3], node[4])
        elif edge := EDGE.fullmatch(line):
            edges.append((edge[1], edge[2]))
        else:
            classes.add(CLASS.fullmatch(line)[1])
    assert {end for edge in edges for end in edge} <= set(nodes)
    assert {name for _, name in nodes.values()} <= classes
    # A class of this name would be put on every node.
    assert "default" not in classes
    return nodes, edges


def said(label: str) -> str:
    """What a person reads: entity codes are those of HTML with another first character."""
    return unescape(re.sub(r"#(\d+);", r"&#\1;", label)).replace("\u2060", "")


def test_the_flowchart():
    assert render(SMALL, screen()).startswith(SHOWN)


def test_what_is_left_out_is_a_class_of_its_own():
    nodes, _ = read(render(Listing([PROD], [CORP, DEV, LOST]), screen()))
    assert nodes["identity_dev"] == ("dev<br/>filtered", "filtered")


def test_names_that_look_alike_get_ids_of_their_own():
    entries = [identity(name) for name in ("a-b", "a_b", "a.b", "a b", "a_b_2", "日", "本")]
    nodes, _ = read(render(Listing(entries, []), screen()))
    assert len(nodes) == 7


@given(names)
@settings(deadline=None)
def test_a_label_says_the_name(name):
    assert said(escaped(name)) == plain_text(name)


@given(names)
@settings(deadline=None)
def test_nothing_in_a_label_is_markup(name):
    label = escaped(name)
    assert re.fullmatch(LABEL, f'"{label}"')
    # Of the marks that stay, none begins a list, a rule or emphasis, nor ends a word.
    assert not re.search(r"(?:^|\W|_)[./_-]|[./_-](?:$|\W|_)", re.sub(r"#\d+;", " ", label))
    assert "36;#36;" not in label


@given(listings())
@settings(deadline=None)
def test_every_node_and_every_edge_is_there(listing):
    steps = list(walk(forest(listing)))
    nodes, edges = read(render(listing, screen()))
    assert sorted(said(label.split("<br/>")[0]) for label, _ in nodes.values()) == sorted(
        plain_text(step.node.name) for step in steps if step.node.standing != AGAIN
    )
    assert len(edges) == sum(step.parent is not None for step in steps)


def test_every_hostile_name_at_once():
    entries = [provider(name) for name in HOSTILE] + [identity(name, provider(name)) for name in HOSTILE]
    nodes, edges = read(render(Listing(entries, []), screen()))
    assert (len(nodes), len(edges)) == (2 * len(HOSTILE), len(HOSTILE))

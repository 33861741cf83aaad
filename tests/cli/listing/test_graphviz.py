import json
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from listings import CORP, DEV, HOSTILE, LOST, PROD, SMALL, identity, listings, provider, screen
from lxml import etree

from atmos_auth.cli.listing.forest import AGAIN, forest, walk
from atmos_auth.cli.listing.graphviz import render
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Listing

DOT = shutil.which("dot")
needs_dot = pytest.mark.skipif(DOT is None, reason="graphviz is not installed")
SHOWN = """\
digraph AuthConfig {
  rankdir=LR;
  node [fontname="Helvetica", style=filled];
  "provider/corp" [label="corp\\naws/iam-identity-center", shape=box, fillcolor=lightgreen];
  "identity/dev" [label="dev\\naws/permission-set", shape=ellipse, fillcolor=white];
  "identity/prod" [label="prod\\naws/assume-role", shape=ellipse, fillcolor=lightgreen];
  "provider/gone" [label="gone\\nmissing", shape=box, fillcolor=lightblue, color=red, penwidth=2];
  "identity/lost" [label="lost\\naws/assume-role", shape=ellipse, fillcolor=white, color=red, penwidth=2];
  "identity/breakglass" [label="breakglass\\naws/user", shape=ellipse, fillcolor=white];
  "provider/corp" -> "identity/dev";
  "identity/dev" -> "identity/prod";
  "provider/gone" -> "identity/lost";
}
"""


def run(arguments: list[str], text: str) -> bytes:
    result = subprocess.run([DOT, *arguments], input=text.encode(), capture_output=True, check=True, timeout=60)
    assert result.stderr == b""
    return result.stdout


def drawn(text: str) -> tuple[set[tuple[str, ...]], int]:
    """Return the texts of every node, as a reader of the drawing sees them, and the number of edges."""
    # `dot` writes a no-break space for every blank it draws.
    svg = etree.fromstring(run(["-Tsvg"], text))
    found = svg.iterfind(".//{*}g[@class='node']")
    nodes = {
        tuple("".join(line.itertext()).replace("\xa0", " ") for line in node.iterfind(".//{*}text")) for node in found
    }
    return nodes, len(svg.findall(".//{*}g[@class='edge']"))


def test_the_graph():
    assert render(SMALL, screen()) == SHOWN


def test_what_is_left_out_is_dashed():
    text = render(Listing([PROD], [CORP, DEV, LOST]), screen())
    assert '"identity/dev" [label="dev\\nfiltered", shape=ellipse, fillcolor=white, style="filled,dashed"]' in text
    assert '"provider/corp" -> "identity/dev"' in text


def test_a_circle_is_one_of_arrows():
    a, b = identity("a", ("identity", "b")), identity("b", ("identity", "a"))
    lines = render(Listing([a, b], []), screen()).splitlines()
    assert lines[-3:-1] == ['  "identity/a" -> "identity/b";', '  "identity/b" -> "identity/a";']


@needs_dot
@pytest.mark.parametrize("name", HOSTILE)
def test_graphviz_draws_any_name_as_it_is(name):
    nodes, edges = drawn(render(Listing([provider(name), identity(name, provider(name))], []), screen()))
    shown = plain_text(name)
    assert {tuple(text.strip() for text in node) for node in nodes} == {
        (shown, "aws/iam-identity-center"),
        (shown, "aws/assume-role"),
    }
    assert edges == 1


@needs_dot
@given(listings())
@settings(max_examples=40, deadline=None)
def test_graphviz_finds_every_node_and_every_edge(listing):
    steps = list(walk(forest(listing)))
    graph = json.loads(run(["-Tdot_json"], render(listing, screen())))
    plain = {(s.node.role, plain_text(s.node.name.lower())) for s in steps if s.node.standing != AGAIN}
    assert len(graph["objects"]) == len(plain)
    assert len(graph.get("edges", [])) == sum(step.parent is not None for step in steps)

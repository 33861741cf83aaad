import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from atmos_auth.domain.errors import StoreError
from atmos_auth.host.kubeconfig import CLUSTERS, CONTEXTS, USERS, Entry, Kubeconfig

THEIRS = """\
# written by hand
apiVersion: v1
kind: Config
clusters:
# the first one
- cluster:
    server: https://a.example.com   # by VPN
  name: a
- name: b
  cluster: {server: "https://b.example.com"}

contexts:
    - context:
        cluster: a
        user: jo
      name: a
    # the end of the contexts
users:
- name: jo
  user:
    token: "0123"
    since: 2020-01-01
current-context: a # mine
"""
OURS = [
    Entry(CLUSTERS, "ours", {"server": "https://c.example.com"}),
    Entry(CONTEXTS, "ours", {"cluster": "ours", "user": "us"}),
    Entry(USERS, "us", {"exec": {"command": "atmos", "args": ["a", "--b=c: #d"], "env": []}}),
]
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


def edited(text: str | None, entries: list[Entry], current: str | None = None) -> str:
    edit = Kubeconfig(text, "/k").edited(entries, current)
    assert edit.is_faithful
    return edit.text


def test_what_others_wrote_stays_to_the_letter():
    there = edited(THEIRS, OURS)
    assert [line for line in THEIRS.splitlines() if line not in there.splitlines()] == []
    assert edited(there, [entry._replace(value=None) for entry in OURS]) == THEIRS
    assert yaml.safe_load(there)["users"][1] == {"name": "us", "user": OURS[2].value}


def test_an_entry_is_exchanged_where_it_stands():
    there = edited(THEIRS, [Entry(CLUSTERS, "a", {"server": "https://new.example.com"})])
    before, after = THEIRS.splitlines(), there.splitlines()
    assert (before[:5], before[8:]) == (after[:5], after[8:])
    assert after[5:8] == ["- name: a", "  cluster:", "    server: https://new.example.com"]


@pytest.mark.parametrize("empty", ["[]", "null", "", "~", "[]   # none yet"])
def test_lists_may_be_empty_or_missing(empty):
    text = f"apiVersion: v1\nkind: Config\nclusters: {empty}\nusers: {empty}\n"
    there = edited(text, OURS, "ours")
    config = Kubeconfig(there, "/k")
    assert [config.value(entry.section, entry.name) for entry in OURS] == [entry.value for entry in OURS]
    assert config.current_context == "ours"
    assert there.startswith("apiVersion: v1\nkind: Config\n")


@pytest.mark.parametrize("text", [None, "", "\n", "# only a comment\n"])
def test_without_a_file_one_is_made(text):
    there = yaml.safe_load(edited(text, OURS, "ours"))
    assert list(there)[:2] == ["apiVersion", "kind"]
    assert there["current-context"] == "ours"


def test_a_file_without_a_last_line_break_grows_all_the_same():
    there = edited(THEIRS.rstrip("\n"), OURS)
    assert yaml.safe_load(there) == yaml.safe_load(edited(THEIRS, OURS))


def test_the_last_entry_leaves_an_empty_list():
    gone = edited(THEIRS, [Entry(USERS, "jo", None)])
    assert "users: []\n" in gone
    assert Kubeconfig(edited("", OURS), "/k").is_bare is False
    assert Kubeconfig(edited(edited("", OURS), [e._replace(value=None) for e in OURS]), "/k").is_bare


def test_the_current_context_is_exchanged_and_its_comment_stays():
    assert "current-context: ours # mine\n" in edited(THEIRS, [], "ours")
    assert "current-context: '' # mine\n" in edited(THEIRS, [], "")


@pytest.mark.parametrize(
    "text", [json.dumps(yaml.safe_load(THEIRS), default=str), "{clusters: [{name: a, cluster: {}}]}"]
)
def test_another_way_of_writing_keeps_its_values_and_says_that_it_was_changed(text):
    edit = Kubeconfig(text, "/k").edited(OURS)
    assert not edit.is_faithful
    there = yaml.safe_load(edit.text)
    assert there["clusters"][0] == yaml.safe_load(text)["clusters"][0]
    assert there["clusters"][-1]["name"] == "ours"


@settings(deadline=None)
@given(
    st.lists(NAMES, max_size=4, unique=True),
    NAMES,
    st.dictionaries(NAMES, NAMES | st.lists(NAMES) | st.none() | st.booleans(), max_size=3),
    st.sampled_from(["", "  ", "    "]),
)
def test_whatever_the_names_the_values_are_those_that_were_wanted(others, name, value, indent):
    items = [{"name": other, "cluster": {"server": other}} for other in others]
    dumped = yaml.safe_dump(items, allow_unicode=True) if items else ""
    text = "# head\nclusters:\n" + "".join(f"{indent}{line}\n" for line in dumped.split("\n")[:-1]) + "kind: Config\n"
    before = Kubeconfig(text, "/k")
    # Indenting a text changes it where it holds line breaks of its own.
    assume(all(before.value(CLUSTERS, other) == {"server": other} for other in others))
    edit = before.edited([Entry(CLUSTERS, name, value)])
    config = Kubeconfig(edit.text, "/k")
    assert config.value(CLUSTERS, name) == value
    assert all(config.value(CLUSTERS, other) == {"server": other} for other in others if other != name)
    gone = Kubeconfig(edit.text, "/k").edited([Entry(CLUSTERS, name, None)])
    assert [other for other, _ in Kubeconfig(gone.text, "/k").entries(CLUSTERS)] == [o for o in others if o != name]


@pytest.mark.parametrize(
    ("text", "line", "column", "why"),
    [
        ("clusters:\n- name: [\n", 3, 1, "not YAML"),
        ("- a\n", 1, 1, "not a mapping"),
        ("kind: Config\nusers: {a: b}\n", 2, 1, "users is not a list"),
        ("contexts:\n- context: {}\n", 1, 1, "contexts is not a list"),
        ("a: !!python/object:x.y {}\n", 1, 4, "not YAML"),
        ("a: \x00\n", 1, 1, "not YAML"),
    ],
)
def test_what_is_no_kubeconfig_is_named_with_its_place(text: Any, line, column, why):
    with pytest.raises(StoreError, match=why) as caught:
        Kubeconfig(text, "/home/me/.kube/config")
    assert str(caught.value.place) == f"/home/me/.kube/config:{line}:{column}"


def test_dates_stay_what_kubernetes_takes_them_for():
    edit = Kubeconfig(THEIRS, "/k").edited(OURS)
    assert re.search(r"^    since: 2020-01-01$", edit.text, re.MULTILINE)
    assert Kubeconfig(THEIRS, "/k").value(USERS, "jo")["since"] == "2020-01-01"

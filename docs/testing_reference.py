"""The page about what authors of kinds are offered for their tests."""

from docs.markdown import page, paragraph, table

# What `atmos_auth.testing` offers that has no docstring.
CONSTANTS = {"NOW": "2026-01-02T03:04:05Z in epoch seconds: when the samples were issued, and where `FakeClock` starts"}


def testing_page() -> str:
    """List the fakes and samples for authors of kinds, and what each contract holds an implementation to."""
    from atmos_auth import testing
    from atmos_auth.testing import contracts

    offered = {name: getattr(testing, name) for name in testing.__all__}
    words = {name: CONSTANTS.get(name) or paragraph(thing) for name, thing in offered.items()}
    fakes = [f"| `{name}` | {words[name]} |" for name in offered if name[0].isupper()]
    samples = [f"| `{name}(...)` | {words[name]} |" for name in offered if not name[0].isupper()]
    parts = []
    for name in contracts.__all__:
        contract = getattr(contracts, name)
        tests = [(n, t) for n, t in vars(contract).items() if n.startswith("test_")]
        rows = [f"| {n.removeprefix('test_').replace('_', ' ')} | {paragraph(test)} |" for n, test in tests]
        parts += [f"### `{name}`", paragraph(contract), table(("what is tested", ""), rows)]
    return page(
        "Fakes and contracts for authors of kinds",
        "src/atmos_auth/testing",
        "What `atmos_auth.testing` offers to the tests of a plug-in; [Write a kind](../how-to/write-a-kind.md) shows "
        "it in use.",
        "## Fakes",
        table(("name", "what it does"), fakes),
        "## Samples",
        table(("name", "what it does"), samples),
        "## Contracts",
        "Classes for pytest in `atmos_auth.testing.contracts`: subclass one, say what is under test, and run it.",
        *parts,
    )

import pytest
from hypothesis import given, settings
from listings import HOSTILE, SMALL, identity, listings, provider, screen
from lxml import html
from markdown_it import MarkdownIt

from atmos_auth.cli.listing import mermaid
from atmos_auth.cli.listing.markdown import render
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Listing

SHOWN = """
## Providers

| Name | Kind | Region | URL | Tags | Notes |
| --- | --- | --- | --- | --- | --- |
| corp | aws/iam-identity-center | us-east-1 | https://corp.awsapps.com/start |  | default |

## Identities

| Name | Kind | Via | Principal | Account | Tags | Notes |
| --- | --- | --- | --- | --- | --- | --- |
| breakglass | aws/user |  |  |  |  |  |
| dev | aws/permission-set | corp |  |  | test | alias: Development |
| lost | aws/assume-role | gone |  |  |  | referenced provider "gone" does not exist |
| prod | aws/assume-role | dev | Deploy | 333333333333 |  | default |
"""
# As strict readers take it, and with what GitHub adds.
READERS = {
    "commonmark": MarkdownIt("commonmark").enable("table"),
    "github": MarkdownIt("gfm-like", {"linkify": False}),
}


def page(reader: str, text: str):
    return html.document_fromstring(READERS[reader].render(text))


def cells(found, title: str) -> list[list[str]]:
    (table,) = found.xpath(f"//h2[.='{title}']/following-sibling::*[1][self::table]")
    return [[cell.text_content() for cell in row] for row in table.findall("tbody/tr")]


def test_the_page():
    text = render(SMALL, screen())
    assert text.startswith(f"# Authentication Configuration\n\n```mermaid\n{mermaid.render(SMALL, screen())}```\n")
    assert text.endswith(SHOWN)


def test_a_page_of_nothing():
    assert render(Listing([], []), screen()) == "# Authentication Configuration\n"


@pytest.mark.parametrize("reader", READERS)
@given(listing=listings())
@settings(deadline=None)
def test_readers_find_the_very_names_in_the_cells(reader, listing):
    found = page(reader, render(listing, screen()))
    for title, role in (("Providers", PROVIDER), ("Identities", IDENTITY)):
        entries = [entry for entry in listing.entries if entry.role == role]
        if entries:
            names = [" ".join(plain_text(entry.name).split()) for entry in entries]
            assert [" ".join(row[0].split()) for row in cells(found, title)] == names
    (diagram,) = found.xpath("//code[@class='language-mermaid']")
    assert diagram.text == mermaid.render(listing, screen())
    assert found.xpath("//em | //strong | //a | //s | //img | //script | //tbody//code") == []


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_readers_find_any_value_in_its_cell(reader, name):
    entry = identity(name, provider(name), principal={"name": name, "account": {"name": name}}, tags=[name], alias=name)
    (row,) = cells(page(reader, render(Listing([entry], []), screen())), "Identities")
    shown = plain_text(name)
    assert row == [shown, "aws/assume-role", shown, shown, shown, shown, f"alias: {shown}"]

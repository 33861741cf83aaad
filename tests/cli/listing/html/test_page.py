import base64
import hashlib
import re

import pytest
from hypothesis import given, settings
from listings import CORP, DEV, HOSTILE, LOST, NOW, PROD, SMALL, identity, listings, provider, screen
from lxml import html

from atmos_auth.cli.listing.html import render
from atmos_auth.domain.chain import IDENTITY, PROVIDER
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import REDACTED, Listing


def page(listing: Listing):
    return html.document_fromstring(render(listing, screen()))


def rows(found, section: str):
    return found.xpath(f"//table[@aria-labelledby='{section}']/tbody/tr")


def said(element) -> str:
    return " ".join(element.text_content().split())


def cells(row) -> dict[str, str]:
    return {cell.get("data-title"): said(cell) for cell in row.findall("td")}


def test_what_is_known_of_an_identity():
    by_name = {row.xpath("string(.//span[@class='name'])"): row for row in rows(page(SMALL), "identities")}
    assert list(by_name) == ["breakglass", "dev", "lost", "prod"]
    dev, prod, lost = by_name["dev"], by_name["prod"], by_name["lost"]
    assert cells(prod) | {"Status": ""} == {
        "Status": "",
        "Kind": "aws/assume-role",
        "Via": "dev",
        "Principal": "Deploy",
        "Account": "333333333333",
        "Region": "us-east-1",
    }
    assert cells(dev)["Status"].startswith("● 2h5m left 2023-11-15 ")
    assert cells(prod)["Status"].startswith("◐ 10m left")
    assert cells(by_name["breakglass"])["Status"].startswith("○ expired")
    assert cells(lost)["Status"] == "✗ broken"
    assert said(lost.find("th")).startswith('lost✗ referenced provider "gone" does not exist')
    assert [said(badge) for badge in prod.xpath(".//*[@class='badge']")] == ["default"]
    assert [said(tag) for tag in dev.xpath(".//*[@class='tag']")] == ["test"]
    assert (dev.get("data-until"), lost.get("data-until")) == (f"{NOW + 7500:.0f}", None)


def test_links_lead_to_rows_of_the_page():
    found = page(SMALL)
    targets = {link.get("href") for link in found.xpath("//a[starts-with(@href, '#')]")}
    assert {target.removeprefix("#") for target in targets} <= {
        element.get("id") for element in found.xpath("//*[@id]")
    }
    (via,) = rows(found, "identities")[3].xpath("td[@data-title='Via']/a")
    assert found.get_element_by_id(via.get("href").removeprefix("#")).xpath("string(.//span[@class='name'])") == "dev"


def test_a_secret_is_no_part_of_it():
    entry = provider("p", password=REDACTED, region="eu-west-1")
    user = identity("u", kind="aws/user", credentials={"access_key_id": REDACTED})
    text = render(Listing([entry, user], []), screen())
    assert "[redacted]" in text
    assert f"<dt>Password</dt><dd><bdi>{REDACTED}</bdi></dd>" in text


def test_nothing_is_loaded_and_only_its_own_script_runs():
    text = render(SMALL, screen())
    found = html.document_fromstring(text)
    (policy,) = found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,), (script,) = found.xpath("//style/text()"), found.xpath("//script/text()")
    digests = {
        name: base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        for name, content in (("style-src", style), ("script-src", script))
    }
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": f"'sha256-{digests['style-src']}'",
        "script-src": f"'sha256-{digests['script-src']}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert found.xpath("//@src | //link | //@style | //form | //iframe | //object | //embed | //base") == []
    assert [name for name in found.xpath("//@*") if name.attrname.startswith("on")] == []
    assert re.findall(r"url\(|@import|fetch|XMLHttp|innerHTML|eval", style + script) == []


def test_its_structure_can_be_heard():
    found = page(SMALL)
    assert found.get("lang") == "en"
    assert [said(heading) for heading in found.xpath("//h1 | //h2")] == [
        "Authentication", "Chains", "Identities", "Providers",
    ]  # fmt: skip
    for table in found.xpath("//table"):
        assert found.get_element_by_id(table.get("aria-labelledby")).tag == "h2"
        assert all(cell.get("scope") == "col" for cell in table.xpath("thead//th"))
        assert all(row.find("th").get("scope") == "row" for row in table.xpath("tbody/tr"))
        # Once rows are shown as cards, a browser no longer takes it for a table by itself.
        roles = {table.get("role"), *table.xpath(".//tr/@role"), *table.xpath(".//td/@role")}
        assert roles == {"table", "row", "cell"}
    assert found.xpath("//label[@for='filter']")
    assert found.xpath("//*[@class='scroll']/@tabindex") == ["0"]
    assert all(mark.get("aria-hidden") for mark in found.xpath("//*[@class='mark']"))


def test_what_is_left_out_or_missing_is_drawn_as_such():
    found = page(Listing([PROD, LOST], [CORP, DEV]))
    boxes = {box.xpath("string(.//bdi)"): box for box in found.xpath("//*[contains(@class, 'node')]")}
    assert {name: said(box.xpath("foreignobject//div/div[2]")[0]) for name, box in boxes.items()} == {
        "corp": "filtered out",
        "dev": "filtered out",
        "prod": "aws/assume-role",
        "gone": "not configured",
        "lost": "aws/assume-role",
    }
    assert {name for name, box in boxes.items() if box.tag == "a"} == {"prod", "lost"}
    assert len(found.xpath("//*[@class='edge']")) == 0
    assert len(found.xpath("//*[@class='edge open']")) == 3


def test_a_region_comes_from_whom_one_hangs_from_even_if_left_out():
    (row,) = rows(page(Listing([PROD], [CORP, DEV])), "identities")
    assert cells(row)["Region"] == "us-east-1"


def test_a_page_of_nothing_says_so():
    assert "No providers or identities to show." in render(Listing([], []), screen())


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " https://x"])
def test_only_addresses_of_the_web_become_links(url):
    found = page(Listing([provider("p", start_url=url)], []))
    assert found.xpath("//table//a") == []
    assert plain_text(url) in cells(rows(found, "providers")[0])["Address"]


@given(listings())
@settings(deadline=None)
def test_any_name_is_text(listing):
    found = page(listing)
    for section, role in (("identities", IDENTITY), ("providers", PROVIDER)):
        names = [row.xpath("string(.//span[@class='name']/bdi)") for row in rows(found, section)]
        assert names == [plain_text(entry.name) for entry in listing.entries if entry.role == role]
    assert len(found.xpath("//script")) == len(found.xpath("//style")) == 1
    assert {element.tag for element in found.iter() if isinstance(element.tag, str)} <= ELEMENTS


ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "script", "header", "main", "footer", "section"),
    *("h1", "h2", "p", "ul", "li", "a", "span", "b", "bdi", "div", "time", "code", "label", "input", "button"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "dl", "dt", "dd"),
    *("svg", "g", "text", "path", "rect", "foreignobject"),
}


@pytest.mark.parametrize("unicode", [True, False])
def test_a_stream_without_unicode_gets_the_same_page_in_ascii(unicode):
    listing = Listing([provider(name) for name in HOSTILE], [])
    text = render(listing, screen(unicode=unicode))
    assert text.isascii() != unicode
    found = html.document_fromstring(text)
    assert [row.xpath("string(.//bdi)") for row in rows(found, "providers")] == [plain_text(name) for name in HOSTILE]

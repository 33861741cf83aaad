"""The page as a person meets it: in a real browser, in the light and in the dark, on a desk and on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from listings import HOSTILE, NOW, SMALL, identity, provider, screen
from playwright.sync_api import Browser, Page, sync_playwright

from atmos_auth.cli.listing.html import render
from atmos_auth.host.plain_text import plain_text
from atmos_auth.usecases.listing import Listing
from installed import CHROMIUM, CHROMIUM_FLAGS, in_chromium

pytestmark = in_chromium
DESK, PHONE = 1280, 400


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a listing's page from a file; whatever it complains of, asks for or loads fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(listing: Listing, width: int = DESK, scheme: str = "light", *, scripts: bool = True) -> Page:
        path = tmp_path / "page.html"
        path.write_text(render(listing, screen()), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, locale="en-US"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        if scripts:
            page.clock.install(time=NOW - 60)
            page.clock.pause_at(NOW)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: complaints.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def hostile() -> Listing:
    """A listing in which every text is hostile."""
    entries = [provider(name, start_url=f"https://{name}", tags=[name], region=name) for name in HOSTILE]
    for number, name in enumerate(HOSTILE):
        principal = {"name": name, "account": {"name": name}}
        words = {
            "kind": name,
            "tags": [name],
            "alias": name,
            "principal": principal,
            "problem": name if number % 3 else None,
        }
        entries.append(identity(name, provider(name), 100.0 * number, **words))
    return Listing(entries, [])


def shown(page: Page, section: str = "identities") -> list[str]:
    return page.locator(f"table[aria-labelledby={section}] tbody tr:visible .name").all_inner_texts()


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_name_breaks_the_page(visit, width, scheme):
    page = visit(hostile(), width, scheme)
    names = [plain_text(name) for name in HOSTILE]
    # As text, whatever the writing direction; blanks that come together are shown as one.
    found = page.locator("table[aria-labelledby=identities] tbody .name bdi").all_text_contents()
    assert found == names
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        page.evaluate("""[...document.querySelectorAll('section, td, tbody th')].filter(
        (e) => e.scrollWidth > e.clientWidth + 1 && !e.querySelector('.scroll')).map((e) => e.textContent)""")
        == []
    )


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(visit, width, scheme):
    page = visit(SMALL, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    # WCAG 2.2, 1.4.3: 4.5 to 1.
    assert [found for found in page.evaluate(CONTRASTS) if found[0] < 4.5] == []
    texts = page.evaluate(CONTRASTS)
    assert len(texts) > 50


# Every element with a text of its own: its contrast, and the text.
CONTRASTS = """() => {
  const channels = (css) => css.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const own = channels(getComputedStyle(e).backgroundColor);
      if (own.length < 4 || own[3] > 0) return own;
      const box = e.tagName === "foreignObject" && e.parentElement.querySelector(".box");
      const fill = box && getComputedStyle(box).fill;
      if (fill && fill !== "none") return channels(fill);
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && e.checkVisibility())
    .filter((e) => !e.closest("script, style, title"))
    .map((e) => {
      const style = getComputedStyle(e);
      const [a, b] = [luminance(channels(e.tagName === "text" ? style.fill : style.color)), luminance(ground(e))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.textContent.trim()];
    });
}"""


def status(page: Page, name: str) -> str:
    row = page.locator("tr", has=page.locator(".name", has_text=name))
    return " ".join(row.locator("td[data-title=Status]").inner_text().split()[:3])


def test_time_goes_on_while_the_page_is_open(visit):
    page = visit(SMALL)
    box = page.locator(".node", has=page.get_by_text("prod", exact=True))
    assert (status(page, "dev"), status(page, "prod")) == ("● 2h5m left", "◐ 10m0s left")
    assert page.locator(".tally li:visible").all_inner_texts() == [
        "● 1 valid", "◐ 1 end within 15 minutes", "○ 1 expired", "✗ 1 broken",
    ]  # fmt: skip
    page.clock.run_for(9 * 60_000)
    assert status(page, "prod") == "◐ 1m0s left"
    page.clock.run_for(2 * 60_000)
    assert status(page, "prod").startswith("○ expired")
    assert (box.get_attribute("data-state"), box.locator(".mark").inner_text()) == ("expired", "○")
    # A lid that was closed.
    page.clock.fast_forward("01:50:00")
    assert status(page, "dev").startswith("◐")
    assert page.locator(".tally li:visible").all_inner_texts() == [
        "◐ 1 end within 15 minutes", "○ 2 expired", "✗ 1 broken",
    ]  # fmt: skip


def test_without_scripts_everything_is_there_and_nothing_pretends_to_work(visit):
    page = visit(SMALL, scripts=False)
    assert shown(page) == ["breakglass", "dev", "lost", "prod"]
    assert not page.locator(".filter").is_visible()
    assert status(page, "dev") == "● 2h5m left"
    page.locator("summary").first.click()
    assert page.get_by_text("[redacted]").count() == 0
    assert page.locator("details[open] > dl").is_visible()


def test_what_is_typed_and_the_tags_that_are_pressed_filter(visit):
    page = visit(SMALL)
    box = page.get_by_label("Filter", exact=True).and_(page.get_by_role("searchbox"))
    box.fill("ASSUME 3333")
    assert shown(page) == ["prod"]
    assert page.get_by_role("status").inner_text() == "1 of 5 shown"
    assert page.locator(".node.dim").count() == 4
    box.press("Escape")
    assert len(shown(page)) == 4
    assert page.get_by_role("status").inner_text() == ""
    tag = page.get_by_role("button", name="test")
    tag.click()
    assert (shown(page), shown(page, "providers")) == (["dev"], [])
    assert tag.get_attribute("aria-pressed") == "true"
    assert not page.get_by_role("heading", name="Providers").is_visible()
    box.fill("nobody")
    assert shown(page) == []
    box.fill("")
    tag.click()
    assert len(shown(page)) == 4


def test_the_keyboard_is_enough(visit):
    page = visit(SMALL)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the list"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    seen = []
    while True:
        page.keyboard.press("Tab")
        what = page.evaluate(
            "document.activeElement.id || document.activeElement.className.baseVal || "
            "document.activeElement.className || document.activeElement.tagName"
        )
        if what == "BODY":
            break
        seen.append(what)
        outline = page.evaluate("""(() => { const e = document.activeElement;
            const box = e.matches('.node') && e.querySelector('.box');
            return box ? getComputedStyle(box).strokeWidth : getComputedStyle(e).outlineWidth; })()""")
        assert outline == "3px", what
        if "provider default" in what:
            page.keyboard.press("Enter")
            assert page.evaluate("location.hash") == "#entry-1"
            page.locator("a.node").first.focus()
    assert seen[:3] == ["filter", "BUTTON", "scroll"]
    assert sum(what.startswith("node") for what in seen) == 5
    assert seen.count("SUMMARY") >= 2


def test_it_is_a_table_for_screen_readers_even_as_cards(visit):
    for width in (DESK, PHONE):
        page = visit(SMALL, width)
        table = page.get_by_role("table", name="Identities")
        assert table.get_by_role("row").count() == 5
        assert table.get_by_role("columnheader", name="Status").count() == 1
        assert table.get_by_role("rowheader").count() == 4
        assert table.get_by_role("cell", name="333333333333").count() == 1
        assert page.get_by_role("region", name="Chains").get_by_role("group", name="Diagram").count() == 1


def test_a_thousand_identities_can_be_filtered(visit):
    providers = [provider(f"sso{n}", region="us-east-1") for n in range(20)]
    entries = [identity(f"i{n}", providers[n % 20], 60.0 * n, tags=[f"t{n % 9}"]) for n in range(1000)]
    page = visit(Listing([*providers, *entries], []))
    page.get_by_role("searchbox").fill("i777 ")
    assert shown(page) == ["i777"]

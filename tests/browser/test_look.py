"""The frame of every page and its small script, on a phone and on a desk, with and without JavaScript."""

import pytest

PHONE, SMALL_PHONE, DESK = ({"width": w, "height": 800} for w in (390, 320, 1440))
STANDING_PAGES = ["/about/", "/methodology/", "/privacy/", "/nothing-is-here/"]

LEDGER = """
<div data-filters="#entries" hidden>
  <button type="button" aria-pressed="true" data-filter="">All</button>
  <button type="button" aria-pressed="false" data-filter="court">Court</button>
</div>
<div id="entries">
  <section data-group><h3>2023</h3><ol><li data-kind="custody">Arrest</li></ol></section>
  <section data-group>
    <h3>2024</h3>
    <ol><li data-kind="court">Hearing</li><li data-kind="custody">Extension</li></ol>
  </section>
</div>"""

SHARING = """
<textarea data-message id="message">Who's held?</textarea>
<button type="button" data-share data-share-text="#message" data-share-url="/here/" hidden>Share</button>
<ul data-message-links><li><a href="/to/?text=Who%27s%20held%3F%20link">Network</a></li></ul>
<p id="address">the address</p>
<button class="button--primary" data-yields data-copy="#address" data-copied="Copied" hidden>Copy</button>"""

COUNT = """
<div data-count="/count.json"><b data-count-figure>0</b><progress max="2000" value="0"></progress></div>"""

SUMMARY = (
    '<div tabindex="-1" autofocus data-takes-focus id="summary"><a href="#field">Wrong</a></div><input id="field">'
)


def show(page, body):
    """Opens a page of the site's own address that holds this body and the site's script."""
    html = f'<!doctype html><html lang="en"><body>{body}<script src="/static/js/habeas.js"></script></body></html>'
    page.route("**/specimen/", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
    page.goto("/specimen/")


def test_the_ledger_shows_only_what_is_chosen_and_no_empty_year(page):
    show(page, LEDGER)
    page.get_by_role("button", name="Court").click()
    assert page.locator("#entries").inner_text().split() == ["2024", "Hearing"]
    assert page.get_by_role("button", name="Court").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="All").click()
    assert "Arrest" in page.locator("#entries").inner_text()


def test_without_javascript_the_ledger_is_whole_and_offers_no_dead_button(page_without_javascript):
    show(page_without_javascript, LEDGER)
    assert not page_without_javascript.get_by_role("button").count()
    assert page_without_javascript.locator("li:visible").count() == 3


def test_copying_says_so(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show(page, SHARING)
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "the address"


def test_where_the_device_can_share_that_is_the_one_filled_button(page):
    page.add_init_script("navigator.share = (what) => { window.shared = what; return Promise.resolve(); }")
    show(page, SHARING)
    page.get_by_role("button", name="Share").click()
    assert page.evaluate("window.shared") == {"text": "Who's held?", "url": "/here/"}
    assert not page.locator(".button--primary").count()


def test_where_it_cannot_share_copying_stays_filled(page):
    page.add_init_script("navigator.share = undefined")
    show(page, SHARING)
    assert not page.get_by_role("button", name="Share").count()
    assert page.locator(".button--primary:visible").inner_text() == "Copy"


def test_a_changed_message_goes_into_the_links(page):
    show(page, SHARING)
    page.locator("#message").fill("It's about (them) & us")
    link = page.get_by_role("link", name="Network").get_attribute("href")
    assert link == "/to/?text=It%27s%20about%20%28them%29%20%26%20us%20link"


def test_the_count_follows(page):
    page.clock.install()
    page.route("**/count.json", lambda route: route.fulfill(json={"total": 1234}))
    show(page, COUNT)
    page.clock.fast_forward(16_000)
    page.get_by_text("1,234").wait_for()
    assert page.locator("progress").evaluate("bar => bar.value") == 1234


def test_a_count_that_cannot_be_read_leaves_the_figure(page):
    page.clock.install()
    page.route("**/count.json", lambda route: route.fulfill(status=503, body="away"))
    show(page, COUNT)
    with page.expect_response("**/count.json"):
        page.clock.fast_forward(16_000)
    assert page.locator("[data-count-figure]").inner_text() == "0"


@pytest.mark.parametrize("reader", ["page", "page_without_javascript"])
def test_the_error_summary_takes_the_focus(reader, request):
    page = request.getfixturevalue(reader)
    show(page, SUMMARY)
    page.locator("#summary:focus").wait_for()


@pytest.mark.parametrize("reader", ["page", "page_without_javascript"])
def test_the_menu_opens_on_a_phone_and_stands_open_on_a_desk(reader, request):
    page = request.getfixturevalue(reader)
    page.set_viewport_size(PHONE)
    page.goto("/about/")
    methodology = page.locator("header").get_by_role("link", name="Methodology")
    assert not methodology.is_visible()
    page.get_by_text("Menu").click()
    methodology.click()
    page.wait_for_url("**/methodology/")
    page.set_viewport_size(DESK)
    assert page.locator("header").get_by_role("link", name="Methodology").get_attribute("aria-current") == "page"
    assert page.locator("header").get_by_role("link", name="About").is_visible()
    assert not page.get_by_text("Menu").is_visible()


def test_the_first_tab_leads_past_the_masthead(page):
    page.goto("/about/")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    page.locator("#content:focus").wait_for()


@pytest.mark.parametrize("address", STANDING_PAGES)
def test_a_standing_page_has_no_barrier_in_light_and_dark_and_fits_a_small_phone(page, barriers, address):
    for scheme, size in (("light", SMALL_PHONE), ("dark", DESK)):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("address", STANDING_PAGES)
def test_a_standing_page_is_light_and_asks_for_three_files(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert len([url for url in asked if url.endswith(".css")]) == 1
    assert len(asked) <= 4

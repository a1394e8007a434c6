"""What holds on every page, seen in a real browser: no barrier for anybody, and nothing wider than a small phone."""

import pytest
from site_addresses import PAGES, PRIVATE_PAGES, furnish

ALL = sorted(
    [*PAGES.values(), *PRIVATE_PAGES.values(), "/no-such-page/", "/accounts/login/", "/cases/?q=nobody-at-all"]
)
# What a reader can see and touch: hidden traps for robots and boxes inside a label are not that.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, select, textarea, input")]
  .filter(e => !["hidden", "checkbox", "radio"].includes(e.type) && !e.closest("[aria-hidden=true]"))
  .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def furnished(transactional_db):
    return furnish()


@pytest.mark.parametrize("address", ALL)
def test_axe_finds_no_barrier(page, furnished, barriers, address):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(furnished.address(address))
        assert barriers(page) == [], scheme


@pytest.mark.parametrize("address", ALL)
def test_nothing_is_wider_than_a_small_phone(page_without_javascript, furnished, address):
    page = page_without_javascript
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(furnished.address(address))
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


@pytest.mark.parametrize("address", ALL)
def test_targets_are_large_enough_for_a_thumb(page, furnished, address):
    """Buttons and fields are at least 44 pixels high; links in running text are exempt."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(furnished.address(address))
    assert page.evaluate(SMALL_TARGETS) == []

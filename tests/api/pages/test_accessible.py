"""axe finds no serious fault on any page, in either theme, with every part of it open."""

import pytest

from api.pages.site import WEB
from tests.api.pages.conftest import PHONE
from tests.api.pages.test_reference import SERIES

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
EXPLORED = "/explore#symbol=AAPL&limit=100&i=rsi(period:9)&i=macd&i=beta"
SERIOUS = {"serious", "critical"}


def faults(browser):
    browser.run(AXE.read_text())
    found = browser.driver.execute_async_script(
        "axe.run(document, { resultTypes: ['violations'] }).then((told) => arguments[0](told.violations))"
    )
    return [
        (one["id"], node["target"], node.get("failureSummary", ""))
        for one in found
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_explorer(browser, keys, dark):
    browser.open("/explore", dark=dark)
    browser.until(lambda: browser.one("#key-form").is_displayed())
    assert not faults(browser)
    browser.open(EXPLORED, key=keys["premium"], dark=dark, size=PHONE if dark else (1440, 900)).answered("rsi(9)")
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    browser.one("#add").click()
    browser.until(lambda: browser.one("#add-list").is_displayed())
    assert not faults(browser)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_reference_and_the_guides(browser, keys, dark):
    browser.open("/docs/indicators/rsi", key=keys["premium"], dark=dark)
    assert not faults(browser)
    browser.open("/docs", key=keys["premium"], dark=dark)
    browser.until(lambda: browser.all(SERIES))
    browser.one(f"{SERIES} .opblock-summary-control").click()
    browser.until(lambda: browser.all(f"{SERIES} .execute"))
    browser.run("arguments[0].click()", browser.one(f"{SERIES} .execute"))
    browser.until(lambda: browser.all(f"{SERIES} .live-responses-table code"))
    browser.until(lambda: not browser.all(f"{SERIES} select:not([aria-label])"))
    assert not faults(browser)

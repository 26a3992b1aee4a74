"""/docs in a browser: the description as it is served, and questions that are really asked."""

from api.routes import ENDPOINTS
from tests.api.pages.conftest import PHONE

SERIES = "#operations-series-series_series"


def test_every_operation_is_shown_and_can_be_tried(browser, keys, served):
    browser.open("/docs", key=keys["premium"])
    browser.until(lambda: browser.all(SERIES))
    paths = {one.get_attribute("data-path") for one in browser.all(".opblock-summary-path")}
    assert paths >= {one.path for one in ENDPOINTS}
    browser.one(f"{SERIES} .opblock-summary-control").click()
    browser.until(lambda: browser.all(f"{SERIES} .execute"))
    browser.requests()
    browser.run("arguments[0].click()", browser.one(f"{SERIES} .execute"))
    browser.until(lambda: browser.all(f"{SERIES} .live-responses-table .response-col_description code"))
    (asked,) = [one for one in browser.requests() if "/indicators/rsi" in one["url"]]
    assert asked["headers"]["X-API-Key"] == keys["premium"]
    assert "period=9" in asked["url"]
    told = browser.text(f"{SERIES} .live-responses-table .response-col_description code")
    document = served.get("/openapi.json").json()
    responses = document["paths"]["/v1/symbols/{symbol}/indicators/{id}"]["get"]["responses"]
    example = responses["200"]["content"]["application/json"]["example"]
    assert str(example["columns"]["rsi"][-1])[:12] in told


def test_an_address_leads_to_its_operation(browser, keys):
    browser.open(f"/docs{SERIES}", key=keys["premium"])
    browser.until(lambda: browser.all(f"{SERIES} .execute"))
    browser.until(lambda: abs(browser.run("return arguments[0].getBoundingClientRect().top", browser.one(SERIES))) < 50)


def test_a_key_entered_here_is_used_for_trying(browser, keys):
    browser.open("/docs")
    browser.until(lambda: browser.all(SERIES))
    browser.enter("#key", keys["pro"])
    browser.one("#key-form button").click()
    browser.until(lambda: "pro" in browser.text("#key-button"))
    browser.until(lambda: browser.all(".btn.authorize.locked"))


def test_guides_lead_to_each_other_and_to_the_explorer(browser, keys):
    browser.open("/docs/indicators/rsi", key=keys["premium"])
    assert browser.run("return document.querySelector('.guide img').naturalWidth") > 0
    browser.one(".guide a[href='/explore#i=rsi']").click()
    browser.answered("rsi(14)")


def test_a_phone_shows_them_without_scrolling_sideways(browser, keys):
    for path in ("/docs", "/docs/indicators/rsi", "/docs/api-clients"):
        browser.open(path, key=keys["premium"], size=PHONE)
        if path == "/docs":
            browser.until(lambda: browser.all(SERIES))
        assert browser.run("return document.documentElement.scrollWidth") <= PHONE[0], path

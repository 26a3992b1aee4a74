"""The explorer in a browser: what it shows are the API's answers, and all of it can be done with the keyboard."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.api.pages.conftest import PHONE

RSI = "#symbol=AAPL&limit=300&i=rsi(period:9)"


def near(text, value):
    """Whether a text tells a value as a legend does: with seven digits, or large ones whole."""
    return float(text.replace(",", "")) == pytest.approx(value, rel=1e-6, abs=0.5 if abs(value) >= 1e5 else 0)


@pytest.fixture
def ask(served, keys):
    def get(path):
        answer = served.get(path, headers={"X-API-Key": keys["premium"]})
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


def field(name, card=1):
    return f".card:nth-child({card}) [id$='-{name}']"


def test_from_a_printed_key_to_a_chart_of_rsi_9(browser, keys, ask):
    browser.open("/explore")
    browser.enter("#key", keys["premium"] + Keys.ENTER)
    browser.answered("sma(50)", "rsi(14)")
    browser.enter(field("period", card=2), "9")
    legend = browser.answered("rsi(9)")
    answer = ask("/v1/symbols/AAPL/indicators/rsi?period=9&limit=1")
    assert near(legend["rsi(9)"], answer["columns"]["rsi"][0])
    assert browser.text("#legend-date") == answer["columns"]["date"][0]
    assert browser.all("#chart canvas")
    address = browser.driver.current_url
    assert "i=rsi(period:9)" in address
    key = keys["premium"]
    assert key not in address
    assert browser.run("return Object.values(sessionStorage)") == [key]
    assert browser.run("return Object.values(localStorage)") == []
    asked = browser.requests()
    assert not [one["url"] for one in asked if key in one["url"]]
    assert browser.run("return document.cookie") == ""


def test_a_key_that_lets_nobody_in_is_asked_for_again(browser, keys):
    browser.expected = ("401",)
    browser.open("/explore")
    browser.enter("#key", keys["premium"][:-1] + "-" + Keys.ENTER)
    browser.until(lambda: "API key" in browser.text("#key-problem"))
    assert browser.run("return sessionStorage.length") == 0
    browser.enter("#key", keys["premium"] + Keys.ENTER)
    browser.answered("close")
    browser.one("#key-button").click()
    browser.one("#key-forget").click()
    browser.until(lambda: browser.run("return sessionStorage.length") == 0)
    browser.until(lambda: browser.one("#welcome").is_displayed())


def test_values_are_told_bar_by_bar_with_the_keyboard(browser, keys, ask):
    browser.open(f"/explore{RSI}", key=keys["premium"]).answered("rsi(9)")
    columns = ask("/v1/symbols/AAPL/indicators/rsi?period=9&limit=300")["columns"]
    chart = browser.one("#chart")
    for key, row in ((Keys.ARROW_LEFT, -2), (Keys.ARROW_LEFT, -3), (Keys.HOME, 0), (Keys.PAGE_DOWN, 20)):
        chart.send_keys(key)
        browser.until(lambda row=row: browser.text("#legend-date") == columns["date"][row])
        said = browser.text("#said")
        value = columns["rsi"][row]
        assert said.startswith(f"{columns['date'][row]}: close ")
        assert "rsi(9) " in said
        assert near(said.rpartition(" ")[2], value)
        assert near(browser.legend()["rsi(9)"], value)
    chart.send_keys("i")
    assert browser.run("return document.activeElement.id") == "add"
    chart.send_keys("s")
    assert browser.run("return document.activeElement.id") == "symbol"


def test_the_pointer_shows_the_values_of_its_bar(browser, keys, ask):
    browser.open(f"/explore{RSI}", key=keys["premium"]).answered("rsi(9)")
    newest = browser.text("#legend-date")
    ActionChains(browser.driver).move_to_element(browser.one("#chart")).perform()
    browser.until(lambda: browser.text("#legend-date") != newest)
    columns = ask("/v1/symbols/AAPL/bars?limit=300")["columns"]
    row = columns["date"].index(browser.text("#legend-date"))
    legend = browser.legend()
    assert all(near(legend[name], columns[name][row]) for name in ("open", "high", "low", "close", "volume"))


def test_an_indicator_is_found_and_drawn_where_its_unit_fits(browser, keys):
    browser.open("/explore#symbol=AAPL", key=keys["premium"]).answered("close")
    assert panes(browser) == 1
    for text, names, count in (
        ("bollinger b", ("bbands(20, 2) upper", "bbands(20, 2) middle", "bbands(20, 2) lower"), 1),
        ("macd", ("macd(12, 26, 9) macd", "macd(12, 26, 9) hist"), 2),
        ("engulf", ("cdlengulfing",), 2),
        ("adx", ("adx(14)",), 3),
    ):
        browser.enter("#add", text)
        browser.until(lambda: browser.one("#add").get_attribute("aria-expanded") == "true")
        browser.one("#add").send_keys(Keys.ARROW_DOWN, Keys.ENTER)
        browser.answered(*names)
        browser.until(lambda count=count: panes(browser) == count)
    assert [one.text for one in browser.all(".card h3")] == [
        "bbands(20, 2)",
        "macd(12, 26, 9)",
        "cdlengulfing",
        "adx(14)",
    ]
    browser.one(".card:nth-child(2) button").click()
    browser.until(lambda: panes(browser) == 2)
    assert "macd" not in browser.driver.current_url


def panes(browser):
    """Count the chart's panes, between which there are separators, and the axis of time."""
    return len(browser.all("#chart table tr")) // 2


def test_controls_are_the_catalogues_and_hold_to_its_bounds(browser, keys, ask):
    browser.open("/explore#symbol=AAPL&i=rsi", key=keys["premium"]).answered("rsi(14)")
    period, smoothing = ask("/v1/indicators/rsi")["parameters"]
    control = browser.one(field("period"))
    assert control.get_attribute("min") == str(period["minimum"])
    assert control.get_attribute("max") == str(period["maximum"])
    options = browser.run("return [...arguments[0].options].map((one) => one.value)", browser.one(field("smoothing")))
    assert tuple(options) == tuple(smoothing["choices"])
    browser.requests()
    browser.enter(field("period"), "1")
    browser.until(lambda: control.get_attribute("aria-invalid") == "true")
    assert "from 2 to 2000" in browser.text(f"{field('period')} + small")
    assert not [one for one in browser.requests() if "period" in one["url"]]
    browser.run("document.querySelector('.card details').open = true")
    browser.choose(field("smoothing"), "sma")
    browser.enter(field("period"), "9")
    legend = browser.answered("rsi(9, sma)")
    answer = ask("/v1/symbols/AAPL/indicators/rsi?period=9&smoothing=sma&limit=1")
    assert near(legend["rsi(9, sma)"], answer["columns"]["rsi"][0])


def test_inputs_profiles_and_other_symbols_can_be_chosen(browser, keys, ask):
    state = "#symbol=AAPL&interval=1w&adjust=raw&limit=50&i=sma(period:4,on:rsi_14)&i=beta(against:IBM)"
    state += "&i=sma(profile:tradingview)"
    browser.open(f"/explore{state}", key=keys["premium"])
    legend = browser.answered("sma(4, on rsi_14)", "beta(5, against IBM)", "sma(9)")
    common = "interval=1w&adjust=raw&limit=1"
    for name, question in (
        ("sma(4, on rsi_14)", f"sma?period=4&on=rsi_14&{common}"),
        ("beta(5, against IBM)", f"beta?against=IBM&{common}"),
        ("sma(9)", f"sma?period=9&{common}"),
    ):
        columns = ask(f"/v1/symbols/AAPL/indicators/{question}")["columns"]
        assert near(legend[name], next(values for one, values in columns.items() if one != "date")[0])
    assert "AAPL · weeks" in browser.text("#title")


def test_what_is_refused_is_told_in_the_apis_words(browser, keys):
    browser.expected = ("403", "404", "422")
    browser.open("/explore#symbol=AAPL&i=macd(fast:30,slow:20)&i=sma", key=keys["premium"]).answered("sma(30)")
    browser.until(lambda: "must be below slow" in browser.text(f"{field('fast')} + small"))
    browser.open("/explore#symbol=AAPL&i=rsi&i=sma", key=keys["free"]).answered("sma(30)")
    browser.until(lambda: "The tier pro has it" in browser.text(".card:nth-child(1) .problem"))
    assert "day: " in browser.text("#quota")
    assert "of 50 left" in browser.text("#quota")
    browser.open("/explore#symbol=APPL", key=keys["premium"])
    browser.until(lambda: "near it: AAPL" in browser.text("#problem"))


def test_an_address_tells_all_of_it_again(browser, keys):
    browser.open("/explore#symbol=AAPL", key=keys["premium"]).answered("close")
    browser.choose("#interval", "1mo")
    browser.until(lambda: "months" in browser.text("#title"))
    browser.enter("#symbol", "ib")
    browser.until(lambda: browser.one("#symbol").get_attribute("aria-expanded") == "true")
    browser.one("#symbol").send_keys(Keys.ENTER)
    browser.until(lambda: "IBM" in browser.text("#title"))
    browser.set("#start", "2008-01-31")
    browser.until(lambda: "start=2008-01-31" in browser.driver.current_url)
    state = browser.driver.current_url.partition("#")[2]
    browser.open(f"/explore#{state}", key=keys["premium"]).answered("close")
    values = {name: browser.one(f"#{name}").get_attribute("value") for name in ("symbol", "interval", "start")}
    assert values == {"symbol": "IBM", "interval": "1mo", "start": "2008-01-31"}
    assert "IBM · months" in browser.text("#title")


def test_the_table_has_every_value(browser, keys, ask):
    browser.open(f"/explore{RSI}", key=keys["premium"]).answered("rsi(9)")
    browser.one("#table-part summary").click()
    assert [one.text for one in browser.all("#table thead th")] == [
        "date",
        "open",
        "high",
        "low",
        "close",
        "volume",
        "rsi(9)",
    ]
    browser.run("document.querySelector('#table button').click()")
    rows = browser.rows("#table tbody tr")
    columns = ask("/v1/symbols/AAPL/indicators/rsi?period=9&limit=300")["columns"]
    assert [row[0] for row in rows] == columns["date"][::-1]
    assert all(near(row[-1], value) for row, value in zip(rows, columns["rsi"][::-1], strict=True))


def test_the_calls_shown_give_what_is_shown(browser, served, keys):
    browser.open(f"/explore{RSI}&i=macd", key=keys["premium"]).answered("rsi(9)", "macd(12, 26, 9) macd")
    lines = [line for line in browser.text("#curl").splitlines() if line.startswith("curl ")]
    assert len(lines) == 3
    for line in lines:
        _, flag, header, address = shlex.split(line)
        assert (flag, header) == ("-H", "X-API-Key: $KEY")
        assert served.get(address, headers={"X-API-Key": keys["premium"]}).status_code == 200
    script = browser.text("#python")
    assert keys["premium"] not in script + browser.text("#curl")
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KEY": keys["premium"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "AAPL rsi {'period': 9, 'smoothing': 'wilder'}" in done.stdout
    values = re.findall(r"^2013-03-01 (\S+)$", done.stdout, re.MULTILINE)
    assert near(browser.legend()["rsi(9)"], float(values[0]))


def test_without_the_chart_library_the_table_has_the_values(browser, keys):
    browser.expected = ("ERR_BLOCKED_BY_CLIENT", "lightweight-charts")
    browser.driver.execute_cdp_cmd("Network.enable", {})
    browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*lightweight-charts.js"]})
    try:
        browser.open(f"/explore{RSI}", key=keys["premium"]).answered("rsi(9)")
        browser.until(lambda: browser.all("#table tbody tr"))
        assert not browser.all("#chart canvas")
    finally:
        browser.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


def test_the_theme_follows_the_system_or_the_visitor(browser, keys):
    browser.open(f"/explore{RSI}", key=keys["premium"], dark=True).answered("rsi(9)")

    def back():
        return browser.run("return getComputedStyle(document.body).backgroundColor")

    dark = back()
    browser.look(dark=False)
    browser.until(lambda: back() != dark)
    light = back()
    for expected in (light, dark):  # light by choice, then dark
        browser.one("#theme-button").click()
        browser.until(lambda expected=expected: back() == expected)
    browser.driver.refresh()
    browser.answered("rsi(9)")
    assert back() == dark


def test_a_phone_shows_all_of_it_without_scrolling_sideways(browser, keys):
    browser.open(f"/explore{RSI}&i=macd&i=bbands", key=keys["premium"], size=PHONE).answered("rsi(9)")
    assert browser.run("return document.documentElement.scrollWidth") <= PHONE[0]
    assert browser.one("#chart").rect["height"] > 350

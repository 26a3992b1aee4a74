"""A browser without a window, and the API's pages in it; skipped where there is no Chromium."""

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from api.pages import site
from tests.api.conftest import serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "about:blank"),
)
SECONDS = 20
DESKTOP, PHONE = (1440, 900), (390, 844)


@dataclass
class Browser:
    """A window, and the server whose pages are in it."""

    driver: Chrome
    origin: str
    expected: tuple[str, ...] = ()
    """Parts of the console's errors that a test means to cause."""

    def open(self, path, *, key=None, size=DESKTOP, dark=False):
        """Open a page anew, in a tab that has no key but this one."""
        self.look(size=size, dark=dark)
        self.driver.get(f"{self.origin}/docs/indicators/rsi.svg")  # which runs nothing
        self.run("sessionStorage.clear(); localStorage.clear()")
        if key:
            self.run("sessionStorage.setItem('kalpi-key', arguments[0])", key)
        self.driver.get(self.origin + path)
        return self

    def look(self, *, size=DESKTOP, dark=False):
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def run(self, script, *given):
        return self.driver.execute_script(script, *given)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def set(self, selector, value):
        """Set a field that a driver can't type into."""
        change = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
        self.run(change, self.one(selector), value)

    def rows(self, selector):
        """Return the texts of a table's cells, row by row."""
        texts = "[...row.cells].map((one) => one.textContent)"
        return self.run(f"return [...document.querySelectorAll(arguments[0])].map((row) => {texts})", selector)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def until(self, condition):
        return WebDriverWait(self.driver, SECONDS, poll_frequency=0.05).until(lambda _: condition())

    def choose(self, selector, value):
        Select(self.one(selector)).select_by_value(value)

    def enter(self, selector, text):
        field = self.one(selector)
        self.until(field.is_displayed)
        self.run("arguments[0].value = ''", field)
        field.send_keys(text)

    def legend(self):
        """Return the values of the legend by name, an indicator's with several outputs under its own."""
        rows = """return [...document.querySelectorAll('.legend .group')].flatMap((group) => {
            const title = group.querySelector('span')?.textContent ?? '';
            const name = (one) => (title ? `${title} ${one}` : one);
            return [...group.querySelectorAll('dl > div')].map((one) =>
                [name(one.querySelector('dt').textContent), one.querySelector('dd').textContent]);
        })"""
        return dict(self.run(rows))

    def answered(self, *names):
        """Wait until the legend has these, and return it."""
        self.until(lambda: set(names) <= self.legend().keys())
        return self.legend()

    def requests(self):
        """Return what was asked of any server since the last call."""
        messages = [json.loads(one["message"])["message"] for one in self.driver.get_log("performance")]
        sent = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
        return [one["request"] for one in sent if one["request"]["url"].startswith(("http", "ws"))]

    def errors(self):
        """Return what the console complains of, a breach of the page's policy included, unless it is expected."""
        told = [one["message"] for one in self.driver.get_log("browser") if one["level"] in {"SEVERE", "WARNING"}]
        return [one for one in told if not any(part in one for part in self.expected)]


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    if not CHROMIUM or not DRIVER:
        pytest.skip("no Chromium with its driver here: apt-get install chromium chromium-driver")
    if site().missing:
        pytest.skip(f"npm has not fetched {', '.join(site().missing)}: make web")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    yield driver
    with suppress(OSError):
        driver.quit()


@pytest.fixture(scope="session")
def served(world, accounts_url, shared_valkey):
    with serving(world, accounts_url, shared_valkey.unix_url) as client:
        yield client


@pytest.fixture
def browser(driver, served):
    """A browser that is looked after: nothing asked of another host, nothing complained of."""
    origin = str(served.base_url).rstrip("/")
    driver.get("about:blank")
    browser = Browser(driver, origin)
    browser.requests(), browser.errors()
    asked = []
    take = browser.requests
    browser.requests = lambda: asked.extend(new := take()) or new
    yield browser
    browser.requests()
    outside = [one["url"] for one in asked if not one["url"].startswith(origin)]
    assert not outside
    assert not browser.errors()

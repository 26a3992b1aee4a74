"""What a client of either kind knows: the server's address, the key, the policy of retries, the quotas told last."""

import os
from abc import ABC, abstractmethod
from collections.abc import Generator
from importlib.metadata import version
from typing import Any, Generic, TypeVar

import httpx2
import msgspec

from kalpi_client import quotas
from kalpi_client.calls import JSON, Call, Page, Rows
from kalpi_client.progress import Progress, Step
from kalpi_client.quotas import Quota
from kalpi_client.retries import Retries

H = TypeVar("H", httpx2.Client, httpx2.AsyncClient)
DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
HEADERS = {"User-Agent": f"kalpi-client/{version('kalpi-client')}"}


class Key(httpx2.Auth):
    """An API key, put on each request as it leaves. SEC: no representation shows it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response]:
        """Put the key where the API looks for it."""
        request.headers["X-API-Key"] = self._key
        yield request

    def __repr__(self) -> str:
        return "Key(...)"


class Connection(ABC, Generic[H]):
    """A server, and how it is asked.

    `url` and `key` come from KALPI_URL and KALPI_API_KEY where they are not given. `http` brings an HTTP client of
    your own (proxies, certificates, limits), which stays yours to close. `progress` is told of every page.
    """

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        timeout: httpx2.Timeout | float = TIMEOUT,
        retries: Retries | None = None,
        progress: Progress | None = None,
        http: H | None = None,
    ) -> None:
        if not (known := key or os.environ.get("KALPI_API_KEY")):
            raise ValueError("no API key: give one as key=, or set KALPI_API_KEY")
        self.url = (url or os.environ.get("KALPI_URL") or DEFAULT_URL).rstrip("/")
        self.quota: Quota | None = None
        """What the last counted answer told of the quotas."""
        self._key = Key(known)
        self._timeout = timeout
        self._retries = retries or Retries()
        self._progress = progress
        self._is_ours = http is None
        self._http = http or self._opened()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    @abstractmethod
    def _opened(self) -> H:
        """Return an HTTP client of ours."""

    def _request(self, call: Call[Any]) -> httpx2.Request:
        """Return a question as HTTP; one with a body is a POST."""
        content = None if call.body is None else msgspec.json.encode(call.body)
        headers = {**HEADERS, "Accept": call.accept} | ({} if content is None else {"Content-Type": JSON})
        method, url = "GET" if content is None else "POST", self.url + call.path
        return self._http.build_request(
            method, url, params=call.query, content=content, headers=headers, timeout=self._timeout
        )

    def _see(self, answer: httpx2.Response) -> httpx2.Response:
        """Read what an answer tells of the quotas, and hand it on."""
        self.quota = quotas.read(answer.headers) or self.quota
        return answer


class Walk:
    """A way through pages: the next call, None at the end; each page that is taken is told to `progress`."""

    def __init__(self, rows: Rows, progress: Progress | None) -> None:
        self._rows: Rows | None = rows
        self._progress = progress
        self._pages = self._seen = 0

    @property
    def call(self) -> Call[Page] | None:
        """What to ask next."""
        return self._rows.call if self._rows else None

    def take(self, page: Page) -> Page:
        """Go on from the page that was answered, and hand it on."""
        if self._rows is None:
            raise ValueError("there is no page behind the last")
        name, self._rows = self._rows.name, self._rows.after(page)
        self._pages, self._seen = self._pages + 1, self._seen + page.frame.height
        if self._progress is not None:
            self._progress(Step(name, self._pages, self._seen, self._rows is None))
        return page

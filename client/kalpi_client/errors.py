"""What can go wrong, as exceptions: the server's problem documents (RFC 9457), and servers that do not answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2
import msgspec
import polars as pl

_MEDIA = "application/problem+json"
_PASSING = frozenset({
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
})  # fmt: skip


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem document; `members` has what this type tells beyond, such as `least_tier` or `first_date`."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    instance: str | None = None
    request_id: str | None = None
    parameter: str | None = None
    given: object = None
    allowed: object = None
    members: Mapping[str, object] = {}

    @property
    def slug(self) -> str:
        """The type's last word: `quota-exceeded`, `unknown-symbol`, ..."""
        return self.type.rpartition("#")[2].rpartition("/")[2]


class KalpiError(Exception):
    """Whatever this package raises of its own."""

    retry_after: float | None = None
    """The seconds that the server asks to wait."""
    is_passing: bool = False
    """Whether the same question may be answered a little later."""


class Unreachable(KalpiError):
    """No answer came: nobody listens, the connection broke, or it took too long."""

    is_passing = True


class Unreadable(KalpiError):
    """An answer that is not the API's: another server stands at the address, or in between."""


class Refused(KalpiError):
    """The server's own no, with its problem document."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem, retry_after)
        self.problem = problem
        self.retry_after = retry_after
        self.is_passing = problem.status in _PASSING

    def __str__(self) -> str:
        """Return status, title and detail, and what finds the case in the server's log."""
        one = self.problem
        where = f" [request {one.request_id}]" if one.request_id else ""
        return f"{one.status} {one.title}: {one.detail}{where}"


class BadQuestion(Refused):
    """A parameter, a body or a header is not allowed: `problem.parameter` and `problem.allowed` say which and why."""


class NotAuthorised(Refused):
    """The key is missing, unknown, expired or revoked."""


class AboveTier(Refused):
    """The account's tier, or the key, does not have it; `problem.members["least_tier"]` names the tier that does."""


class NotFound(Refused):
    """There is no such symbol, indicator, snapshot, bar or route; `problem.allowed` has near ones."""


class QuotaExceeded(Refused):
    """A quota is used up, and `retry_after` is longer than the client waits."""


class Unavailable(Refused):
    """The server can't answer now."""


class ServerFault(Refused):
    """The server's own mistake: `problem.request_id` finds it in its log."""


class PartialAnswer(KalpiError):
    """Some of many things asked for were refused; `frame` has the rows of the others, `problems` a line for each."""

    def __init__(self, problems: tuple[str, ...], frame: pl.DataFrame) -> None:
        super().__init__(problems, frame)
        self.problems = problems
        self.frame = frame

    def __str__(self) -> str:
        """Return the first few."""
        more = f" and {len(self.problems) - _SHOWN} more" if len(self.problems) > _SHOWN else ""
        return f"{'; '.join(self.problems[:_SHOWN])}{more} (problems='keep' returns them as rows)"


_SHOWN = 3
_BY_STATUS: Mapping[int, type[Refused]] = {
    HTTPStatus.UNAUTHORIZED: NotAuthorised,
    HTTPStatus.FORBIDDEN: AboveTier,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.TOO_MANY_REQUESTS: QuotaExceeded,
    HTTPStatus.BAD_GATEWAY: Unavailable,
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable,
    HTTPStatus.GATEWAY_TIMEOUT: Unavailable,
}


def refused(answer: httpx2.Response) -> KalpiError:
    """Return the exception of an answer that is no success."""
    if not answer.is_error:
        return Unreadable(
            f"{answer.url} answers {answer.status_code} {answer.reason_phrase}; is the address the API's?"
        )
    usual = ServerFault if answer.is_server_error else BadQuestion
    return _BY_STATUS.get(answer.status_code, usual)(_problem(answer), _seconds(answer.headers.get("Retry-After")))


def _problem(answer: httpx2.Response) -> Problem:
    """Return the document, or of something else that answered (a proxy) what HTTP says."""
    plain = Problem(title=answer.reason_phrase, status=answer.status_code, detail=f"from {answer.url}")
    if not answer.headers.get("Content-Type", "").startswith(_MEDIA):
        return plain
    try:
        told = msgspec.json.decode(answer.content, type=dict[str, object])
        known = {name: told[name] for name in Problem.__struct_fields__ if name in told and name != "members"}
        others = {name: value for name, value in told.items() if name not in known}
        return msgspec.convert({**known, "status": answer.status_code, "members": others}, Problem)
    except msgspec.MsgspecError:
        return plain


def _seconds(text: str | None) -> float | None:
    """Read a Retry-After: seconds, or a date (RFC 9110 10.2.3)."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return None

"""Every way a request can fail, as one table: RFC 9457 problem types, each with its page under /problems."""

from collections.abc import Mapping

import msgspec

VIOLATED = "violated-policies"
"""The member that names the quotas of a 429."""
_REGISTRY = "https://iana.org/assignments/http-problem-types"


class Problem(msgspec.Struct, frozen=True):
    """A problem type: what its URI, its status and its title are, and what a caller can do about it.

    Those that draft-ietf-httpapi-ratelimit-headers names have its URIs.
    """

    slug: str
    status: int
    title: str
    meaning: str
    is_registered: bool = False

    @property
    def page(self) -> str:
        """The path that answers with this record."""
        return f"/problems/{self.slug}"

    @property
    def type(self) -> str:
        """The type's URI: its page, unless others know it by another."""
        return f"{_REGISTRY}#{self.slug}" if self.is_registered else self.page


PROBLEMS = (
    # the question
    Problem("unknown-symbol", 404, "No such symbol", "The snapshot has no bars of it; `allowed` lists near ones."),
    Problem("unknown-indicator", 404, "No such indicator", "GET /v1/indicators lists all; `allowed` has near ones."),
    Problem(
        "unknown-snapshot", 404, "No such snapshot", "It is not kept, or not any more; GET /v1/snapshots lists all."
    ),
    Problem("no-bar", 404, "No bar on that day", "It was no session of the symbol; the nearest ones are named."),
    Problem("unknown-parameter", 422, "No such parameter", "`allowed` lists the names this route takes."),
    Problem("parameter-out-of-bounds", 422, "Value not allowed", "`allowed` says which values are."),
    Problem("against-missing", 422, "Second symbol missing", "Name it as `against`: the indicator compares two."),
    Problem("against-itself", 422, "Compared with itself", "`against` must be another symbol."),
    Problem("repeated-parameter", 400, "Parameter given more than once", "Each may be given once; lists use commas."),
    Problem("bad-date", 422, "Not a date", "Dates are written YYYY-MM-DD."),
    Problem("date-before-history", 422, "Date before the first bar", "`allowed` names the first one."),
    Problem("date-after-data", 422, "Date after the newest data", "`allowed` names the snapshot's newest session."),
    Problem("stale-data", 409, "Data older than asked for", "`data_through` is the newest session; ask again later."),
    Problem("start-after-end", 422, "Start after end", "`start` must not be later than `end`."),
    Problem(
        "unknown-column", 422, "No such column", "`allowed` lists near ones; the catalogue has all stored columns."
    ),
    Problem("bad-expression", 422, "No such expression", "`position` counts its characters from 0 to the mistake."),
    Problem(
        "expression-too-costly", 422, "Expression too costly", "`cost` is above `most`: ask for fewer symbols or bars."
    ),
    Problem("batch-too-costly", 422, "Batch too costly", "`cost` is above `most`: ask for fewer symbols or values."),
    Problem("bad-sql", 422, "No such SQL", "DuckDB can't read or run it; the detail is its message."),
    Problem(
        "sql-refused",
        422,
        "Not allowed in SQL",
        "`given` is not among what a query may have; `allowed` has near names.",
    ),
    Problem("query-limit", 422, "Query took too much", "It was ended. Ask for less: fewer rows, and no cross joins."),
    Problem("bad-cursor", 422, "Cursor does not fit", "Take it from `next_cursor`, and change nothing else."),
    Problem("not-json", 400, "Body is not JSON", "Send one JSON object as application/json."),
    Problem("body-too-large", 413, "Body too large", "At most 1 MB is read."),
    # who asks
    Problem("missing-key", 401, "API key needed", "Send it as X-API-Key, or an access token as Authorization: Bearer."),
    Problem("malformed-key", 401, "Not an API key", "Its form or its checksum is wrong; copy it again."),
    Problem("unknown-key", 401, "Unknown API key", "It was not issued here."),
    Problem("revoked-key", 401, "API key revoked", "Its owner or an operator ended it; use another."),
    Problem("expired-key", 401, "API key expired", "Use another."),
    Problem("invalid-token", 401, "Access token not valid", "It has ended or is none of ours; get a new one by key."),
    Problem("wrong-password", 401, "Wrong password", "Or no such account; which of them is not told."),
    Problem("bad-code", 422, "Code not valid", "It is good once and for a time; ask for another by mail."),
    Problem("two-credentials", 400, "Two credentials", "Send X-API-Key or Authorization, not both."),
    Problem("key-in-query", 400, "API key in the address", "Addresses end up in logs: send X-API-Key, renew the key."),
    Problem("account-disabled", 403, "Account disabled", "An operator switched the account off."),
    Problem("scope-missing", 403, "Not for this", "`allowed` names the scope that a credential for it has."),
    Problem(
        "email-unverified", 403, "Address not verified", "POST /v1/auth/verify takes the code that was mailed to it."
    ),
    Problem("unknown-key-id", 404, "No such key", "The account has no key of that id; GET /v1/keys lists all."),
    Problem("too-many-keys", 409, "Two keys are alive", "End one before you make another: DELETE /v1/keys/{id}."),
    # what the tier allows
    Problem("indicator-above-tier", 403, "Indicator above the tier", "`least_tier` names the tier that has it."),
    Problem(
        "history-above-tier", 403, "History above the tier", "`least_tier` names the tier that reaches so far back."
    ),
    Problem("batch-above-tier", 403, "Batch above the tier", "`least_tier` names the tier that takes so many items."),
    Problem("route-above-tier", 403, "Route above the tier", "`least_tier` names the tier that has it."),
    Problem("format-above-tier", 403, "Format above the tier", "`least_tier` names the tier that has it."),
    Problem("sql-off", 403, "SQL is off", "Whoever runs the server has not switched it on."),
    Problem("too-many-at-once", 429, "Too many requests at once", "Wait for an answer before you ask on."),
    Problem(
        "quota-exceeded", 429, "Quota exceeded", "`violated-policies` names the quotas; Retry-After says when.", True
    ),
    Problem(
        "abnormal-usage-detected", 429, "Address blocked", "It tried what attackers try; Retry-After says when.", True
    ),
    # the address
    Problem("not-found", 404, "Nothing here", "GET /openapi.json lists all routes."),
    Problem("method-not-allowed", 405, "Method not allowed", "The header Allow lists those that are."),
    Problem(
        "not-acceptable", 406, "No such format", "`allowed` lists the media types there are; `format=` names them."
    ),
    Problem("bad-request", 400, "Bad request", "The request can't be understood as HTTP."),
    # us
    Problem("no-snapshot", 503, "No data yet", "Nothing has been published; the pipeline has to run once."),
    Problem(
        "accounts-unavailable", 503, "Accounts unavailable", "Keys used lately go on working; else come back soon."
    ),
    Problem(
        "temporary-reduced-capacity",
        503,
        "Not now",
        "Counters are lost or busy; data goes on. Retry-After says when.",
        True,
    ),
    Problem("internal", 500, "Our fault", "It is logged under `request_id`, and cost no daily quota."),
)

BY_SLUG: Mapping[str, Problem] = {problem.slug: problem for problem in PROBLEMS}


class Refusal(Exception):
    """A request that gets a problem for an answer; `members` are the problem's own (parameter, allowed, given, ...)."""

    def __init__(self, slug: str, detail: str, *, retry_after: int | None = None, **members: object) -> None:
        super().__init__(detail)
        self.problem = BY_SLUG[slug]
        self.detail = detail
        self.retry_after = retry_after
        self.members = members

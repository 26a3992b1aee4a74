"""Every problem type is reached by a request, and says what it should."""

import falcon
import psycopg
import pytest

from api.accounts.keys import issue
from api.accounts.tiers import seeded
from api.app import create_app
from api.endpoint import Endpoint
from api.follow import Follower
from api.problems import BY_SLUG, PROBLEMS
from api.questions import Nothing
from api.reply import Reply
from api.resources.system import Health
from api.routes import ENDPOINTS
from tests.api.conftest import Caller, deps, strict
from warehouse.home import Home

AAPL = "/v1/symbols/AAPL"
RSI = f"{AAPL}/indicators/rsi"

# slug, tier of the key, path and query, members that the problem must have
ASKED = [
    ("unknown-symbol", "premium", "/v1/symbols/APPL", {"parameter": "symbol", "given": "APPL", "allowed": ["AAPL"]}),
    ("unknown-symbol", "premium", "/v1/symbols/aapl/at/latest", {"allowed": ["AAPL"]}),
    ("unknown-indicator", "premium", f"{AAPL}/indicators/rsx", {"parameter": "id", "given": "rsx"}),
    ("unknown-indicator", "free", "/v1/indicators/rsx", {"parameter": "id"}),
    ("unknown-snapshot", "premium", f"{AAPL}/bars?snapshot=20000101T000000Z-abcdef", {"parameter": "snapshot"}),
    ("no-bar", "premium", f"{AAPL}/at/2013-02-24", {"before": "2013-02-22", "after": "2013-02-25"}),
    ("unknown-parameter", "premium", f"{RSI}?perod=14", {"parameter": "perod"}),
    ("unknown-parameter", "premium", f"{AAPL}/bars?symbol=IBM", {"parameter": "symbol"}),
    ("unknown-parameter", "free", "/v1/me?verbose", {"parameter": "verbose", "allowed": []}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?period=1", {"parameter": "period", "given": "1"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?timeperiod=2.5", {"parameter": "timeperiod"}),
    ("parameter-out-of-bounds", "premium", f"{AAPL}/indicators/macd?fast=30&slow=20", {"parameter": "fast"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?on=typical", {"parameter": "on", "given": "typical"}),
    ("parameter-out-of-bounds", "premium", f"{AAPL}/indicators/atr?on=open", {"parameter": "on"}),
    ("parameter-out-of-bounds", "premium", f"{AAPL}/indicators/sma?on=rsi_15", {"parameter": "on", "given": "rsi_15"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?against=IBM", {"parameter": "against", "given": "IBM"}),
    ("against-missing", "premium", f"{AAPL}/indicators/beta", {"parameter": "against", "allowed": "a symbol"}),
    ("against-itself", "premium", f"{AAPL}/indicators/beta?against=AAPL", {"parameter": "against", "given": "AAPL"}),
    (
        "unknown-symbol",
        "premium",
        f"{AAPL}/indicators/beta?against=IBMM",
        {"parameter": "against", "given": "IBMM", "allowed": ["IBM"]},
    ),
    ("indicator-above-tier", "free", f"{AAPL}/indicators/sma?on=rsi_14", {"given": "rsi", "least_tier": "pro"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?limit=10001", {"allowed": "a whole number from 1 to 10000"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?limit=many", {"parameter": "limit", "given": "many"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?limit=99999999999999999999", {"parameter": "limit"}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?adjust=none", {"allowed": ["raw", "split", "split_div"]}),
    ("parameter-out-of-bounds", "premium", f"{RSI}?interval=1h", {"allowed": ["1d", "1mo", "1w"]}),
    ("repeated-parameter", "premium", f"{RSI}?period=14&period=15", {"parameter": "period", "given": ["14", "15"]}),
    ("bad-date", "premium", f"{RSI}?start=2013-02-30", {"parameter": "start", "given": "2013-02-30"}),
    ("bad-date", "premium", f"{RSI}?end=yesterday", {"parameter": "end"}),
    ("bad-date", "premium", f"{RSI}?end=null", {"parameter": "end", "given": "null"}),
    ("bad-date", "premium", f"{AAPL}/at/20130301", {"parameter": "date", "allowed": "YYYY-MM-DD or latest"}),
    ("date-before-history", "premium", f"{RSI}?start=2000-02-29", {"parameter": "start", "given": "2000-02-29"}),
    ("date-before-history", "premium", f"{AAPL}/at/1999-12-31", {"parameter": "date"}),
    ("date-before-history", "premium", "/v1/symbols/FB/at/2012-05-17", {"allowed": "from 2012-05-18, the first bar"}),
    ("no-bar", "premium", f"{AAPL}/at/2013-02-21?interval=1w", {"before": "2013-02-15", "after": "2013-02-22"}),
    ("no-bar", "premium", f"{AAPL}/at/2000-03-01?interval=1mo", {"before": None, "allowed": ["2000-03-31"]}),
    ("date-before-history", "premium", f"{RSI}?interval=1mo&start=2000-02-29", {"parameter": "start"}),
    (
        "date-before-history",
        "premium",
        f"{AAPL}/at/2000-02-25?interval=1w",
        {"allowed": "from 2000-03-01, the first bar"},
    ),
    ("date-after-data", "premium", f"{RSI}?end=2013-03-02", {"parameter": "end"}),
    ("date-after-data", "premium", f"{AAPL}/at/2013-03-31?interval=1mo", {"parameter": "date"}),
    ("date-after-data", "premium", f"{AAPL}/at/2013-03-02", {"allowed": "up to 2013-03-01, the newest data"}),
    ("stale-data", "premium", f"{RSI}?min_data_through=2013-03-02", {"data_through": "2013-03-01"}),
    ("start-after-end", "premium", f"{RSI}?start=2013-02-02&end=2013-02-01", {"parameter": "start"}),
    ("unknown-column", "premium", f"{AAPL}/at/latest?columns=close,rsi_15", {"given": "rsi_15"}),
    ("unknown-column", "premium", f"{AAPL}/at/latest?columns=", {"given": ""}),
    ("bad-cursor", "premium", f"{RSI}?cursor=nonsense", {"parameter": "cursor", "given": "nonsense"}),
    ("bad-cursor", "premium", "/v1/symbols?cursor=%00", {"parameter": "cursor"}),
    ("missing-key", None, AAPL, {}),
    ("key-in-query", "premium", f"{AAPL}?api_key=x", {"parameter": "api_key"}),
    ("key-in-query", None, f"{AAPL}?APIKey=x", {"parameter": "APIKey"}),
    ("indicator-above-tier", "free", RSI, {"tier": "free", "least_tier": "pro", "allowed": ["ema", "sma"]}),
    ("indicator-above-tier", "free", f"{AAPL}/at/latest?columns=close,rsi_14", {"given": "rsi", "least_tier": "pro"}),
    ("indicator-above-tier", "pro", f"{AAPL}/indicators/ichimoku", {"least_tier": "premium"}),
    (
        "history-above-tier",
        "free",
        f"{AAPL}/bars?start=2012-11-30",
        {"first_date": "2012-12-01", "tier": "free", "least_tier": "pro"},
    ),
    ("history-above-tier", "pro", f"{AAPL}/at/2012-02-29", {"first_date": "2012-03-01", "least_tier": "premium"}),
    ("history-above-tier", "free", f"{AAPL}/bars?end=2012-11-30", {"parameter": "end"}),
    ("history-above-tier", "free", f"{AAPL}/at/2012-11-30?interval=1mo", {"first_date": "2012-12-01"}),
    ("not-found", "premium", "/v1/nothing", {}),
    ("not-found", None, "/problems/nothing", {"parameter": "slug"}),
]


def checked(answer, slug):
    """Return the members of a problem that has all it must have."""
    problem = BY_SLUG[slug]
    members = strict(answer.content)
    assert members["type"] == problem.type, members
    assert answer.status_code == members["status"] == problem.status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["X-Request-Id"] == members["request_id"]
    assert members["title"] == problem.title
    assert members["detail"]
    assert members["instance"].startswith("/")
    return members


@pytest.mark.parametrize(("slug", "tier", "path", "expected"), ASKED)
def test_a_bad_question_gets_its_own_problem(app, keys, slug, tier, path, expected):  # noqa: PLR0917
    path, _, query = path.partition("?")
    answer = Caller(app, keys.get(tier))(path, query_string=query)
    members = checked(answer, slug)
    assert {name: members[name] for name in expected} == expected


def test_a_key_is_refused_for_its_own_reason(app, premium, accounts, accounts_url):
    revoked = accounts.create_key("revoked@example.org", "free")
    accounts.revoke_key(revoked.id)
    expired = accounts.create_key("expired@example.org", "free")
    disabled = accounts.create_key("disabled@example.org", "free")
    with psycopg.connect(accounts_url) as connection:
        connection.execute("update accounts set disabled_at = now() where email = 'disabled@example.org'")
        connection.execute("update api_keys set expires_at = '2020-01-01' where id = %s", (expired.id,))
    mistyped = premium.key[:-1] + ("a" if premium.key[-1] != "a" else "b")
    asked = {
        revoked.key: "revoked-key",
        expired.key: "expired-key",
        disabled.key: "account-disabled",
        issue().text: "unknown-key",
        mistyped: "malformed-key",
        "x": "malformed-key",
    }
    for key, slug in asked.items():
        assert key not in Caller(app, key)("/v1/me").text or key == "x"
        checked(Caller(app, key)("/v1/me"), slug)


def test_a_token_that_is_none_and_one_beside_a_key(anyone, premium):
    bearer = {"Authorization": "Bearer abc"}
    checked(anyone("/v1/me", headers=bearer), "invalid-token")
    checked(premium("/v1/me", headers=bearer), "two-credentials")


def test_another_scheme_is_told_what_to_send(anyone):
    for answer in (anyone("/v1/me", headers={"Authorization": "Basic eDp5"}), anyone("/v1/me")):
        checked(answer, "missing-key")
        challenge = answer.headers["WWW-Authenticate"]
        assert "Bearer" in challenge
        assert "X-API-Key" in challenge


@pytest.mark.check(24)
@pytest.mark.parametrize("begins", ["kalpi_live_", "kalpi_refresh_", "eyJ"])
def test_a_credential_that_stands_in_the_wrong_place_is_not_told_back(premium, begins):
    credential = begins + premium.key[11:]
    for path, query in (
        (f"{AAPL}/at/latest", f"columns={credential}"),
        (f"/v1/symbols/{credential}", ""),
        (RSI, f"{credential}=1"),
        (f"/{credential}", ""),
    ):
        answer = premium(path, query_string=query)
        assert answer.status_code in {404, 422}
        assert f"{begins}..." in answer.text
        assert credential[-20:] not in answer.text


def test_a_method_that_is_not_allowed(premium):
    answer = premium("/v1/me", method="DELETE")
    assert "GET" in checked(answer, "method-not-allowed")["allowed"]
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_a_large_body(premium):
    checked(premium("/v1/me", headers={"Content-Length": "1000001"}), "body-too-large")


def test_an_exhausted_quota(free):
    per_minute = seeded()[0].per_minute
    given = 0
    while (answer := free("/v1/me")).status_code == 200 and given < 5 * per_minute:
        given += 1  # on a busy machine some come back meanwhile
    assert given >= per_minute
    members = checked(answer, "quota-exceeded")
    assert members["violated-policies"] == ["minute"]
    assert members["allowed"] == f"{per_minute} a minute"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_no_snapshot_yet(tmp_path, keys, accounts_url, redis_url):
    home = Home(tmp_path)
    with deps(home, Follower(home), accounts_url, redis_url) as told:
        app = create_app(told)
        answer = Caller(app, keys["premium"])(AAPL)
        checked(answer, "no-snapshot")
        assert int(answer.headers["Retry-After"]) >= 1
        unready = Caller(app, None)("/readyz")
        assert (unready.status_code, unready.json["status"]) == (503, "unready")


def test_what_falcon_refuses_is_a_problem_too(world, follower, accounts_url, redis_url, keys):
    def refused(_question, _desk):
        raise falcon.HTTPInvalidHeader("it must not be so", "X-Some")

    endpoint = Endpoint("GET", "/v1/refused", refused, Nothing, Health, 1, (), "Refused")
    with deps(world, follower, accounts_url, redis_url) as told:
        checked(Caller(create_app(told, (endpoint,)), keys["premium"])("/v1/refused"), "bad-request")


def fails():
    raise RuntimeError("the reason stays in the log")


@pytest.mark.parametrize("answers", [lambda _question, _desk: fails(), lambda _question, _desk: Reply(fails)])
@pytest.mark.check(16)
@pytest.mark.check(32)
def test_a_bug_of_ours_tells_nothing_and_costs_nothing(world, follower, accounts_url, redis_url, keys, caplog, answers):  # noqa: PLR0917
    endpoint = Endpoint("GET", "/v1/broken", answers, Nothing, Health, 1, (), "Broken")
    with deps(world, follower, accounts_url, redis_url) as told:
        app = create_app(told, (endpoint, *ENDPOINTS))
        answer = Caller(app, keys["free"])("/v1/broken")
        after = Caller(app, keys["free"])("/v1/me")
    members = checked(answer, "internal")
    assert "reason" not in answer.text
    for counted in (answer, after):
        assert f'"day";r={seeded()[0].per_day};' in counted.headers["RateLimit"]
    assert members["request_id"] in {vars(record).get("request_id") for record in caplog.records}
    assert "the reason stays in the log" in caplog.text


def test_every_type_has_a_page_and_a_name_of_its_own(anyone):
    assert len(BY_SLUG) == len(PROBLEMS)
    for problem in PROBLEMS:
        page = anyone(problem.page)
        assert page.status_code == 200
        assert page.json["type"] == problem.type


def test_every_type_is_reached_by_a_test():
    below = {"malformed-key", "revoked-key", "unknown-key", "expired-key", "account-disabled", "two-credentials"}
    below |= {"invalid-token", "method-not-allowed", "body-too-large", "quota-exceeded", "no-snapshot"}
    below |= {"internal", "bad-request"}
    elsewhere = {"accounts-unavailable", "not-json"}  # test_outages, test_batch
    elsewhere |= {"not-acceptable", "batch-too-costly"}  # formats/test_formats, resources/test_sweeps
    elsewhere |= {"bad-expression", "expression-too-costly"}  # test_expressions
    elsewhere |= {"bad-sql", "sql-refused", "query-limit", "sql-off"}  # resources/test_sql
    elsewhere |= {"abnormal-usage-detected", "temporary-reduced-capacity"}  # test_addresses, gate
    elsewhere |= {"batch-above-tier", "route-above-tier", "format-above-tier", "too-many-at-once"}  # test_tier_rules
    elsewhere |= {"wrong-password", "bad-code", "scope-missing", "email-unverified"}  # resources/test_users, test_login
    elsewhere |= {"unknown-key-id", "too-many-keys"}  # resources/test_keys
    assert {slug for slug, *_ in ASKED} | below | elsewhere == set(BY_SLUG)

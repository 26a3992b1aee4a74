import re

import pytest

from api.accounts.keys import issue
from api.app import create_app
from tests.api.conftest import Caller, deps

POINT = "/v1/symbols/AAPL/at/latest"


def test_every_answer_bears_the_same_headers(premium, anyone):
    for answer in (premium(POINT), anyone(POINT), anyone("/healthz"), anyone("/nowhere")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private")
        assert answer.headers["X-Request-Id"] == "0123456789abcdef"
        assert "X-API-Key" in answer.headers["Vary"]


@pytest.mark.parametrize("given", ["abcdEFGH-_09", "a" * 64])
def test_a_good_request_id_is_kept(anyone, given):
    assert anyone("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 65, "with space", "line\\nbreak", "ümlaut-ümlaut", issue().text, "kalpi_refresh_abc"]
)
@pytest.mark.check(24)
@pytest.mark.check(43)
def test_a_bad_request_id_is_replaced(anyone, given):
    answer = anyone("/healthz", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_a_repeat_is_a_304_without_a_body(premium):
    for path in (POINT, "/v1/symbols/AAPL/bars", "/v1/symbols/AAPL/indicators/rsi", "/v1/indicators", "/v1/symbols"):
        first = premium(path)
        again = premium(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert premium(path, headers={"If-None-Match": f'"x", W/{first.headers["ETag"]}'}).status_code == 304
        assert premium(path, headers={"If-None-Match": '"another"'}).content == first.content


def test_tags_tell_answers_apart(premium, pro):
    def tag(caller, path, query=""):
        return caller(path, query_string=query).headers["ETag"]

    series = "/v1/symbols/AAPL/indicators/rsi"
    questions = ["", "period=15", "limit=5", "on=open", "adjust=raw", "end=2013-02-28", "limit=5&end=2013-02-28"]
    tags = {tag(premium, series, query) for query in questions}
    tags.add(tag(premium, "/v1/symbols/IBM/indicators/rsi"))
    tags.add(tag(premium, "/v1/symbols/AAPL/bars"))
    assert len(tags) == len(questions) + 2
    # the same rows, but only one of the two can page further back
    query = "start=2012-03-01&limit=10000"
    assert tag(pro, series, query) == tag(premium, series, query)
    query = "limit=251"
    assert pro(series, query_string=query).content != premium(series, query_string=query).content
    assert tag(pro, series, query) != tag(premium, series, query)


def test_head_is_get_without_the_body(premium):
    get, head = premium(POINT), premium(POINT, method="HEAD")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("ETag", "Content-Length", "Content-Type"):
        assert head.headers[name] == get.headers[name]


def test_options_lists_the_methods_without_a_key(anyone):
    answer = anyone(POINT, method="OPTIONS")
    assert answer.status_code == 200
    assert answer.headers["Allow"] == "GET, HEAD"
    assert "RateLimit" not in answer.headers


def test_no_cors_unless_configured(premium):
    answer = premium(POINT, headers={"Origin": "https://charts.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_cors_for_the_origins_configured(world, follower, accounts_url, redis_url, keys):
    origin = "https://charts.example"
    with deps(world, follower, accounts_url, redis_url, cors_origins=(origin,)) as told:
        ask = Caller(create_app(told), keys["premium"])
        ours = ask(POINT, headers={"Origin": origin})
        assert ours.headers["Access-Control-Allow-Origin"] == origin
        assert "RateLimit" in ours.headers["Access-Control-Expose-Headers"]
        assert "Origin" in ours.headers["Vary"]
        preflight = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        flight = ask(POINT, method="OPTIONS", headers={**preflight, "Access-Control-Request-Headers": "X-API-Key"})
        assert "GET" in flight.headers["Access-Control-Allow-Methods"]
        assert "X-API-Key" in flight.headers["Access-Control-Allow-Headers"]
        theirs = ask(POINT, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in theirs.headers

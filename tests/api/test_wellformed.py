import json

import pytest

from tests.api import wellformed

GOOD = {
    "type": "/problems/not-found",
    "title": "Nothing here",
    "status": 404,
    "detail": "no route answers GET /x",
    "instance": "/x",
    "request_id": "name1234",
}
HEADERS = {"Content-Type": "application/problem+json", "X-Request-Id": "name1234"}


def check(status=404, headers=HEADERS, path="/x", **members):
    wellformed.check("GET", path, status, headers, json.dumps(GOOD | members).encode())


@pytest.mark.check(32)
def test_a_problem_is_well_formed():
    check()
    wellformed.check("HEAD", "/x", 404, HEADERS, b"")
    wellformed.check("GET", "/x", 200, {}, b"anything")
    wellformed.check("GET", "/x", 304, {}, b"")


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "about:blank"},
        {"status": 400},
        {"title": "Another"},
        {"detail": ""},
        {"request_id": "another1"},
        {"detail": 'Traceback (most recent call last): File "x"'},
        {"detail": "(psycopg.OperationalError) connection failed"},
        {"detail": "select id from accounts"},
        {"detail": "/home/kalpi/secrets/server"},
        {"headers": {"X-Request-Id": "name1234"}},
        {"headers": {"Content-Type": "application/problem+json"}},
        {"headers": {"Content-Type": "application/json", "X-Request-Id": "name1234"}},
    ],
)
def test_what_is_none_is_found(wrong):
    with pytest.raises((AssertionError, KeyError)):
        check(**wrong)

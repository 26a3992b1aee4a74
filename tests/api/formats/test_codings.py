"""Compression by what the client takes and by size; large answers come in pieces."""

import json

import pytest

from api import bodies, codings
from tests.api.conftest import strict
from tests.api.formats.readers import decoded, frame, get
from tests.api.test_metering import DAY, left

AAPL = "/v1/symbols/AAPL"
LONG, SHORT = f"{AAPL}/bars?limit=2000", f"{AAPL}/bars?limit=3"


def asked(caller, path, accept, **rest):
    answer = caller(path, headers={"Accept-Encoding": accept, **rest})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", None),
        ("identity", None),
        ("br", None),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip; q=0.5, zstd; q=0.5", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("gzip;q=x", None),
        ("GZIP", "gzip"),
        (",;,=", None),
    ],
)
def test_the_client_chooses(premium, accept, coding):
    answer = asked(premium, LONG, accept)
    assert answer.headers.get("Content-Encoding") == coding
    assert decoded(answer) == premium(LONG).content
    if coding:
        assert len(answer.content) < len(decoded(answer)) / 2
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert "Accept-Encoding" in answer.headers["Vary"].split(", ")


def test_what_is_small_or_packed_stays_as_it_is(premium):
    assert "Content-Encoding" not in asked(premium, SHORT, "gzip, zstd").headers
    assert "Content-Encoding" not in asked(premium, f"{LONG}&format=parquet", "gzip, zstd").headers
    for form in ("csv", "ndjson", "arrow"):
        answer = asked(premium, f"{LONG}&format={form}", "zstd")
        assert answer.headers["Content-Encoding"] == "zstd"
        assert decoded(answer) == get(premium, LONG, form).content


def test_a_coded_answer_has_its_own_tag_and_the_same_repeat(premium):
    tags = {accept: asked(premium, LONG, accept).headers["ETag"] for accept in ("", "gzip", "zstd")}
    assert len(set(tags.values())) == 3
    for tag in tags.values():
        for accept in tags:
            again = premium(LONG, headers={"Accept-Encoding": accept, "If-None-Match": f'"x", W/{tag}'})
            assert (again.status_code, again.headers["ETag"], again.content) == (304, tag, b"")
    assert premium(LONG, headers={"If-None-Match": tags["gzip"].replace("gzip", "br")}).status_code == 200


def test_the_catalogue_is_compressed_too(premium):
    answer = asked(premium, "/v1/indicators", "gzip")
    assert strict(decoded(answer)) == premium.json("/v1/indicators")


BATCH = {
    "symbols": ["AAPL", "IBM", "MSFT"],
    "indicators": [{"id": "sma", "params": {"period": "5:60:5"}}],
    "limit": 600,
}


@pytest.fixture
def in_pieces(monkeypatch):
    """Answers are streamed after some bytes, as long ones are."""
    monkeypatch.setattr(bodies, "LARGE", 20_000)


@pytest.mark.usefixtures("in_pieces")
@pytest.mark.parametrize("accept", ["", "gzip", "zstd"])
@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "arrow", "parquet"])
def test_a_long_answer_comes_in_pieces(premium, monkeypatch, form, accept):
    question = {"method": "POST", "body": json.dumps(BATCH), "params": {"format": form}}
    streamed = premium("/v1/batch", headers={"Accept-Encoding": accept}, **question)
    assert "Content-Length" not in streamed.headers
    monkeypatch.undo()
    whole = premium("/v1/batch", **question)
    assert len(whole.content) == int(whole.headers["Content-Length"]) > 100_000
    if form == "parquet":  # packed: no coding on top
        assert frame(streamed).equals(frame(whole))
    else:
        assert streamed.headers.get("Content-Encoding", "") == accept
        assert decoded(streamed) == whole.content


@pytest.mark.usefixtures("in_pieces")
def test_a_stream_counts_as_one_request_until_it_ends(free, monkeypatch):
    left_early = []
    monkeypatch.setattr("api.limits.running.Running.leave", lambda _self, _account: left_early.append("left"))

    def pieces(self):
        left_early.append("begun")
        yield from self._pieces
        left_early.append("ended")

    monkeypatch.setattr(bodies.Streamed, "__iter__", pieces)
    question = {"symbols": ["AAPL"] * 40, "indicators": [{"id": "sma"}]}
    answer = free("/v1/batch", method="POST", body=json.dumps(question))
    assert answer.status_code == 200
    assert left_early == ["begun", "ended", "left"]
    assert left(answer)["day"] == DAY - 40


@pytest.mark.usefixtures("in_pieces")
def test_head_sends_nothing_and_leaves_nothing_open(free, monkeypatch):
    ended = []
    monkeypatch.setattr("api.limits.running.Running.leave", lambda _self, _account: ended.append(1))
    answer = free(f"{AAPL}/bars?limit=10000", method="HEAD")
    assert (answer.status_code, answer.content, ended) == (200, b"", [1])


def test_pieces_that_have_nothing_yet_are_left_out():
    for coding in codings.CODERS:
        parts = list(codings.coded(iter([b"a" * 100] * 1000), coding))
        assert all(parts)
        assert len(parts) < 100

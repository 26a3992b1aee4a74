from contextlib import suppress

import pytest

from api.accounts.keys import issue
from api.audit.audit import Audit
from api.audit.kinds import KINDS, OF_PROBLEM
from api.gate import Gate
from api.gate.rules import Rule
from api.problems import BY_SLUG, Refusal
from tests.api.gate.conftest import SECRET, at
from tests.api.tokens.conftest import Forge, bearer

POINT = "/v1/symbols/AAPL/at/latest"
HERE, THERE = "203.0.113.1", "203.0.113.2"


class Kept:
    """Keeps the events that are recorded."""

    def __init__(self):
        self.told = []

    def record(self, kind, **told):
        self.told.append((kind, told))


@pytest.fixture
def kept(app):
    events = Kept()
    app._refusals._events = events
    return events.told


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [
        (POINT, {"X-API-Key": "x"}, "key-malformed"),
        (POINT, {"X-API-Key": issue().text}, "key-refused"),
        (f"{POINT}?api_key=x", {}, "key-exposed"),
        (POINT, {"Authorization": "Bearer abc"}, "token-refused"),
    ],
)
def test_what_lets_nobody_in_is_an_event(anyone, kept, path, headers, kind):
    path, _, query = path.partition("?")
    answer = anyone(path, query_string=query, headers=headers, remote_addr=HERE)
    ((told, detail),) = kept
    assert told == kind
    assert (detail["client"], detail["account_id"], detail["key_id"]) == (HERE, None, None)
    assert detail["request_id"] == answer.headers["X-Request-Id"]
    assert answer.json["type"].endswith(detail["problem"])


def test_what_a_tier_has_not_is_one_of_its_account(free, kept):
    free("/v1/symbols/AAPL/indicators/rsi", remote_addr=HERE)
    me = free.json("/v1/me")
    ((kind, detail),) = kept
    assert (kind, detail["problem"]) == ("access-refused", "indicator-above-tier")
    assert (detail["account_id"], detail["key_id"]) == (me["account"], me["key"])


def test_mistakes_that_matter_to_nobody_are_none(free, anyone, kept):
    for path in ("/v1/symbols/NONE", "/nowhere", "/v1/symbols/AAPL/indicators/sma?period=0"):
        free(path)
    anyone(POINT)
    free(POINT)
    assert kept == []


def test_the_first_of_a_minute_is_recorded_by_kind_and_by_who_it_was(anyone, free, kept):
    for _ in range(5):
        for address in (HERE, THERE):
            anyone(POINT, headers={"X-API-Key": "x"}, remote_addr=address)
        anyone(POINT, headers={"Authorization": "Bearer abc"}, remote_addr=HERE)
        free("/v1/symbols/AAPL/indicators/rsi", remote_addr=HERE)
    assert [(kind, told["client"]) for kind, told in kept] == [
        ("key-malformed", HERE),
        ("key-malformed", THERE),
        ("token-refused", HERE),
        ("access-refused", HERE),
    ]


def test_a_minute_later_it_is_recorded_again(anyone, kept, monkeypatch):
    monkeypatch.setattr("api.audit.refusals._SECONDS", 0.0)
    for _ in range(3):
        anyone(POINT, headers={"X-API-Key": "x"})
    assert len(kept) == 3


FORGED = {
    "too long": lambda _forge: "x" * 9_000,
    "BadSignatureError": lambda forge: forge.with_claims()[:-8] + "AAAAAAAA",
    "KeyError": lambda forge: forge.header_with(kid="another"),
    "ValueError": lambda forge: forge.header_with(alg="none"),
    "InvalidClaimError": lambda forge: forge.with_claims(aud="another"),
    "claims that don't fit together": lambda forge: forge.with_claims(exp=forge.claims["iat"] + 601),
    "another account's": lambda forge: forge.with_claims(sub="6f1c9f4e-32b1-4a5f-8d0e-0c6a3d0f7b11"),
}


@pytest.fixture
def forge(world, premium):
    told = premium.json("/v1/me")
    return Forge(world, told["account"], told["key"])


@pytest.mark.check(21)
@pytest.mark.parametrize("why", FORGED)
def test_what_is_wrong_with_a_token_is_known_to_us_alone(anyone, forge, kept, why):
    answer = anyone(POINT, headers=bearer(FORGED[why](forge)))
    assert answer.status_code == 401
    assert why not in answer.text
    assert [told["why"] for _, told in kept] == [why]


def test_a_token_that_has_ended_is_no_event(anyone, forge, kept):
    now = forge.claims["iat"]
    token = forge.with_claims(iat=now - 700, nbf=now - 700, exp=now - 100)
    assert anyone(POINT, headers=bearer(token)).status_code == 401
    assert kept == []


def test_every_problem_named_is_one_and_belongs_to_one_kind():
    assert OF_PROBLEM.keys() <= BY_SLUG.keys()
    assert len(OF_PROBLEM) == sum(len(kind.problems) for kind in KINDS)


def test_a_new_block_is_an_event_and_what_it_refuses_is_none(redis_url, engine):
    audit = Audit(engine, None)
    recorded = Kept()
    audit.events = recorded
    gate = Gate(redis_url, SECRET, blocked=audit.blocked, timeout=2)
    rule = Rule("trying", 2, 10**9, blocks=900)
    for _ in range(6):
        for address in (HERE, "2001:db8:1:2::7"):
            with suppress(Refusal):
                gate.count(at(address), rule)
    gate.close()
    assert recorded.told == [
        ("address-blocked", {"client": HERE, "network": HERE, "rule": "trying"}),
        ("address-blocked", {"client": "2001:db8:1:2::", "network": "2001:db8:1:2::/64", "rule": "trying"}),
    ]

"""Tiers as an operator changes them."""

import pytest

from api.accounts.directory import Directory
from api.accounts.errors import BadTier, TierExists, TierInUse, UnknownTier
from api.accounts.tier_book import FIELDS, TierBook
from api.accounts.tiers import Tier, seeded

KNOWN = {
    "indicators": frozenset({"sma", "ema", "rsi"}),
    "formats": frozenset({"json"}),
    "endpoints": frozenset({"bars", "series"}),
}
FREE, PRO, PREMIUM = seeded()


@pytest.fixture
def book(engine):
    return TierBook(engine, lambda: KNOWN)


def test_fields_are_changed_by_name_and_the_rest_stays(book):
    changes = {"per_day": "100", "indicators": "sma, rsi", "history_months": "none", "endpoints": "series"}
    changed = book.change("free", changes)
    assert (changed.per_day, changed.indicators, changed.history_months) == (100, {"sma", "rsi"}, None)
    assert (changed.per_minute, changed.batch_size, changed.endpoints) == (60, 50, {"series"})
    assert book.all() == (changed, PRO, PREMIUM)


def test_a_change_acts_in_an_authenticator_that_knows_the_tier(book, accounts, authenticators):
    issued = accounts.create_key("a@b.org")
    authenticator = authenticators(fresh=0)
    assert authenticator.principal(issued.key).tier.per_day == 50
    book.change("free", {"per_day": "7"})
    assert authenticator.principal(issued.key).tier.per_day == 7
    assert authenticator.tiers()[0].per_day == 7


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("per_day", "x", "a whole number from 0 to 2147483647, or none"),
        ("per_day", "-1", "a whole number from 0"),
        ("per_day", "", "a whole number from 0"),
        ("per_minute", "0", "a whole number from 1 to 2147483647$"),
        ("per_minute", "none", "a whole number from 1"),
        ("rank", "1", "rank 1 is pro's"),
        ("concurrent_requests", "2147483648", "a whole number from 1"),
        ("indicators", "sma,smaa", "indicators: no smaa; allowed: ema, rsi, sma"),
        ("formats", "xml", "formats: no xml; allowed: json"),
        ("endpoints", "me", "endpoints: no me; allowed: bars, series"),
        ("name", "gold", "a tier has no 'name'"),
        ("speed", "1", "a tier has no 'speed'; allowed: rank, per_minute"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(book, name, value, allowed):
    with pytest.raises(BadTier, match=allowed):
        book.change("free", {name: value})
    assert book.all() == seeded()


def test_there_may_be_a_tier_with_nothing_in_a_list(book):
    assert book.change("free", {"indicators": ""}).indicators == frozenset()


def test_a_tier_is_made_and_deleted(book, engine):
    made = book.create("trial", {"rank": "-1", "per_minute": "5", "per_day": "0"})
    assert made == Tier(name="trial", rank=-1, per_minute=5, per_day=0)
    assert book.all()[0] == made
    with pytest.raises(TierExists):
        book.create("trial", {"rank": "9", "per_minute": "5"})
    Directory(engine).register("a@b.org", None, tier="trial")
    with pytest.raises(TierInUse, match="accounts are of the tier trial"):
        book.delete("trial")
    account = Directory(engine).by_email("a@b.org")
    Directory(engine).change(account.id, tier="free")
    assert book.delete("trial") == made
    assert book.all() == seeded()


@pytest.mark.parametrize(
    ("name", "told", "refusal"),
    [
        ("trial", {"rank": "9"}, "needs per_minute"),
        ("trial", {}, "needs rank and per_minute"),
        ("Trial", {"rank": "9", "per_minute": "1"}, "a small letter"),
        ("x" * 33, {"rank": "9", "per_minute": "1"}, "a small letter"),
        ("trial", {"rank": "0", "per_minute": "1"}, "rank 0 is free's"),
    ],
)
def test_a_tier_that_cannot_be_is_refused(book, name, told, refusal):
    with pytest.raises(BadTier, match=refusal):
        book.create(name, told)


def test_what_every_installation_has_stays(book):
    for tier in seeded():
        with pytest.raises(TierInUse, match="comes with every installation"):
            book.delete(tier.name)
    for call in (lambda: book.delete("gold"), lambda: book.change("gold", {"rank": "9"})):
        with pytest.raises(UnknownTier, match="no tier 'gold'"):
            call()


def test_every_field_can_be_told(book):
    told = dict.fromkeys(FIELDS, "5") | {"indicators": "sma", "formats": "json", "endpoints": "bars"}
    made = book.create("trial", told).as_row()
    assert {name for name, value in made.items() if value == 5} == set(FIELDS) - KNOWN.keys()

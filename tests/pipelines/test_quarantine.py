"""Every poisoned file gets its code and keeps its bytes, and what is good beside it is used."""

from datetime import date

import polars as pl
import pytest

from pipelines import ingest, quarantine
from pipelines.delivery import TABLES
from pipelines.reasons import BAR_REASONS, FILE_REASON
from pipelines.rules import of_delivery
from tests.pipelines.frames import actions, bars
from tests.pipelines.poison import ACTIONS, CELLS, FILES, ROWS, parquet
from warehouse.files import sha256_of
from warehouse.home import Home

pytestmark = pytest.mark.check(6)


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """A home into whose landing all unusable files came at once, with one good one."""
    home = Home(tmp_path_factory.mktemp("refused"))
    home.landing.mkdir()
    for number, (name, content, _) in enumerate(FILES.values()):
        (home.landing / f"{number:02d}-{name}").write_bytes(content)
    (home.landing / "good.parquet").write_bytes(parquet(bars(symbol="GOOD")))
    outcomes = {taken.file: taken for taken in ingest.take_in(home)}
    return home, outcomes, {entry.note.file: entry for entry in quarantine.entries(home)}


@pytest.mark.parametrize(("number", "case"), list(enumerate(FILES)))
def test_an_unusable_file_gets_its_code_and_keeps_its_bytes(refused, number, case):
    home, outcomes, entries = refused
    name, content, code = FILES[case]
    taken, entry = outcomes[f"{number:02d}-{name}"], entries[f"{number:02d}-{name}"]
    assert (taken.outcome, list(taken.reasons)) == ("refused", [code]), taken.detail
    assert (entry.note.code, entry.note.rows) == (code, None)
    assert entry.note.detail
    kept = quarantine.path_of(home, entry)
    assert kept.read_bytes() == content
    assert sha256_of(kept) == entry.note.sha256


def test_the_good_file_beside_them_is_used_and_nothing_of_theirs_is(refused):
    home, outcomes, _ = refused
    assert outcomes["good.parquet"].outcome == "taken"
    assert set(ingest.accepted(home, "bars")["symbol"]) == {"GOOD"}
    assert not list(home.landing.iterdir())


POISON = {
    **{case: ("a.parquet", parquet(frame), code) for case, (frame, code) in (ROWS | ACTIONS).items()},
    **{case: ("a.csv", content, code) for case, (content, code) in CELLS.items()},
}


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path)
    made.landing.mkdir()
    return made


@pytest.mark.parametrize("case", POISON)
def test_a_bad_row_gets_its_code_and_the_good_ones_are_used(home, case):
    name, content, code = POISON[case]
    (home.landing / name).write_bytes(content)
    (taken,) = ingest.take_in(home)
    assert (taken.outcome, taken.reasons, taken.rejected_rows) == ("taken", {code: 1}, 1)
    (entry,) = quarantine.entries(home)
    assert quarantine.rows_of(home, entry)["reason"].to_list() == [code]
    (batch,) = ingest.batches(home)
    assert (batch.rows, batch.rejected_rows) == (taken.rows, 1)
    (original,) = (home.raw / "files").iterdir()
    assert original.read_bytes() == content
    assert sha256_of(original) == entry.note.sha256 == batch.sha256
    used = ingest.accepted(home, batch.kind)
    assert used.height == taken.rows
    key = ["symbol", "date" if batch.kind == "bars" else "ex_date"]
    assert used.join(quarantine.rows_of(home, entry), on=key, how="semi", nulls_equal=True).is_empty()


def test_more_than_twenty_four_codes_are_provoked_and_each_is_declared():
    provoked = {code for _, _, code in (*FILES.values(), *POISON.values())}
    rules = [rule for kind in TABLES.values() for rule in of_delivery(kind, today=date.max)]
    declared = {rule.code for rule in rules} | {reason.code for reason in BAR_REASONS} | set(FILE_REASON)
    assert len(provoked) >= 24
    assert provoked <= declared
    not_provoked = set(FILE_REASON) - provoked
    assert not_provoked == {
        "too-many-rows",
        "too-large",
        "no-symbol-in-name",
        "out-of-memory",
        "out-of-time",
        "decoder-crashed",
    }


def release(home, *override, because="seen on the exchange's page"):
    (entry,) = [entry for entry in quarantine.entries(home) if not entry.release]
    return quarantine.release(home, entry.id, override=override, because=because)


def test_rows_released_with_an_override_are_used_and_the_batch_says_so(home):
    (home.landing / "a.parquet").write_bytes(parquet(ROWS["ten times the price"][0]))
    ingest.take_in(home)
    made = release(home, "price-jump")
    (taken,) = ingest.take_in(home)
    assert (taken.rows, taken.rejected_rows) == (1, 0)
    assert ingest.accepted(home, "bars").filter(date=date(2024, 1, 5))["close"].to_list() == [130.0]
    assert [batch.overridden for batch in ingest.batches(home)] == [(), ("price-jump",)]
    (entry,) = quarantine.entries(home)
    assert entry.release == made
    assert (made.overridden, made.because) == (("price-jump",), "seen on the exchange's page")
    with pytest.raises(quarantine.NotReleasable, match="was released at"):
        quarantine.release(home, entry.id)


def test_an_override_sets_aside_its_own_reason_and_no_other(home):
    frame = ROWS["ten times the price"][0].with_columns(
        volume=pl.when(pl.col("close") > 100).then(-1.0).otherwise("volume")
    )
    (home.landing / "a.parquet").write_bytes(parquet(frame))
    (taken,) = ingest.take_in(home)
    assert taken.reasons == {"negative-volume": 1}
    with pytest.raises(quarantine.NotReleasable, match="is not here for 'price-jump'; its reasons: negative-volume"):
        release(home, "price-jump")
    with pytest.raises(
        quarantine.NotReleasable, match=r"'negative-volume' can't be overridden; those that can: .*price-jump"
    ):
        release(home, "negative-volume")


def test_rows_released_without_an_override_are_judged_again(home):
    (home.landing / "a.parquet").write_bytes(parquet(ROWS["ten times the price"][0]))
    ingest.take_in(home)
    release(home)
    (taken,) = ingest.take_in(home)
    assert taken.reasons == {"price-jump": 1}
    first, again = quarantine.entries(home)
    assert (bool(first.release), again.release) == (True, None)
    actions_ = actions(("AAA", date(2024, 1, 5), "split", 0.1))
    (home.landing / "actions.parquet").write_bytes(parquet(actions_))
    release(home)
    assert {taken.outcome: taken.rows for taken in ingest.take_in(home)} == {"taken": 1}
    assert all(entry.release for entry in quarantine.entries(home))


def test_a_file_released_with_an_override_is_used(home):
    name, content, _ = FILES["one more"]
    (home.landing / name).write_bytes(content)
    ingest.take_in(home)
    release(home, "extra-column")
    (taken,) = ingest.take_in(home)
    assert (taken.outcome, taken.rows) == ("taken", 4)
    assert "vwap" not in ingest.accepted(home, "bars").columns


def test_a_file_released_in_vain_comes_back(home):
    name, content, _ = FILES["half"]
    (home.landing / name).write_bytes(content)
    ingest.take_in(home)
    release(home)
    (taken,) = ingest.take_in(home)
    assert taken.reasons == {"truncated": 1}
    (entry,) = quarantine.entries(home)
    assert entry.release is None
    assert quarantine.path_of(home, entry).read_bytes() == content


def test_what_is_not_there_is_named(home):
    with pytest.raises(quarantine.UnknownEntry, match="nothing in quarantine is called 'x'; there: nothing"):
        quarantine.release(home, "x")

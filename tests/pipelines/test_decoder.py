"""What a hostile file can do to the decoder: be refused, or kill a child that nobody misses."""

import errno
import gzip
import os
import random
import resource
import signal
import threading

import numpy as np
import polars as pl
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import ingest, quarantine
from pipelines.decoder import Decoder, Form, Limits
from pipelines.reasons import Refused
from tests.pipelines.frames import bars
from tests.pipelines.poison import TEXT, WHOLE, parquet
from warehouse.home import Home

pytestmark = pytest.mark.check(7)
MIB = 1024**2
HUGE = 3 * 1024 * MIB


@pytest.fixture
def decoder(tmp_path):
    with Decoder(tmp_path / "decoding") as made:
        yield made


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


def repeated(rows):
    """Return a Parquet file of one symbol, repeated: its pages are a few bytes, whatever the rows."""
    symbols = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int8)), pa.array(["AAA"]))
    options = {"data_page_size": HUGE, "max_rows_per_page": rows, "row_group_size": rows, "store_schema": False}
    return parquet(pa.table({"symbol": symbols}), write_statistics=False, compression="zstd", **options)


def long_text(length):
    """Return a Parquet file that holds one long text, and says so."""
    return parquet(pa.table({"symbol": ["A" * length]}), compression="zstd", use_dictionary=False)


def refusal(decoder, path, *columns):
    try:
        decoder.look(path, Form())
        decoder.read(path, Form(), columns)
    except Refused as refused:
        return refused.code


def test_more_rows_than_are_taken_in_are_refused_by_the_footer(tmp_path):
    content = repeated(3_000_000)
    assert len(content) < 2_000
    with Decoder(tmp_path / "decoding", Limits(rows=2_999_999)) as decoder:
        assert refusal(decoder, put(tmp_path, "a.parquet", content)) == "too-many-rows"


def test_more_values_than_are_taken_in_are_refused_by_the_footer(tmp_path):
    with Decoder(tmp_path / "decoding", Limits(cells=27)) as decoder:
        assert refusal(decoder, put(tmp_path, "a.parquet", parquet(bars()))) == "too-large"


def test_a_long_text_is_refused_by_the_sizes_that_the_footer_declares(decoder, tmp_path):
    path = put(tmp_path, "a.parquet", long_text(64 * MIB))
    assert path.stat().st_size < 64 * 1024
    assert refusal(decoder, path, "symbol") == "too-large"


def test_a_long_text_behind_a_footer_that_lies_ends_at_the_childs_memory_limit(tmp_path):
    with Decoder(tmp_path / "decoding", Limits(slack=HUGE, memory=48 * MIB)) as decoder:  # as if it were not declared
        assert refusal(decoder, put(tmp_path, "a.parquet", long_text(64 * MIB)), "symbol") == "out-of-memory"
        good = put(tmp_path, "b.parquet", parquet(bars()))
        assert decoder.read(good, Form(), ("symbol",)).num_rows == 4


@pytest.mark.slow
def test_the_largest_bombs_are_refused_at_once_and_cost_no_memory(tmp_path, decoder):
    bombs = {
        "rows": (repeated(300_000_000), "too-many-rows"),
        "text": (long_text(1_000_000_000), "too-large"),
        "header": (b"c," * 10_000_000, "too-many-columns"),
        "columns": (_columns(10_000_000), "too-many-columns"),
        "gzip": (gzip.compress(b"symbol\n" + b"A\n" * 100_000_000), "compression-bomb"),
    }
    for name, (content, code) in bombs.items():
        path = put(tmp_path, "a.csv.gz" if name == "gzip" else "a.csv" if name == "header" else "a.parquet", content)
        decoder.look(put(tmp_path, "good.parquet", parquet(bars())), Form())
        child = psutil.Process(decoder._child.pid)
        before = child.memory_info().rss
        cpu = sum(child.cpu_times()[:2])
        assert refusal(decoder, path, "symbol") == code, name
        assert child.memory_info().rss - before < 50 * MIB, name
        assert sum(child.cpu_times()[:2]) - cpu < 1, name


def _columns(count):
    """Return a file that begins and ends as Parquet does, with a footer that lists as many columns as it can hold."""
    length, number = count + 1, b""
    while length:
        number += bytes([length % 128 | (128 if length > 127 else 0)])
        length //= 128
    footer = b"\x15\x04\x19\xfc" + number + b"\x15\x0a\x15\x00\x18\x01c\x00" * count
    return b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def test_a_footers_first_bytes_tell_how_many_columns_it_lists(decoder, tmp_path):
    assert refusal(decoder, put(tmp_path, "a.parquet", _columns(100_000))) == "too-many-columns"
    columns = [pa.array([1.0])] * 999
    wide = parquet(pa.table(columns, names=[f"c{number}" for number in range(999)]))
    assert len(decoder.look(put(tmp_path, "b.parquet", wide), Form()).fields) == 999


def test_a_footer_that_is_too_long_is_not_parsed(tmp_path):
    with Decoder(tmp_path / "decoding", Limits(footer=100)) as decoder:
        assert refusal(decoder, put(tmp_path, "a.parquet", parquet(bars()))) == "too-large"


def test_a_footer_that_says_less_than_there_is_does_not_let_more_in(tmp_path, decoder):
    content = parquet(bars(days=4), store_schema=False, write_statistics=False)
    footer = content.rindex(b"\x16\x08")  # a row group's or the file's number of rows: 4, as Thrift writes it
    path = put(tmp_path, "a.parquet", content[:footer] + b"\x16\x06" + content[footer + 2 :])
    assert pq.read_metadata(path).num_rows == 3 or pq.read_metadata(path).row_group(0).num_rows == 3
    assert refusal(decoder, path, "symbol", "date") in {"too-many-rows", "unreadable-rows"}


@pytest.mark.parametrize(
    ("signal_", "code"),
    [
        (signal.SIGABRT, "out-of-memory"),
        (signal.SIGKILL, "out-of-memory"),
        (signal.SIGSEGV, "decoder-crashed"),
        (signal.SIGXCPU, "out-of-time"),
    ],
)
def test_a_child_that_dies_is_a_refusal_and_the_next_file_has_a_new_one(decoder, tmp_path, signal_, code):
    path = put(tmp_path, "a.parquet", parquet(bars()))
    decoder.look(path, Form())
    child = psutil.Process(decoder._child.pid)
    child.suspend()
    dies = threading.Timer(0.1, lambda: (child.send_signal(signal_), child.resume()))
    dies.start()
    assert refusal(decoder, path) == code
    dies.join()
    assert decoder.look(path, Form()).rows == 4


def test_a_child_that_died_between_two_files_is_no_fault_of_the_second(decoder, tmp_path):
    path = put(tmp_path, "a.parquet", parquet(bars()))
    decoder.look(path, Form())
    decoder._child.kill()
    decoder._child.wait()
    assert decoder.look(path, Form()).rows == 4


def test_a_child_that_does_not_answer_is_ended(tmp_path):
    with Decoder(tmp_path / "decoding", Limits(seconds=1)) as decoder:
        path = put(tmp_path, "a.parquet", parquet(bars()))
        decoder.look(path, Form())
        child = psutil.Process(decoder._child.pid)
        child.suspend()
        assert refusal(decoder, path) == "out-of-time"
        assert not child.is_running()


def test_a_child_has_none_of_our_environment_and_ends_with_the_decoder(tmp_path, monkeypatch):
    monkeypatch.setenv("TIINGO_API_KEY", "hush")
    with Decoder(tmp_path / "decoding") as decoder:
        decoder.look(put(tmp_path, "a.parquet", parquet(bars())), Form())
        child = psutil.Process(decoder._child.pid)
        assert "hush" not in str(child.environ())
    assert not child.is_running()
    assert not (tmp_path / "decoding").exists()


def test_a_file_that_kills_its_decoder_is_quarantined_and_the_run_goes_on(tmp_path):
    home = Home(tmp_path)
    home.landing.mkdir()
    bomb = bars(days=1).with_columns(symbol=pl.lit("A" * 64 * MIB))
    put(home.landing, "a.parquet", parquet(bomb, compression="zstd", use_dictionary=False))
    put(home.landing, "b.parquet", parquet(bars()))
    limits = Limits(slack=HUGE, memory=48 * MIB)
    outcomes = {taken.file: taken for taken in ingest.take_in(home, limits=limits)}
    assert outcomes["a.parquet"].reasons == {"out-of-memory": 1}
    assert outcomes["b.parquet"].rows == 4
    (entry,) = quarantine.entries(home)
    assert entry.note.code == "out-of-memory"


@pytest.mark.check(9)
def test_a_full_disk_is_the_machines_fault_and_not_the_files(tmp_path):
    home = Home(tmp_path)
    home.landing.mkdir()
    put(home.landing, "a.parquet", parquet(bars()))
    with ingest.Intake(home) as intake:
        offer = intake.look(home.landing / "a.parquet")
        (home.raw / ".decoding" / "rows.arrow").symlink_to("/dev/full")
        with pytest.raises(OSError, match="No space left on device") as failed:
            intake.take(offer)
        assert failed.value.errno == errno.ENOSPC
    assert (home.landing / "a.parquet").exists()
    assert not list(quarantine.entries(home))
    assert ingest.take_in(home)[0].outcome == "taken"


def test_what_unfolds_beyond_the_file_size_limit_is_too_large(tmp_path):
    with Decoder(tmp_path / "decoding", Limits(bytes=16 * 1024)) as decoder:
        long = parquet(bars(days=20).select(pl.col("symbol").repeat_by(500).explode()))
        assert refusal(decoder, put(tmp_path, "a.parquet", long), "symbol") == "too-large"


def test_debris_of_a_killed_run_is_cleared_away(tmp_path):
    home = Home(tmp_path)
    (home.raw / ".decoding").mkdir(parents=True)
    put(home.raw / ".decoding", "rows.arrow", b"half")
    ingest.take_in(home)
    assert not (home.raw / ".decoding").exists()


def test_the_parents_own_limits_stay(decoder, tmp_path):
    decoder.look(put(tmp_path, "a.parquet", parquet(bars())), Form())
    limits = psutil.Process(decoder._child.pid).rlimit(resource.RLIMIT_AS)
    assert limits[0] != resource.RLIM_INFINITY
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    assert psutil.Process(os.getpid()).rlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_files_with_bytes_at_random_end_no_run(tmp_path, seed):
    """Of five hundred such files about eight crash the library that decodes them."""
    home = Home(tmp_path)
    home.landing.mkdir()
    chance = random.Random(seed)  # noqa: S311 - no secret
    plain = parquet(bars(40), store_schema=False, compression="none", use_dictionary=False)
    wholes = [("parquet", WHOLE), ("parquet", plain), ("parquet", parquet(bars(40), compression="zstd")), ("csv", TEXT)]
    for number in range(500):
        ending, whole = chance.choice(wholes)
        content = bytearray(whole)
        for _ in range(chance.choice([1, 1, 2, 4, 16])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        put(home.landing, f"{number}.{ending}", bytes(content))
    outcomes = ingest.take_in(home)
    assert len(outcomes) == 500
    assert not list(home.landing.iterdir())
    assert sum(taken.outcome == "refused" for taken in outcomes) > 200

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from typer.testing import CliRunner

from kalpi.cli import app
from kalpi.processes import ROOT
from pipelines.ingest import take_in
from warehouse.files import sha256_of

pytestmark = pytest.mark.usefixtures("home")


def kalpi(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("serve",), "nothing to serve is published under"),
        (("up", "--server", "apache"), "--server apache is not known; allowed: gunicorn"),
        (("up", "--port", "9", "--dagster-port", "9"), "--port and --dagster-port are both 9"),
        (("up", "--ready-file", "no-such-folder/ready.json"), "no-such-folder/ready.json can't be written"),
        (("warehouse", "path"), "nothing has been published"),
        (("warehouse", "snapshots"), "nothing has been published"),
        (("warehouse", "verify"), "nothing has been published"),
        (
            ("warehouse", "rollback", "20200101T000000Z-abcdef"),
            "no snapshot '20200101T000000Z-abcdef' is kept; kept: none",
        ),
        (("quarantine", "show", "x"), "nothing in quarantine is called 'x'; there: nothing"),
        (("quarantine", "release", "x"), "nothing in quarantine is called 'x'; there: nothing"),
        (("fetch", "tiingo"), "no source 'tiingo' is declared in"),
        (("ingest", "no-such.parquet"), "no-such.parquet is no file"),
        (("ingest", "LICENSE"), "LICENSE: neither Parquet nor CSV; names end in .parquet"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_2(words, said):
    done = kalpi(*words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    "words", [("up", "--port", "0"), ("up", "--workers", "none"), ("keys", "create"), ("no-such-command",)]
)
def test_a_wrong_command_line_is_exit_code_2_without_a_traceback(words):
    done = kalpi(*words)
    assert done.exit_code == 2
    assert "Error: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_refusal_leaves_the_process_with_exit_code_2_and_no_traceback():
    argv = [sys.executable, "-m", "kalpi", "warehouse", "path"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("kalpi: nothing has been published")
    assert done.stderr.count("\n") == 1


def test_a_file_that_lacks_columns_is_refused_and_nothing_is_copied(home, tmp_path):
    good, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    pq.write_table(pq.read_table(ROOT / "data" / "sample" / "bars.parquet").slice(0, 5), good)
    pq.write_table(pa.table({"symbol": ["A"], "open": [1.0]}), bad)
    done = kalpi("ingest", str(good), str(bad))
    assert done.exit_code == 2
    assert "bad.parquet: missing date, high, low, close, volume" in done.stderr
    assert not home.landing.exists()
    done = kalpi("ingest", str(good))
    assert done.exit_code == 0, done.stderr
    assert (home.landing / "good.parquet").read_bytes() == good.read_bytes()


def test_what_is_fetched_lands_once(home):
    home.root.mkdir(parents=True, exist_ok=True)
    (home.root / "pipeline.toml").write_text("[sources.synthetic]\nsize = 2\n")
    words = ("fetch", "synthetic", "--start", "2024-01-02", "--end", "2024-12-31")
    done = kalpi(*words)
    assert done.exit_code == 0, done.stderr
    assert [Path(line).name for line in done.stdout.splitlines()] == [
        "synthetic-actions--2024-01-02--2024-12-31.parquet",
        "synthetic-bars--2024-01-02--2024-12-31.parquet",
    ]
    assert "0 landed, 2 before, 0 refused" in kalpi(*words).stderr
    refused = kalpi("fetch", "synthetic", "--symbols", "AAPL", "--start", "2024-01-02")
    assert refused.exit_code == 2
    assert "the synthetic universe is made as a whole" in refused.stderr
    assert "--symbols and --end need a --start" in kalpi("fetch", "synthetic", "--symbols", "AAPL").stderr


def test_what_is_quarantined_is_listed_shown_and_released(home):
    bad = pl.read_parquet(ROOT / "data" / "sample" / "bars.parquet").head(3).with_columns(volume=pl.Series([1, -1, 1]))
    home.landing.mkdir()
    bad.write_parquet(home.landing / "bars.parquet")
    (home.landing / "page.parquet").write_text("<html>")
    take_in(home)
    page, rows = kalpi("quarantine", "list").stdout.splitlines()
    assert rows.endswith("bars.parquet  1 rows: negative-volume 1")
    assert page.endswith("page.parquet  whole file: html-page")
    entry_id = rows.split("  ")[1]
    shown = kalpi("quarantine", "show", entry_id).stdout
    assert sha256_of(home.raw / "files" / f"{entry_id}-bars.parquet") in shown
    assert "2000-03-02" in shown
    refused = kalpi("quarantine", "release", entry_id, "--override", "negative-volume")
    assert refused.exit_code == 2
    assert "'negative-volume' can't be overridden; those that can: extra-column" in refused.stderr
    released = kalpi("quarantine", "release", entry_id, "--because", "corrected the list")
    assert Path(released.stdout.strip()).is_file()
    assert entry_id not in kalpi("quarantine", "list").stdout
    assert "released" in kalpi("quarantine", "list", "--all").stdout
    assert "because   corrected the list" in kalpi("quarantine", "show", entry_id, "--rows", "0").stdout


def test_keys_are_made_listed_and_revoked_with_no_kalpi_running():
    made = json.loads(kalpi("keys", "create", "--email", "a@b.example", "--tier", "pro", "--json").stdout)
    assert made["tier"] == "pro"
    assert made["key"].startswith(f"kalpi_live_{made['id']}_")
    listed = kalpi("keys", "list").stdout
    assert made["id"] in listed
    assert made["key"] not in listed
    assert kalpi("keys", "revoke", made["id"]).stdout == f"revoked {made['id']}\n"
    assert "revoked" in kalpi("keys", "list", "--email", "A@B.example").stdout
    for words, said in [
        (("revoke", "nobody"), "no API key has the id 'nobody'"),
        (("create", "--email", "a@b.example", "--tier", "gold"), "no tier 'gold'; allowed: free, pro, premium"),
        (("create", "--email", "nobody", "--tier", "free"), "'nobody' is no e-mail address"),
    ]:
        refused = kalpi("keys", *words)
        assert refused.exit_code == 2
        assert said in refused.stderr


def test_a_database_that_does_not_answer_is_named_without_its_password(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://kalpi:hush@127.0.0.1:1/kalpi")
    done = kalpi("keys", "list")
    assert done.exit_code == 2
    assert "the database of DATABASE_URL does not answer" in done.stderr
    assert "hush" not in done.stderr


def test_help_loads_nothing_heavy():
    argv = [sys.executable, "-X", "importtime", "-m", "kalpi", "--help"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "kalpi.cli" in loaded
    assert not loaded & {"dagster", "polars", "sqlalchemy", "duckdb", "pyarrow", "msgspec", "numpy", "rich.console"}


@pytest.mark.slow
def test_a_run_that_fails_is_exit_code_1_and_names_the_check():
    done = subprocess.run([sys.executable, "-m", "kalpi", "run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "kalpi: failed: check has_rows on daily.bars" in done.stderr
    assert "served: nothing" in done.stdout


def test_a_database_is_migrated_once_and_for_all(empty_database_url, monkeypatch):
    assert "DATABASE_URL is not set" in kalpi("migrate").stderr
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    for _ in range(2):
        assert kalpi("migrate").exit_code == 0
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("select count(*) from tiers").fetchone() == (3,)

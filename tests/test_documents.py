"""What the pages say is true: their commands run, their queries answer, their figures are the code's."""

import argparse
import json
import re
import shlex
import subprocess
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pytest

import indicators
from api.accounts.tiers import seeded
from api.plans import MOST_COST, SymbolBars
from api.resources.screen import PRICED
from indicators.custom import install
from indicators.expressions import FUNCTIONS, Evaluation, Vocabulary, check
from indicators.expressions.across import ranks
from indicators.expressions.checking import MOST_SYMBOLS
from indicators.expressions.parsing import DEEPEST, LARGEST, LONGEST_TEXT
from tests.api.conftest import *  # noqa: F403  (the API's fixtures)
from tests.api.conftest import serving
from warehouse import snapshots

with warnings.catch_warnings(action="ignore"):  # typer 0.25 imports names that click 8.4 deprecates
    from typer.testing import CliRunner

    from kalpi.cli import app as kalpi

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ADDRESS = "http://127.0.0.1:8000"


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def commands(name):
    lines = [line for page in PAGES for block in blocks(page.read_text(), "sh") for line in block.splitlines()]
    return sorted({line.split("#")[0].strip() for line in lines if line.startswith(f"{name} ")})


def questions():
    """Read method, path and body of every curl; as curl itself does, take -d alone for a POST."""
    read = argparse.ArgumentParser(add_help=False)
    for option in ("-X", "-d", "-o"):
        read.add_argument(option)
    read.add_argument("-H", action="append")
    read.add_argument("address")
    asked = [read.parse_args(shlex.split(command)[1:]) for command in commands("curl")]
    return [(one.X or ("POST" if one.d else "GET"), one.address.removeprefix(ADDRESS), one.d) for one in asked]


@pytest.fixture(scope="module")
def client(world, accounts_url, shared_valkey):
    with serving(world, accounts_url, shared_valkey.unix_url, KALPI_SQL="1") as client:
        yield client


def test_there_is_a_curl_for_every_kind_of_question():
    routes = {"/at/", "/indicators/macd", "/bars", "/v1/indicators", "/v1/symbols?", "/v1/snapshots", "/v1/me"}
    routes |= {"/v1/batch", "/v1/expressions", "/v1/screen", "/v1/sql"}
    assert all(any(route in path for _, path, _ in questions()) for route in routes)


@pytest.mark.parametrize(("method", "path", "body"), questions())
def test_every_curl_is_answered(client, keys, method, path, body):
    answer = client.request(method, path, content=body, headers={"X-API-Key": keys["premium"]})
    assert answer.status_code == 200, answer.text
    if answer.headers["Content-Type"] != "application/json":
        assert f"format={answer.headers['Content-Type'].rpartition('.')[2]}" in path.replace(
            "format=arrow", "format=stream"
        )
        return
    for told in (answer.json(), *answer.json().get("items", [])):
        known = {
            name: values
            for name, values in told.get("columns", {}).items()
            if name not in (*told.get("noncausal", ()), "problem")
        }
        assert all(len(values) > 0 and values[-1] is not None for values in known.values())


def test_the_answer_shown_is_the_answer_given(client, keys):
    (shown,) = blocks(README, "json")
    (path,) = [path for _, path, _ in questions() if "AAPL/at/latest" in path]
    given = client.get(path, headers={"X-API-Key": keys["premium"]}).json()
    expected = json.loads(shown)
    assert given["values"] == pytest.approx(expected["values"], rel=1e-12)
    assert {name: given[name] for name in ("symbol", "date", "data_through")} == {
        name: expected[name] for name in ("symbol", "date", "data_through")
    }


def test_the_query_shown_is_the_query_given(client, keys):
    _, shown = blocks((ROOT / "docs" / "api-clients.md").read_text(), "json")
    ((_, path, body),) = [question for question in questions() if question[1] == "/v1/sql"]
    given = client.post(path, content=body, headers={"X-API-Key": keys["premium"]}).json()
    assert given == json.loads(shown) | {"snapshot": given["snapshot"]}


def test_the_batch_shown_is_the_batch_given(client, keys):
    shown, _ = blocks((ROOT / "docs" / "api-clients.md").read_text(), "json")
    (body,) = [body for method, path, body in questions() if path == "/v1/batch" and "APPL" in body]
    given = client.post("/v1/batch", content=body, headers={"X-API-Key": keys["premium"]}).json()
    expected = json.loads(shown)
    assert expected.pop("next_cursor")[:10] == given.pop("next_cursor")[:10]
    expected["snapshot"] = given["snapshot"]
    expected["items"][1]["problem"]["request_id"] = given["items"][1]["problem"]["request_id"]
    values = given["items"][0]["columns"].pop("sma")
    assert expected["items"][0]["columns"].pop("sma") == pytest.approx(values, rel=1e-12)
    assert given == expected


@pytest.mark.parametrize("target", ["up", "test", "bench", "docs"])
def test_the_make_targets_exist(target):
    subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("command", commands("kalpi"))
def test_the_kalpi_commands_exist(command):
    words = [word for word in shlex.split(command) if not word.startswith("-")][1:]
    groups = {group.name for group in kalpi.registered_groups}
    done = CliRunner().invoke(kalpi, [*words[: 2 if words[0] in groups else 1], "--help"])
    assert done.exit_code == 0, done.output
    assert all(option in done.stdout for option in re.findall(r"--[a-z-]+", command))


@pytest.mark.parametrize("sql", blocks((ROOT / "docs" / "analysts.md").read_text(), "sql"))
def test_the_queries_answer(world, sql):
    path = world.snapshots / snapshots.current_id(world) / snapshots.DATABASE
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute(sql).fetchall()


def test_the_counts_are_the_codes():
    assert f" {len(indicators.catalogue())} indicators " in README


def test_the_tiers_are_those_seeded():
    page = (ROOT / "docs" / "api-clients.md").read_text()
    for tier in seeded():
        day = "unlimited" if tier.per_day is None else f"{tier.per_day:,}"
        assert f"| {tier.name.capitalize()} | {tier.per_minute:,} | {day} |" in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


EXPRESSIONS = (ROOT / "docs" / "expressions.md").read_text()


@pytest.mark.parametrize("text", [line for block in blocks(EXPRESSIONS, "expr") for line in block.splitlines()])
def test_the_expressions_have_values(follower, text):
    edition = follower.edition()
    plan = check(text, Vocabulary(symbols=edition.symbols, held=edition.held, ranks=True))
    if not list(ranks(plan.node)):
        assert not np.isnan(Evaluation(SymbolBars(edition, "AAPL")).values(plan.node)[-1])


def test_the_indicators_of_ones_own_can_be_loaded():
    (toml,), (python,) = blocks(EXPRESSIONS, "toml"), blocks(EXPRESSIONS, "python")
    try:
        install({"one.toml": toml, "two.py": python})
        assert {"strength_50_2", "strength_20_2", "strength_100_2", "up_count_10"} <= indicators.stored_columns().keys()
    finally:
        install({})


def test_every_function_is_told():
    assert all(f"`{one.usage}`" in EXPRESSIONS for one in FUNCTIONS.values())


def test_the_bounds_told_are_the_codes():
    assert (
        f"{LONGEST_TEXT:,} characters, {LARGEST} parts, {DEEPEST} levels, {MOST_SYMBOLS} other symbols" in EXPRESSIONS
    )
    assert f"{PRICED // 10**6} million" in EXPRESSIONS
    assert f"{MOST_COST // 10**6:,} million" in EXPRESSIONS

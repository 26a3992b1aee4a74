"""By which rules a server is ready. Lost servers and broken snapshots are in test_outages."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from api.app import create_app
from api.follow import Follower
from api.readiness import RULES
from tests.api.conftest import ROOT, Caller, deps
from warehouse import runs, snapshots
from warehouse.home import Home

pytestmark = pytest.mark.check(44)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


@pytest.fixture
def ready(home, accounts_url, redis_url):
    """Ask a server over a home as it is by now."""

    def ask():
        follower = Follower(home)
        follower.look()
        with deps(home, follower, accounts_url, redis_url) as told:
            return Caller(create_app(told), None)("/readyz")

    return ask


def publish(world, home, **changed):
    """Publish the world's snapshot with some of its manifest changed."""
    home.snapshots.mkdir()
    source = snapshots.folder_of(world, snapshots.current_id(world))
    target = home.snapshots / source.name
    target.mkdir()
    for path in source.iterdir():
        if path.name != snapshots.MANIFEST:
            (target / path.name).symlink_to(path)
    manifest = msgspec.structs.replace(snapshots.read_manifest(source), **changed)
    (target / snapshots.MANIFEST).write_bytes(msgspec.json.encode(manifest))
    snapshots.point_current(home, target.name)


def test_with_nothing_to_serve_it_is_unready_and_says_so(ready):
    answer = ready()
    assert answer.status_code == 503
    assert (answer.json["status"], answer.json["because"]) == ("unready", ["no-snapshot"])
    assert (answer.json["postgres"], answer.json["redis"], answer.json["snapshot"]) == ("ok", "ok", None)


def test_with_all_in_order_it_is_ready(world, home, ready):
    publish(world, home)
    answer = ready()
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["because"], answer.json["behind"]) == ("ready", [], 0)


def test_data_older_than_promised_degrades_and_tells_its_age(world, home, ready):
    today = datetime.now(UTC).date()
    awaited = tuple(today + timedelta(days=ahead) for ahead in (-5, -4, -3, 1))
    publish(world, home, awaited={"XNYS": awaited})
    answer = ready()
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["because"], answer.json["behind"]) == ("degraded", ["data-late"], 3)


@pytest.mark.parametrize(("success", "told"), [(True, "ok"), (False, "failed")])
def test_a_failed_run_degrades(world, home, ready, success, told):
    publish(world, home)
    now = datetime.now(UTC)
    run = runs.Run(
        id="r1",
        job="refresh",
        started_at=now,
        ended_at=now,
        success=success,
        succeeded_at=None,
        rows={},
        steps={},
        quarantined={},
    )
    runs.keep(home, run)
    answer = ready()
    assert answer.status_code == 200
    assert (answer.json["run"], answer.json["because"]) == (told, [] if success else ["run-failed"])


def test_a_record_of_another_version_tells_of_no_run(world, home, ready):
    publish(world, home)
    home.runs.mkdir()
    (home.runs / "last.json").write_text("{}")
    assert (ready().json["status"], ready().json["run"]) == ("ready", None)


def test_being_alive_asks_nobody(told, monkeypatch):
    """Neither Postgres nor Redis nor the snapshot."""

    def asked(*_, **__):
        raise AssertionError("asked")

    for place, name in ((told.keys, "tiers"), (told.quotas, "answers"), (told.snapshots, "edition")):
        monkeypatch.setattr(place, name, asked)
    monkeypatch.setattr(told.gate, "count", asked)
    assert Caller(create_app(told), None)("/healthz").json == {"status": "ok"}


def test_every_rule_is_in_the_page():
    page = (ROOT / "docs" / "observability.md").read_text()
    assert [rule.name for rule in RULES if f"`{rule.name}`" not in page or rule.meaning not in page] == []

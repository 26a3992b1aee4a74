"""Postgres and Redis: do they answer, are they as we need them, and do their clocks agree with ours."""

import time
from collections.abc import Iterator
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import SQLAlchemyError

import api.store
from api.store import LOST, open_engine, within
from kalpi.doctor.findings import Finding, Patient, note, problem, well

_SECONDS = 3.0
_SKEW_SECONDS = 5.0
_NOT_RUNNING = "is the embedded one, and does not run: kalpi does not."


def postgres(patient: Patient) -> Iterator[Finding]:
    """Tell whether Postgres answers, and has the schema of this version."""
    url = patient.database_url
    if url is None:
        yield note("postgres", f"Postgres {_NOT_RUNNING}")
        return
    try:
        engine = open_engine(url, size=1)
    except ValueError as ex:
        yield problem("postgres", f"{ex}.", "Set DATABASE_URL to the address of a PostgreSQL database.")
        return
    try:
        with within(_SECONDS), engine.connect() as connection:
            yield from _database(connection)
    except (*LOST, SQLAlchemyError) as ex:
        first = str(ex.__cause__ or ex).strip().partition("\n")[0]
        yield problem(
            "postgres",
            f"Postgres does not answer at {_place(url)}: {first}.",
            "Start it, let this machine reach it, or set DATABASE_URL. Until then, keys that workers know go on.",
        )
    finally:
        engine.dispose()


def valkey(patient: Patient) -> Iterator[Finding]:
    """Tell whether Redis answers, and forgets no counter."""
    url = patient.redis_url
    if url is None:
        yield note("redis", f"Redis {_NOT_RUNNING}")
        return
    client = redis.Redis.from_url(
        url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS, retry=Retry(NoBackoff(), 0)
    )
    try:
        with client:
            seconds, micros = client.time()
            yield from _skew("redis", "Redis", seconds + micros / 1e6)
            yield from _forgetful(client)
            yield well("redis", "Redis answers.")
    except (RedisError, ValueError) as ex:
        yield problem(
            "redis",
            f"Redis does not answer at {_place(url)}: {ex}.",
            "Start it, let this machine reach it, or set REDIS_URL. Until then each worker counts quotas alone.",
        )


def _database(connection: Connection) -> Iterator[Finding]:
    now = connection.execute(text("select extract(epoch from clock_timestamp())")).scalar_one()
    yield from _skew("postgres", "Postgres", float(now))
    wanted = _newest()
    exists = connection.execute(text("select to_regclass('alembic_version')")).scalar_one()
    found = connection.execute(text("select version_num from alembic_version")).scalar() if exists else None
    if found == wanted:
        yield well("postgres", f"Postgres answers, and its schema is {found}, as this version needs.")
    elif found in _revisions():
        yield problem(
            "postgres",
            f"The schema of the database is {found}, and this version needs {wanted}.",
            "`kalpi users list` brings it up to date, as `kalpi up` does.",
        )
    else:
        had = f"is {found}, which this version does not know" if found else "has no tables of ours"
        yield problem(
            "postgres",
            f"The schema of the database {had}.",
            "Start the version that made it, or name another database." if found else "`kalpi up` makes them.",
        )


def _skew(about: str, name: str, theirs: float) -> Iterator[Finding]:
    apart = time.time() - theirs
    if abs(apart) > _SKEW_SECONDS:
        yield problem(
            about,
            f"The clock of this machine is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} that of {name}.",
            "Have both kept by NTP: tokens, expiries and the day of quotas go by the clock.",
        )


def _forgetful(client: redis.Redis) -> Iterator[Finding]:
    told = {**client.config_get("maxmemory"), **client.config_get("maxmemory-policy")}
    policy = told.get("maxmemory-policy")
    if policy not in {None, "noeviction"} and int(told.get("maxmemory") or 0):
        yield problem(
            "redis",
            f"Redis forgets counters when it is full: its maxmemory-policy is {policy}.",
            "Set `maxmemory-policy noeviction` on the Redis that counts.",
        )


def _revisions() -> tuple[str, ...]:
    """Return the schema's revisions, oldest first: each file is named by its own."""
    folder = Path(api.store.__file__).parent / "migrations" / "versions"
    return tuple(path.stem.partition("_")[0] for path in sorted(folder.glob("[0-9]*.py")))


def _newest() -> str:
    return _revisions()[-1]


def _place(url: str) -> str:
    """Return an address without what is secret in it."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "an address that is none"

"""By which rules a server is ready, and what it can still do while one of them is broken."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from api.desk import Deps
from warehouse import runs
from warehouse.snapshots import Manifest, NoSnapshot


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at the server found."""

    manifest: Manifest | None
    behind: int
    refused: dict[str, str]
    postgres: bool
    redis: bool
    run: bool | None
    """Whether the pipeline's last run ended well; None where none is known."""


class Rule(msgspec.Struct, frozen=True):
    """What degrades a server: its name, and what still works. An `unready` one can answer no data at all."""

    name: str
    meaning: str
    is_broken: Callable[[Seen], bool]
    unready: bool = False


RULES = (
    Rule(
        "no-snapshot",
        "Nothing is published that can be served: data gets 503, and so does `/readyz`.",
        lambda seen: seen.manifest is None,
        unready=True,
    ),
    Rule(
        "snapshot-refused",
        "A published snapshot is not what its manifest says; the one before goes on to be served.",
        lambda seen: bool(seen.refused),
    ),
    Rule(
        "data-late",
        "Sessions are due that the snapshot does not have: a session at 06:00 UTC on the day after it.",
        lambda seen: seen.behind > 0,
    ),
    Rule(
        "run-failed",
        "The pipeline's last run failed; what was published before it is served.",
        lambda seen: seen.run is False,
    ),
    Rule(
        "postgres-lost",
        "Keys that a worker knows are taken for ten minutes more; others, and all that is about accounts, get 503.",
        lambda seen: not seen.postgres,
    ),
    Rule(
        "redis-lost",
        "Data is answered, each worker counting its share of the minute's quota; what must be counted gets 503.",
        lambda seen: not seen.redis,
    ),
)


def look(deps: Deps) -> Seen:
    """Look at what the server stands on; a lost server costs its deadline once, and then nothing."""
    deps.keys.tiers()  # asks Postgres, if nobody has lately
    try:
        manifest = deps.snapshots.edition().reader.manifest
    except NoSnapshot:
        manifest = None
    run = runs.last(deps.settings.home)
    return Seen(
        manifest=manifest,
        behind=manifest.behind(datetime.now(UTC)) if manifest else 0,
        refused=deps.snapshots.refused,
        postgres=deps.keys.available,
        redis=deps.quotas.answers(),
        run=run.success if run else None,
    )


def broken(seen: Seen) -> tuple[Rule, ...]:
    """Return the rules that are broken."""
    return tuple(rule for rule in RULES if rule.is_broken(seen))

"""Public routes: is it alive, is it ready, what are its routes and its problems."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api import readiness
from api.desk import Desk
from api.problems import BY_SLUG, Refusal
from api.questions import Nothing
from api.reply import Reply, whole

_NAMES = tuple(rule.name for rule in readiness.RULES)


class Health(msgspec.Struct, frozen=True):
    """The process answers; nothing else was looked at."""

    status: Literal["ok"] = "ok"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether data can be answered: `degraded` still answers, `unready` has no snapshot."""

    status: Literal["ready", "degraded", "unready"]
    because: Annotated[tuple[str, ...], Meta(description=f"Which rules are broken: {', '.join(_NAMES)}.")]
    snapshot: str | None
    data_through: str | None
    behind: Annotated[int, Meta(description="Sessions that are due and not in the snapshot.")]
    run: Annotated[Literal["ok", "failed"] | None, Meta(description="How the pipeline's last run ended, if known.")]
    postgres: Literal["ok", "lost"]
    redis: Literal["ok", "lost"]
    refused: Annotated[dict[str, str], Meta(description="Snapshots that are not fit to be served, with the reason.")]


class ProblemQuestion(msgspec.Struct, kw_only=True):
    """One problem type."""

    slug: Annotated[str, Meta(description="The last part of the problem's type.", examples=["unknown-symbol"])]


class ProblemPage(msgspec.Struct, frozen=True, kw_only=True):
    """A problem type, described."""

    type: str
    status: int
    title: str
    meaning: str


def health(_question: Nothing, _desk: Desk) -> Reply:
    """Return that the process answers."""
    return whole(Health(), tagged=False)


def ready(_question: Nothing, desk: Desk) -> Reply:
    """Return what is there; 503 only without a snapshot."""
    seen = readiness.look(desk.deps)
    broken, manifest = readiness.broken(seen), seen.manifest
    unready = any(rule.unready for rule in broken)
    answer = Ready(
        status="unready" if unready else "degraded" if broken else "ready",
        because=tuple(rule.name for rule in broken),
        snapshot=manifest.id if manifest else None,
        data_through=manifest.data_through.isoformat() if manifest else None,
        behind=seen.behind,
        run=None if seen.run is None else "ok" if seen.run else "failed",
        postgres="ok" if seen.postgres else "lost",
        redis="ok" if seen.redis else "lost",
        refused=seen.refused,
    )
    return whole(answer, tagged=False, status="503 Service Unavailable" if unready else "200 OK")


def problem(question: ProblemQuestion, _desk: Desk) -> Reply:
    """Return one problem type."""
    found = BY_SLUG.get(question.slug)
    if found is None:
        raise Refusal("not-found", f"no problem type {question.slug!r}", parameter="slug", allowed=sorted(BY_SLUG))
    return whole(ProblemPage(type=found.type, status=found.status, title=found.title, meaning=found.meaning))

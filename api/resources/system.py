"""Public routes: is it alive, is it ready, what are its routes and its problems."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from api.desk import Desk
from api.problems import BY_SLUG, Refusal
from api.questions import Nothing
from api.reply import Reply, whole
from warehouse.snapshots import NoSnapshot


class Health(msgspec.Struct, frozen=True):
    """The process answers; nothing else was looked at."""

    status: Literal["ok"] = "ok"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether data can be answered: `degraded` still answers, `unready` has no snapshot."""

    status: Literal["ready", "degraded", "unready"]
    snapshot: str | None
    data_through: str | None
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
    deps = desk.deps
    deps.keys.tiers()  # asks Postgres, if nobody has lately
    try:
        edition = deps.snapshots.edition()
    except NoSnapshot:
        edition = None
    postgres, redis, refused = deps.keys.available, deps.quotas.answers(), deps.snapshots.refused
    answer = Ready(
        status="unready" if edition is None else "ready" if postgres and redis and not refused else "degraded",
        snapshot=edition.id if edition else None,
        data_through=edition.data_through_text if edition else None,
        postgres="ok" if postgres else "lost",
        redis="ok" if redis else "lost",
        refused=refused,
    )
    return whole(answer, tagged=False, status="200 OK" if edition else "503 Service Unavailable")


def problem(question: ProblemQuestion, _desk: Desk) -> Reply:
    """Return one problem type."""
    found = BY_SLUG.get(question.slug)
    if found is None:
        raise Refusal("not-found", f"no problem type {question.slug!r}", parameter="slug", allowed=sorted(BY_SLUG))
    return whole(ProblemPage(type=found.type, status=found.status, title=found.title, meaning=found.meaning))

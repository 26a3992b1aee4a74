"""How tables become assets of the graph, and what all steps of a run have in common."""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Literal, ParamSpec, TypeVar

import dagster as dg

from warehouse.contracts import Table
from warehouse.faults import PASSING
from warehouse.intervals import INTERVALS

P = ParamSpec("P")
R = TypeVar("R")

POOL = "warehouse"
OWNERS = ["team:data"]
RETRIES = 2
FIRST_PAUSE_SECONDS = 2.0  # before the first retry; each further one waits twice as long

Group = Literal["sources", "raw", "bars", "indicators", "weekly", "monthly", "models", "meta", "published"]
"""The boxes of the graph, in the order in which data flows through them; no name comes twice in one."""

FRESH = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(days=4, hours=6),  # the longest time from one close to the next, over a holiday weekend
    fail_window=timedelta(days=5),
)
"""How old a table may be. How old its data is, the check `fresh` of meta.coverage tells, in sessions."""

_HANDLED = (
    dg.AutomationCondition.newly_requested()
    | dg.AutomationCondition.newly_updated()
    | dg.AutomationCondition.initial_evaluation()
)
UP_TO_DATE = (
    (dg.AutomationCondition.any_deps_updated() | dg.AutomationCondition.code_version_changed()).since(_HANDLED)
    & ~dg.AutomationCondition.any_deps_missing()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.in_progress()
    & ~dg.AutomationCondition.any_deps_match(dg.AutomationCondition.execution_failed())
    & dg.AutomationCondition.all_deps_blocking_checks_passed()
).with_label("up to date")
"""Made anew when what it is made of was, by a run that left it out, and when its definition has changed."""

_BRONZE, _GOLD = {"sources", "raw"}, {"models", "meta", "published"}
_INTERVALS = {each.schema: each.name for each in INTERVALS}


def key(table: str) -> dg.AssetKey:
    """Return a table's asset key."""
    return dg.AssetKey(table.split("."))


def tags(group: Group, schema: str = "") -> dict[str, str]:
    """Return an asset's tags: its layer, and the interval of what is made for each."""
    interval = {"interval": _INTERVALS[schema]} if schema in _INTERVALS else {}
    layer = "bronze" if group in _BRONZE else "gold" if group in _GOLD else "silver"
    return {"layer": layer, **interval}


def spec(
    table: Table,
    group: Group,
    kinds: Collection[str],
    *,
    reads: Iterable[str | dg.AssetKey] = (),
    code_version: str | None = None,
    metadata: dict[str, dg.MetadataValue] | None = None,
    freshness: dg.FreshnessPolicy | None = None,
) -> dg.AssetSpec:
    """Return a table's asset."""
    return dg.AssetSpec(
        key(table.name),
        deps=[key(each) if isinstance(each, str) else each for each in reads],
        description=table.description,
        group_name=group,
        kinds=set(kinds),
        owners=OWNERS,
        tags=tags(group, table.schema_name),
        code_version=code_version,
        metadata=metadata,
        freshness_policy=freshness,
        automation_condition=None if group == "raw" else UP_TO_DATE,
    )


def step(
    name: str,
    specs: Sequence[dg.AssetSpec],
    *,
    check_specs: Sequence[dg.AssetCheckSpec] = (),
    can_subset: bool = False,
) -> Callable[[Callable[P, Iterator[R]]], dg.AssetsDefinition]:
    """Make a generator of results the step of a run that makes some assets."""

    def define(function: Callable[P, Iterator[R]]) -> dg.AssetsDefinition:
        return dg.multi_asset(name=name, specs=specs, check_specs=check_specs, can_subset=can_subset, pool=POOL)(
            patient()(function)
        )

    return define


def patient(
    *, faults: tuple[type[Exception], ...] = PASSING, pause: float = FIRST_PAUSE_SECONDS
) -> Callable[[Callable[P, Iterator[R]]], Callable[P, Iterator[R]]]:
    """Have a step tried again after faults that may pass by themselves, and after no others.

    A `RetryPolicy` would repeat every fault, and take a cancelled run for one that failed.
    """

    def wrap(function: Callable[P, Iterator[R]]) -> Callable[P, Iterator[R]]:
        @functools.wraps(function)
        def attempt(*args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
            try:
                yield from function(*args, **kwargs)
            except faults as ex:
                waiting = pause * 2 ** dg.OpExecutionContext.get().retry_number
                raise dg.RetryRequested(max_retries=RETRIES, seconds_to_wait=waiting) from ex

        return attempt

    return wrap


def unread(definitions: Iterable[dg.AssetsDefinition]) -> list[dg.AssetKey]:
    """Return those assets that none of the others reads: whoever comes after them comes after all."""
    specs = [each for definition in definitions for each in definition.specs]
    read = {dependency.asset_key for each in specs for dependency in each.deps}
    return [each.key for each in specs if each.key not in read]

"""The pages of problem types, of security events, of metrics, and of a snapshot's tables."""

from collections.abc import Iterator, Sequence

from api.audit.kinds import KINDS
from api.metrics import METRICS
from api.problems import PROBLEMS
from dbt_like_sql import project as sql_project
from dbt_like_sql.lineage import Origin
from kalpi.reference.markdown import NOTE, listed, page, table
from pipelines import dictionary, lineage, sql_models, steps
from warehouse import coverage
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS, Table
from warehouse.database import CHECKS
from warehouse.intervals import COARSER, DAILY
from warehouse.restatements import RESTATEMENTS
from warehouse.views import derived


def problems() -> str:
    """Return the page of the problem types."""
    rows = ((f"`{p.slug}`", p.status, p.title, p.meaning) for p in PROBLEMS)
    return page((
        f"# Problems\n\n{NOTE}",
        "Every error of the API is one of these types (RFC 9457), at `/problems/<type>`.\n",
        *table(("type", "status", "title", "what to do"), rows),
    ))  # fmt: skip


def events() -> str:
    """Return the page of the kinds of security events."""
    return page((
        f"# Security events\n\n{NOTE}",
        "Every row of `security_events` is of one of these kinds.\n",
        *table(("kind", "recorded when"), ((f"`{kind.name}`", kind.meaning) for kind in KINDS)),
    ))  # fmt: skip


def metrics() -> str:
    """Return the page of the metrics."""
    rows = (
        (
            f"`{each.name}`",
            each.kind,
            "; ".join(f"`{label}`: {values}" for label, values in each.labels.items()),
            each.meaning,
        )
        for each in METRICS
    )
    return page((
        f"# Metrics\n\n{NOTE}",
        "What `/metrics` tells Prometheus of one server, added up over its workers, those that have ended included.\n",
        *table(("name", "kind", "labels", "meaning"), rows),
    ))  # fmt: skip


def tables() -> str:
    """Return the page of the tables."""
    return page(_tables())


def _tables() -> Iterator[str]:
    yield f"# Tables\n\n{NOTE}"
    yield (
        "What a snapshot's DuckDB file holds. The same words are comments in the file; what columns are computed from "
        "is in `meta.lineage`, too.\n"
    )
    made_of = _made_of()
    contracts = (RAW_BARS, RAW_ACTIONS, *made_of, *coverage.TABLES, *dictionary.TABLES, CHECKS, RESTATEMENTS)
    known = {each.name: each for each in contracts}
    for contract in contracts:
        yield from _contract(contract, [known[name] for name in made_of.get(contract, ())])
    for interval in COARSER:
        names = listed(step.table.name for step in steps.families(interval))
        yield f"## {interval.schema}.*\n\n{names}: the columns of `daily.*`, computed on {interval.schema} bars.\n"
    yield from _views(contracts)


def _made_of() -> dict[Table, tuple[str, ...]]:
    """Return what each table is made of, but for those that tell the same as one of another interval."""
    computed = (*steps.families(DAILY), *(step for interval in COARSER for step in steps.resampling(interval)))
    return {
        DAILY_BARS: (RAW_BARS.name,),
        DAILY_BARS_ADJUSTED: (DAILY_BARS.name, RAW_ACTIONS.name),
        **{step.table: step.inputs for step in computed},
        **{sql_models.table_of(model): model.depends_on for model in sql_project.load().models},
    }


def _contract(contract: Table, sources: Sequence[Table]) -> Iterator[str]:
    kind = "A view. " if contract.view else ""
    grain = f" One row for each {', '.join(contract.key)}." if contract.key else ""
    made_of = f" Made of {listed(source.name for source in sources)}." if sources else ""
    yield f"## {contract.name}\n\n{kind}{contract.description}{grain}{made_of}\n"
    found = lineage.origins(contract, sources)
    yield from table(
        ("column", "type", "unit", "meaning", *(["computed from"] if found else [])),
        (
            (f"`{column.name}`", column.type, column.unit, column.description, *_from(column.name, found))
            for column in contract.columns
        ),
    )


def _from(column: str, found: Sequence[Origin]) -> Iterator[str]:
    """Return the cell of a column's sources, with their tables where the whole table has several; none without any."""
    if found:
        short = len({each.from_table for each in found}) == 1
        mine = [each for each in found if each.column == column]
        yield ", ".join(
            f"`{each.from_column}`" if short else f"`{each.from_table}.{each.from_column}`" for each in mine
        )


def _views(contracts: Sequence[Table]) -> Iterator[str]:
    others = listed(interval.schema for interval in COARSER)
    yield f"## Views of the indicators\n\nTheir columns are those of the tables above; {others} have the same views.\n"
    yield from table(("view", "meaning"), ((f"`{view.name}`", view.description) for view in derived(contracts)))

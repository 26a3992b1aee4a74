"""The pages of problem types, of security events, and of a snapshot's tables."""

from collections.abc import Iterator

from api.audit.kinds import KINDS
from api.problems import PROBLEMS
from dbt_like_sql import project as sql_project
from kalpi.reference.markdown import NOTE, listed, page, table
from pipelines import sql_models, steps
from warehouse.contracts import DAILY_BARS, DAILY_BARS_ADJUSTED, RAW_ACTIONS, RAW_BARS, Table
from warehouse.database import CHECKS
from warehouse.intervals import COARSER


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


def tables() -> str:
    """Return the page of the tables."""
    return page(_tables())


def _tables() -> Iterator[str]:
    yield f"# Tables\n\n{NOTE}"
    yield "What a snapshot's DuckDB file holds. The same words are comments in the file.\n"
    contracts = (RAW_BARS, RAW_ACTIONS, DAILY_BARS, DAILY_BARS_ADJUSTED)
    for contract in (*contracts, *map(steps.family_table, steps.FAMILIES)):
        yield from _contract(contract)
    for interval in COARSER:
        for step in steps.resampling(interval):
            yield from _contract(step.table)
        names = listed(step.table.name for step in steps.families(interval))
        yield f"## {interval.schema}.*\n\n{names}: the columns of `daily.*`, computed on {interval.schema} bars.\n"
    for contract in (*map(sql_models.table_of, sql_project.load().models), CHECKS):
        yield from _contract(contract)


def _contract(contract: Table) -> Iterator[str]:
    grain = f" One row for each {', '.join(contract.key)}." if contract.key else ""
    yield f"## {contract.name}\n\n{contract.description}{grain}\n"
    yield from table(
        ("column", "type", "unit", "meaning"),
        ((f"`{column.name}`", column.type, column.unit, column.description) for column in contract.columns),
    )

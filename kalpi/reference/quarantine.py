"""The page of the reasons for which files and rows are not used."""

from collections.abc import Iterable, Iterator
from datetime import date

from kalpi.reference.markdown import NOTE, page, table
from pipelines import reasons, rules
from pipelines.reasons import Reason
from warehouse.contracts import RAW_ACTIONS, RAW_BARS


def quarantine() -> str:
    """Return the page."""
    return page(_quarantine())


def _quarantine() -> Iterator[str]:
    yield f"# Quarantine\n\n{NOTE}"
    yield "Why a delivered file or row is not used, and what `kalpi quarantine release --override` can set aside.\n"
    yield "## Whole files\n"
    yield from _reasons(reasons.FILE_REASONS)
    for contract, more in ((RAW_BARS, reasons.BAR_REASONS), (RAW_ACTIONS, ())):
        yield f"## Rows of {contract.name}\n"
        yield from _reasons([*(rule.reason for rule in rules.of_delivery(contract, today=date.max)), *more])


def _reasons(listed: Iterable[Reason]) -> Iterator[str]:
    rows = ((f"`{reason.code}`", reason.meaning, "yes" if reason.overridable else "") for reason in listed)
    return table(("reason", "meaning", "can be set aside"), rows)

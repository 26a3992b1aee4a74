"""Answered requests as rows of the table `requests`."""

import time
from typing import Protocol

from api.accounts.lookup import Principal
from api.audit.entry import Entry
from api.audit.lines import NULL, address, field
from api.audit.spool import Spool
from api.limits import Verdict

_NOBODY = f"{NULL}\t{NULL}\t{NULL}"


class RequestLog:
    """Writes each request down once, when its answer is made, a few microseconds before it leaves."""

    def __init__(self, spool: Spool) -> None:
        self._append = spool.append

    def add(self, entry: Entry, octets: int) -> None:
        """Append the row of a request that was answered with so many bytes."""
        now, took = time.time(), time.perf_counter() - entry.began
        # PERF one formatted line costs a third of a struct that is encoded here and decoded by the writer
        self._append(
            f"{int(now * 1e6)}\t{entry.request_id}\t{entry.trace_id or NULL}\t{entry.known_method}\t"
            f"{entry.route or NULL}\t{entry.status}\t{took * 1e3:.3f}\t{entry.units}\t{_who(entry.caller)}\t"
            f"{address(entry.client)}\t{entry.limited or NULL}\t{entry.cache or NULL}\t{entry.snapshot or NULL}\t"
            f"{entry.problem or NULL}\t{octets}\t{_charged_day(entry.verdict)}"
        )


class Keeper(Protocol):
    """Does something of its own with an answered request, and never fails."""

    def add(self, entry: Entry, octets: int, /) -> None:
        """Take a request that was answered with so many bytes."""


class Places:
    """Takes each request to several keepers."""

    def __init__(self, *keepers: Keeper) -> None:
        self._adding = tuple(keeper.add for keeper in keepers)

    def add(self, entry: Entry, octets: int) -> None:
        """Take a request to all of them."""
        for add in self._adding:
            add(entry, octets)


def _who(caller: Principal | None) -> str:
    return f"{caller.account_id}\t{caller.key_id or NULL}\t{field(caller.tier.name)}" if caller else _NOBODY


def _charged_day(verdict: Verdict | None) -> int | str:
    """Return when the day that paid began: near midnight it need not be the day of the answer."""
    return verdict.day_start if verdict and verdict.day_start else NULL

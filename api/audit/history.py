"""What accounts have used, day by day, as the log adds it up in Postgres."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine, func, select, text

from api.accounts.errors import AccountsUnavailable
from api.breaker import Breaker
from api.store import LOST, within
from api.store.models import Account, DailyUsage, TierRow

T = TypeVar("T")


class Used(msgspec.Struct, frozen=True):
    """What a key asked of a route on a day."""

    day: date
    route: str
    key_id: str
    requests: int
    units: int
    errors: int
    bytes: int


class History:
    """Reads daily usage. Thread-safe; a lost Postgres costs one wait, and then a second's silence each time."""

    def __init__(self, engine: Engine, *, deadline: float = 1.0) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._deadline = deadline
        self._breaker = Breaker(self._answers)

    def of(self, account_id: str, first: date, last: date, *, skip: int, limit: int) -> tuple[Used, ...]:
        """Return what an account used in some days, oldest first; AccountsUnavailable while Postgres is lost."""
        columns = [getattr(DailyUsage, name) for name in Used.__struct_fields__]
        question = (
            select(*columns)
            .where(DailyUsage.account_id == account_id, DailyUsage.day.between(first, last))
            .order_by(DailyUsage.day, DailyUsage.key_id, DailyUsage.route)
            .offset(skip)
            .limit(limit)
        )
        return self._ask(lambda connection: tuple(Used(*row) for row in connection.execute(question)))

    def answered(self, day_start: int) -> Mapping[str, int] | None:
        """Return the units of a day by account, where there is a daily quota; None while Postgres is lost."""
        day = datetime.fromtimestamp(day_start, UTC).date()
        question = (
            select(DailyUsage.account_id, func.sum(DailyUsage.units))
            .join(Account, Account.id == DailyUsage.account_id)
            .join(TierRow, TierRow.name == Account.tier)
            .where(DailyUsage.day == day, DailyUsage.units > 0, TierRow.per_day.is_not(None))
            .group_by(DailyUsage.account_id)
        )
        try:
            return self._ask(lambda connection: {str(one): int(units) for one, units in connection.execute(question)})
        except AccountsUnavailable:
            return None

    def close(self) -> None:
        """Stop probing; the engine is the caller's."""
        self._breaker.close()

    def _ask(self, question: Callable[[Connection], T]) -> T:
        if self._breaker.open:
            raise AccountsUnavailable(retry_after=1)
        try:
            with within(self._deadline), self._engine.connect() as connection:
                return question(connection)
        except LOST as ex:
            self._breaker.failed()
            raise AccountsUnavailable(retry_after=1) from ex

    def _answers(self) -> bool:
        try:
            with within(self._deadline), self._engine.connect() as connection:
                connection.execute(text("select 1"))
        except LOST:
            return False
        return True

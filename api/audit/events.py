"""Security events: recorded through a spool by the API, or straight into Postgres by commands."""

import time
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

import msgspec
from sqlalchemy import Engine, insert

from api.audit.kinds import BY_NAME
from api.audit.lines import NULL, address, escaped
from api.audit.spool import Spool
from api.audit.watch import NOBODY, Watch
from api.store.models import SecurityEvent

Detail = str | int | None


class Events(Protocol):
    """Keeps security events; the API's own never fails."""

    def record(
        self,
        kind: str,
        *,
        account_id: str | None = None,
        key_id: str | None = None,
        client: str | None = None,
        request_id: str | None = None,
        **detail: str | int | None,
    ) -> None:
        """Record an event of one of the kinds in `api.audit.kinds`."""


class SpooledEvents:
    """Records within microseconds, and never fails; the writer stores what was recorded."""

    def __init__(self, spool: Spool, watch: Watch = NOBODY) -> None:
        self._spool = spool
        self._watch = watch

    def record(
        self,
        kind: str,
        *,
        account_id: str | None = None,
        key_id: str | None = None,
        client: str | None = None,
        request_id: str | None = None,
        **detail: Detail,
    ) -> None:
        """Record an event of one of `KINDS`. SEC what is told of it is no secret."""
        told = (_known(kind), account_id, key_id)
        fields = [NULL if one is None else escaped(one) for one in told]
        fields += [address(client or ""), NULL if request_id is None else escaped(request_id)]
        fields.append(escaped(msgspec.json.encode(detail).decode()) if detail else NULL)
        self._spool.append(f"{int(time.time() * 1e6)}\t" + "\t".join(fields))
        self._watch.event(kind)


class StoredEvents:
    """Records at once, in a transaction of its own; database errors pass through."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(
        self,
        kind: str,
        *,
        account_id: str | None = None,
        key_id: str | None = None,
        client: str | None = None,
        request_id: str | None = None,
        **detail: Detail,
    ) -> None:
        """Record an event of one of `KINDS`."""
        row = {
            "id": uuid4(),
            "at": datetime.now(UTC),
            "kind": _known(kind),
            "account_id": account_id,
            "key_id": key_id,
            "client": client,
            "request_id": request_id,
            "detail": detail or None,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(SecurityEvent).values(row))


def _known(kind: str) -> str:
    return BY_NAME[kind].name

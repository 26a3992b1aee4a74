"""The tiers as an operator changes them. A change is in force in every worker within five seconds."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from api.accounts.errors import BadTier, TierExists, TierInUse, UnknownTier
from api.accounts.lookup import all_tiers, as_tier
from api.accounts.tiers import Tier, seeded
from api.store.models import Account, TierRow
from api.store.transaction import transaction

_NO_LIMIT = "none"
_HAS_NAMES = frozenset({"indicators", "formats", "endpoints"})
_FIELDS = {field.name: field for field in msgspec.structs.fields(Tier)}
_NEEDED = ("rank", "per_minute")
FIELDS = tuple(name for name in _FIELDS if name != "name")


class TierBook:
    """All tiers. `known` tells the names that its lists may have: of indicators, formats and groups of routes."""

    def __init__(self, engine: Engine, known: Callable[[], Mapping[str, frozenset[str]]]) -> None:
        self._engine = engine
        self._known = known

    def all(self) -> tuple[Tier, ...]:
        """Return all tiers by rank."""
        with transaction(self._engine) as session:
            return all_tiers(session.connection())

    def change(self, name: str, changes: Mapping[str, str]) -> Tier:
        """Change some fields of a tier, told as text; raises UnknownTier or BadTier."""
        values = self._read(changes)
        with transaction(self._engine) as session:
            tiers = {tier.name: tier for tier in all_tiers(session.connection())}
            if name not in tiers:
                raise UnknownTier(f"no tier {name!r}; allowed: {', '.join(tiers)}")
            changed = msgspec.structs.replace(tiers.pop(name), **values)
            _require_own_rank(changed, tiers)
            session.execute(update(TierRow).where(TierRow.name == name).values(changed.as_row()))
            return changed

    def create(self, name: str, told: Mapping[str, str]) -> Tier:
        """Make a tier; raises TierExists or BadTier."""
        values = self._read(told)
        if missing := [needed for needed in _NEEDED if needed not in values]:
            raise BadTier(f"a tier needs {' and '.join(missing)}")
        made = Tier(name=_converted("name", name), **values)
        with transaction(self._engine) as session:
            tiers = {tier.name: tier for tier in all_tiers(session.connection())}
            if name in tiers:
                raise TierExists(f"there is a tier {name!r} already")
            _require_own_rank(made, tiers)
            session.execute(insert(TierRow).values(made.as_row()))
            return made

    def delete(self, name: str) -> Tier:
        """Delete a tier that no account has; raises UnknownTier or TierInUse."""
        with transaction(self._engine) as session:
            row = session.scalar(select(TierRow).where(TierRow.name == name).with_for_update())
            if row is None:
                raise UnknownTier(f"no tier {name!r}")
            if name in {tier.name for tier in seeded()}:
                raise TierInUse(f"{name} comes with every installation; it can be changed and not deleted")
            _require_unused(session, name)
            gone = as_tier(row)
            session.execute(delete(TierRow).where(TierRow.name == name))
            return gone

    def _read(self, told: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of fields that are told as text: `none`, a number, or names between commas."""
        return {name: self._value(name, text) for name, text in told.items()}

    def _value(self, name: str, text: str) -> object:
        if name not in FIELDS:
            raise BadTier(f"a tier has no {name!r}; allowed: {', '.join(FIELDS)}")
        if text.strip().lower() == _NO_LIMIT:
            return _converted(name, None)
        if name not in _HAS_NAMES:
            return _converted(name, text)
        names, allowed = frozenset(filter(None, map(str.strip, text.split(",")))), self._known()[name]
        if unknown := sorted(names - allowed):
            raise BadTier(f"{name}: no {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}")
        return names


def _converted(name: str, value: str | None) -> Any:  # noqa: ANN401 - what the field holds
    try:
        return msgspec.convert(value, _FIELDS[name].type, strict=False)
    except msgspec.ValidationError as ex:
        raise BadTier(f"{name}={value or _NO_LIMIT!r} is not allowed: {_allowed(name)}") from ex


def _allowed(name: str) -> str:
    if name == "name":
        return "a small letter, and then small letters, digits, - and _"
    schema = msgspec.json.schema(_FIELDS[name].type)
    number = next(one for one in schema.get("anyOf", (schema,)) if one["type"] == "integer")
    return f"a whole number from {number['minimum']} to {number['maximum']}{'' if name in _NEEDED else ', or none'}"


def _require_own_rank(tier: Tier, others: Mapping[str, Tier]) -> None:
    for other in others.values():
        if other.rank == tier.rank:
            raise BadTier(f"rank {tier.rank} is {other.name}'s; allowed: one that no other tier has")


def _require_unused(session: Session, name: str) -> None:
    if session.scalar(select(Account.id).where(Account.tier == name).limit(1)):
        raise TierInUse(f"accounts are of the tier {name}; move them first: kalpi users list, kalpi users change")

"""GET and POST /v1/keys, PATCH and DELETE /v1/keys/{id}: an account's own API keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from api.accounts.scopes import MEANINGS, OF_KEYS
from api.accounts.service import LONGEST, KeyInfo, Terms
from api.accounts.words import LABEL_LENGTH
from api.desk import Desk
from api.questions import Nothing
from api.reply import Reply, whole

_SHOWN = 100
Label = Annotated[
    str | None, Meta(description=f"At most {LABEL_LENGTH} characters, to tell keys apart.", examples=["laptop"])
]
KeyId = Annotated[str, Meta(description="The key's id: its 12 characters after `kalpi_live_`.")]
_Scopes = Annotated[list[Literal["read", "sql", "keys"]], Meta(min_length=1, max_length=len(OF_KEYS))]
_MEANT = "; ".join(f"`{scope}`: {MEANINGS[scope]}" for scope in sorted(OF_KEYS))


class KeyQuestion(msgspec.Struct, kw_only=True):
    """A new key."""

    label: Label = None
    scopes: Annotated[_Scopes | None, Meta(description=f"{_MEANT}. By default all that the caller has of these.")] = (
        None
    )
    days: Annotated[int, Meta(ge=1, le=LONGEST.days, description="How long it is good.", examples=[90])] = LONGEST.days


class KeyIdQuestion(msgspec.Struct, kw_only=True):
    """One key."""

    id: KeyId


class LabelQuestion(msgspec.Struct, kw_only=True):
    """Another label of a key."""

    id: KeyId
    label: Label


class KeyItem(msgspec.Struct, frozen=True, kw_only=True):
    """A key as its owner sees it; its secret is told once, when it is made."""

    id: str
    label: str | None
    last_four: Annotated[str, Meta(description="The last characters before the checksum.")]
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: Annotated[datetime | None, Meta(description="To the minute or so.")]


class Keys(msgspec.Struct, frozen=True):
    """An account's keys, the newest first, those that have ended too."""

    items: tuple[KeyItem, ...]
    next_cursor: None = None


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new key. This is the only time that `key` is told."""

    id: str
    key: Annotated[str, Meta(description="Send it as X-API-Key.")]
    label: str | None
    scopes: tuple[str, ...]
    expires_at: datetime | None


def list_keys(_question: Nothing, desk: Desk) -> Reply:
    """List the account's keys."""
    found = desk.deps.office.keys.list_keys(of=_account(desk))
    return whole(Keys(tuple(map(_item, found[:_SHOWN]))), tagged=False)


def create_key(question: KeyQuestion, desk: Desk) -> Reply:
    """Make a key and tell it, this once."""
    desk.deps.gate.require_counting()
    granted = desk.principal.scopes & OF_KEYS
    terms = Terms(
        label=question.label,
        scopes=frozenset(question.scopes or granted),
        expires_at=datetime.now(UTC) + timedelta(days=question.days),
    )
    issued = desk.deps.office.keys.create_own_key(_account(desk), terms, granted)
    desk.record("key-created", new_key=issued.id)
    answer = NewKey(
        id=issued.id,
        key=issued.key,
        label=terms.label,
        scopes=tuple(sorted(terms.scopes)),
        expires_at=issued.expires_at,
    )
    return whole(answer, tagged=False, status="201 Created")


def rename_key(question: LabelQuestion, desk: Desk) -> Reply:
    """Give a key another label."""
    renamed = desk.deps.office.keys.rename_key(question.id, question.label, of=_account(desk))
    return whole(_item(renamed), tagged=False)


def revoke_key(question: KeyIdQuestion, desk: Desk) -> Reply:
    """End a key; it lets nobody in five seconds later, anywhere."""
    revoked = desk.deps.office.keys.revoke_key(question.id, of=_account(desk))
    desk.record("key-revoked", revoked_key=revoked.id)
    return whole(_item(revoked), tagged=False)


def _account(desk: Desk) -> UUID:
    return UUID(desk.principal.account_id)


def _item(key: KeyInfo) -> KeyItem:
    return msgspec.convert(key, KeyItem, from_attributes=True)

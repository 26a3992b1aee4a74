"""`kalpi keys`: API keys."""

from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.cli.group import group
from kalpi.cli.listing import Json, Row, show, tell
from kalpi.cli.operating import operating

if TYPE_CHECKING:
    from api.accounts.service import KeyInfo

commands = group("API keys.")
DAYS = 365


@commands.command("create")
def create_key(
    email: Annotated[str, typer.Option(help="whose key; the account is made if there is none")],
    tier: Annotated[str, typer.Option(help="the account's tier from now on")],
    label: Annotated[str | None, typer.Option(help="a name to tell keys apart")] = None,
    scope: Annotated[list[str] | None, typer.Option(help="read or keys; may be given twice; by default both")] = None,
    days: Annotated[int, typer.Option(min=1, max=DAYS, help="how long it is good")] = DAYS,
    *,
    json: Json = False,
) -> None:
    """Make a key and show it, this once."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from api.accounts.scopes import OF_KEYS  # noqa: PLC0415

    scopes, expires_at = frozenset(scope or OF_KEYS), datetime.now(UTC) + timedelta(days=days)
    with operating() as operator:
        issued = operator.office.keys.create_key(email, tier, label, scopes=scopes, expires_at=expires_at)
        account_id = str(issued.account_id)
        operator.events.record("key-created", account_id=account_id, new_key=issued.id, by="operator")
    tell({"id": issued.id, "key": issued.key, "tier": issued.tier}, json=json)


@commands.command("list")
def list_keys(
    email: Annotated[str | None, typer.Option(help="of this account only")] = None, *, json: Json = False
) -> None:
    """List keys, newest first; the keys themselves are not kept."""
    with operating() as operator:
        show([_row(key) for key in operator.office.keys.list_keys(email)], json=json)


@commands.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key for good; it lets nobody in five seconds later."""
    with operating() as operator:
        revoked = operator.office.keys.revoke_key(key_id)
        operator.events.record("key-revoked", revoked_key=revoked.id, by="operator")
    typer.echo(f"revoked {revoked.id}")


def _row(key: "KeyInfo") -> Row:
    from datetime import UTC, datetime  # noqa: PLC0415

    expired = key.expires_at is not None and key.expires_at <= datetime.now(UTC)
    return {
        "id": key.id,
        "ends_with": f"...{key.last_four}",
        "state": "revoked" if key.revoked_at else "expired" if expired else "valid",
        "tier": key.tier,
        "scopes": key.scopes,
        "created": key.created_at,
        "expires": key.expires_at,
        "last_used": key.last_used_at,
        "email": key.email,
        "label": key.label,
    }

"""`kalpi tokens` and `kalpi secrets`: what tokens are signed with, and what keys and passwords are hashed with."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.cli.group import group
from kalpi.cli.listing import Json, Row, show, tell
from kalpi.cli.operating import operating
from kalpi.errors import Refusal, refusing

if TYPE_CHECKING:
    from api.accounts.server_secrets import Secret
    from warehouse.home import Home

tokens = group("Keys that access tokens are signed with.")
secrets = group("The server's secret, which keys and passwords are hashed with.")


@tokens.command("list")
def list_signing_keys(*, json: Json = False) -> None:
    """List the signing keys: the last one signs, all verify."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from api.tokens.ring import KeyRing  # noqa: PLC0415

    keys = KeyRing(_folder()).live().values()
    rows: list[Row] = [
        {"id": key.id, "made": datetime.fromtimestamp(key.written_at, UTC), "file": key.path.name} for key in keys
    ]
    show(rows, json=json)


@tokens.command("rotate")
def rotate_signing_key(
    *,
    now: Annotated[bool, typer.Option("--now", help="withdraw all others at once, and with them every token")] = False,
    json: Json = False,
) -> None:
    """Make another signing key; the one before verifies what it signed until the next rotation."""
    from api.tokens.rotation import TooSoon, rotate  # noqa: PLC0415

    with operating() as operator:
        with refusing(TooSoon):
            done = rotate(_folder(), at_once=now)
        operator.events.record("setting-changed", setting="signing key", made=done.made)
    tell({"made": done.made, "kept": done.kept, "removed": done.removed}, json=json)


@secrets.command("list")
def list_secrets(*, json: Json = False) -> None:
    """List the living secrets by their ids, the newest first, and what depends on the older one."""
    with operating() as operator:
        live, older = operator.secrets.live(), operator.older_secret
    told = str(older) if older else None
    show([{"id": one.id, "still_needed_by": told if one is live[-1] else None} for one in live], json=json)


@secrets.command("rotate")
def rotate_secret(*, json: Json = False) -> None:
    """Put a new secret before the one in use. Keys and passwords move to it as they are used."""
    from secrets import token_hex  # noqa: PLC0415

    from api.accounts.server_secrets import Secret  # noqa: PLC0415

    with operating() as operator:
        before = operator.secrets.live()
        if len(before) > 1:
            raise Refusal("two secrets are alive; retire the older one first: kalpi secrets retire")
        after = (Secret(token_hex(32).encode()), *before)
        _write(after)
        operator.events.record("setting-changed", setting="server secret", made=after[0].id)
    tell({"made": after[0].id, "kept": after[1].id}, json=json)


@secrets.command()
def retire(
    *,
    force: Annotated[bool, typer.Option("--force", help="although something depends on it, and is lost")] = False,
    json: Json = False,
) -> None:
    """Remove the older of two secrets once nothing depends on it."""
    with operating() as operator:
        live, older = operator.secrets.live(), operator.older_secret
        if older is None:
            raise Refusal("one secret is alive; make another first: kalpi secrets rotate")
        if older.any and not force:
            raise Refusal(f"{older} depend on the secret {live[-1].id}; wait until they have been used, or --force")
        _write(live[:1])
        operator.events.record("setting-changed", setting="server secret", removed=live[-1].id)
    tell({"kept": live[0].id, "removed": live[-1].id, "lost": str(older) if older.any else None}, json=json)


def _write(newest_first: "tuple[Secret, ...]") -> None:
    from kalpi.environment import write_secret  # noqa: PLC0415

    if os.environ.get("KALPI_SECRET"):
        raise Refusal(
            "KALPI_SECRET is set: put a new secret there and the one before into KALPI_SECRET_OLD, and restart"
        )
    write_secret(_home(), "server", "\n".join(one.octets.decode("ascii") for one in newest_first))


def _folder() -> Path:
    return _home().secrets / "tokens"


def _home() -> "Home":
    from warehouse.home import Home  # noqa: PLC0415

    return Home.from_environment()

"""`kalpi keys`: API keys."""

from typing import Annotated

import typer

from kalpi.cli.group import group
from kalpi.errors import refusing

commands = group("API keys.")


@commands.command("create")
def create_key(
    email: Annotated[str, typer.Option(help="whose key; the account is made if there is none")],
    tier: Annotated[str, typer.Option(help="the account's tier from now on")],
    *,
    json: Annotated[bool, typer.Option("--json", help="answer in JSON")] = False,
) -> None:
    """Make a key and show it, this once."""
    from api.accounts.errors import BadEmail, UnknownTier  # noqa: PLC0415
    from kalpi.accounts import of_home  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with refusing(BadEmail, UnknownTier), of_home(Home.from_environment()) as office:
        issued = office.keys.create_key(email, tier)
    _tell({"id": issued.id, "key": issued.key, "tier": issued.tier}, json=json)


@commands.command("list")
def list_keys(email: Annotated[str | None, typer.Option(help="of this account only")] = None) -> None:
    """List keys, newest first; the keys themselves are not kept."""
    from kalpi.accounts import of_home  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with of_home(Home.from_environment()) as office:
        found = office.keys.list_keys(email)
    for key in found:
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
        typer.echo(f"{key.id}  ...{key.last_four}  {key.tier:<8} {key.created_at:%Y-%m-%d}  {state:<18} {key.email}")


@commands.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key for good."""
    from api.accounts.errors import UnknownKeyId  # noqa: PLC0415
    from kalpi.accounts import of_home  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with refusing(UnknownKeyId), of_home(Home.from_environment()) as office:
        typer.echo(f"revoked {office.keys.revoke_key(key_id).id}")


def _tell(values: dict[str, str], *, json: bool) -> None:
    import msgspec  # noqa: PLC0415

    typer.echo(msgspec.json.encode(values).decode() if json else "\n".join(f"{k:<5} {v}" for k, v in values.items()))

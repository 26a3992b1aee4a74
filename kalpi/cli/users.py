"""`kalpi users`: accounts."""

from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.cli.group import group
from kalpi.cli.listing import Json, Row, show, tell
from kalpi.cli.operating import Email, Tier, operating
from kalpi.errors import Refusal

if TYPE_CHECKING:
    from api.accounts.directory import Holder

commands = group("Accounts.")


@commands.command("list")
def list_users(
    email: Annotated[str | None, typer.Option(help="those whose address has this part")] = None, *, json: Json = False
) -> None:
    """List accounts, newest first."""
    with operating() as operator:
        show([_row(holder) for holder in operator.office.directory.all(email)], json=json)


@commands.command()
def create(
    email: Annotated[str, typer.Option(help="its address; you answer for it, so it counts as verified")],
    tier: Tier = None,
    *,
    password: Annotated[bool, typer.Option("--password", help="ask for a password; else it has keys alone")] = False,
    json: Json = False,
) -> None:
    """Make an account, of the lowest tier unless told."""
    from api.accounts.errors import AccountExists  # noqa: PLC0415
    from api.accounts.password_rules import require_good  # noqa: PLC0415

    chosen = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True) if password else None
    with operating() as operator:
        if chosen is not None:
            require_good(chosen, email=email)
        kept = None if chosen is None else operator.office.passwords.keep(chosen)
        holder, is_new = operator.office.directory.register(email, kept, tier=tier, is_verified=True)
        if not is_new:
            raise AccountExists(f"{email} has an account already")
        operator.events.record("account-created", account_id=str(holder.id), by="operator")
    tell(_row(holder), json=json)


@commands.command()
def change(
    email: Email,
    tier: Tier = None,
    new_email: Annotated[str | None, typer.Option(help="its address from now on")] = None,
    *,
    json: Json = False,
) -> None:
    """Move an account to another tier or address; a tier is in force within five seconds."""
    if tier is None and new_email is None:
        raise Refusal("nothing to change; give --tier or --new-email")
    with operating() as operator:
        before = operator.holder(email)
        holder = operator.office.directory.change(before.id, tier=tier, email=new_email)
        if holder.tier != before.tier:
            account_id = str(holder.id)
            operator.events.record("tier-changed", account_id=account_id, old=before.tier, new=holder.tier)
    tell(_row(holder), json=json)


@commands.command()
def disable(email: Email) -> None:
    """Switch an account off: within five seconds its keys and sessions let nobody in."""
    with operating() as operator:
        holder = operator.office.directory.disable(operator.holder(email).id)
        operator.events.record("account-disabled", account_id=str(holder.id), by="operator")
    typer.echo(f"disabled {holder.email}")


@commands.command()
def enable(email: Email) -> None:
    """Switch an account on again; its keys work as before."""
    with operating() as operator:
        holder = operator.office.directory.enable(operator.holder(email).id)
        operator.events.record("account-enabled", account_id=str(holder.id), by="operator")
    typer.echo(f"enabled {holder.email}")


@commands.command()
def logout(email: Email) -> None:
    """End all sessions of an account, and all access tokens."""
    with operating() as operator:
        holder = operator.office.directory.end_sessions(operator.holder(email).id)
        operator.events.record("session-ended", account_id=str(holder.id), by="operator")
    typer.echo(f"ended all sessions of {holder.email}")


@commands.command()
def reset(email: Email, *, json: Json = False) -> None:
    """Show a code for a new password, for the owner: POST /v1/auth/reset takes it, once, within the hour."""
    from api.accounts.codes import RESET  # noqa: PLC0415

    with operating() as operator:
        holder = operator.holder(email)
        code = operator.office.codes.seal(RESET, holder)
        operator.events.record("reset-code-made", account_id=str(holder.id), by="operator")
    tell({"email": holder.email, "code": code, "minutes": RESET.seconds // 60}, json=json)


@commands.command()
def delete(email: Email, *, yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False) -> None:
    """Delete an account with its keys and sessions, for good."""
    with operating() as operator:
        holder = operator.holder(email)
        if not yes:
            typer.confirm(f"Delete {holder.email} with all keys?", abort=True, err=True)
        operator.office.directory.delete(holder.id)
        operator.events.record("account-deleted", account_id=str(holder.id), by="operator")
    typer.echo(f"deleted {holder.email}")


def _row(holder: "Holder") -> Row:
    return {
        "email": holder.email,
        "tier": holder.tier,
        "state": "disabled" if holder.disabled_at else "enabled",
        "verified": "yes" if holder.email_verified_at else "no",
        "password": "yes" if holder.password else "no",
        "created": holder.created_at,
        "id": holder.id,
    }

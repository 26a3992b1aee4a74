"""`kalpi tiers`: what each tier allows."""

from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.cli.group import group
from kalpi.cli.listing import Json, Row, show, tell
from kalpi.cli.operating import operating
from kalpi.errors import Refusal

if TYPE_CHECKING:
    from api.accounts.tiers import Tier

commands = group("Tiers: what an account may ask, and how much.")
Name = Annotated[str, typer.Argument(metavar="TIER")]
Changes = Annotated[
    list[str], typer.Argument(metavar="FIELD=VALUE...", help="a number, names between commas, or none for no limit")
]


@commands.command("list")
def list_tiers(*, json: Json = False) -> None:
    """List tiers by rank; - is no limit."""
    with operating() as operator:
        show([_row(tier) for tier in operator.tiers.all()], json=json)


@commands.command("set")
def set_fields(tier: Name, changes: Changes, *, json: Json = False) -> None:
    """Change some fields of a tier; every worker has the change within five seconds."""
    with operating() as operator:
        changed = operator.tiers.change(tier, _parted(changes))
        operator.events.record("tier-changed", tier=changed.name, changes=" ".join(changes))
    tell(_row(changed), json=json)


@commands.command()
def create(tier: Name, fields: Changes, *, json: Json = False) -> None:
    """Make a tier; it needs a rank and per_minute at least."""
    with operating() as operator:
        made = operator.tiers.create(tier, _parted(fields))
        operator.events.record("tier-changed", tier=made.name, changes=" ".join(fields), made="yes")
    tell(_row(made), json=json)


@commands.command()
def delete(tier: Name) -> None:
    """Delete a tier that no account has."""
    with operating() as operator:
        gone = operator.tiers.delete(tier)
        operator.events.record("tier-changed", tier=gone.name, deleted="yes")
    typer.echo(f"deleted {gone.name}")


def _parted(words: list[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or name in told:
            raise Refusal(f"{word!r} is not allowed; allowed: FIELD=VALUE, each field once")
        told[name] = value
    return told


def _row(tier: "Tier") -> Row:
    return tier.as_row()

"""`kalpi warehouse`: what is published."""

from typing import Annotated

import typer

from kalpi.cli import asking
from kalpi.cli.group import group
from kalpi.errors import refusing

commands = group("Published snapshots.")
commands.command()(asking.sql)
commands.command()(asking.export)


@commands.command()
def path() -> None:
    """Show the path of the served snapshot's DuckDB file."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(LookupError):
        typer.echo(str(snapshots.folder_of(home, snapshots.current_id(home)) / snapshots.DATABASE))


@commands.command("snapshots")
def list_snapshots() -> None:
    """List the kept snapshots, newest first; the served one bears a star."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(LookupError):
        served = snapshots.current_id(home)
    for manifest in snapshots.list_snapshots(home):
        rows = sum(table.rows for table in manifest.tables)
        star = "*" if manifest.id == served else " "
        typer.echo(f"{star} {manifest.id}  data through {manifest.data_through}  {rows} rows")


@commands.command()
def verify(snapshot_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None) -> None:
    """Compare a snapshot's files with its manifest; by default the served one's."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(LookupError, snapshots.CorruptSnapshot):
        manifest = snapshots.verify(home, snapshot_id or snapshots.current_id(home))
    typer.echo(f"{manifest.id} is whole: {len(manifest.files)} files")


@commands.command()
def rollback(snapshot_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Serve an older snapshot again."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with refusing(LookupError, snapshots.CorruptSnapshot):
        manifest = snapshots.rollback(Home.from_environment(), snapshot_id)
    typer.echo(f"served: {manifest.id}, data through {manifest.data_through}")

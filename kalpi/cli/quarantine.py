"""`kalpi quarantine`: what was not used, and why."""

from typing import Annotated

import typer

from kalpi.cli.group import group
from kalpi.errors import refusing

commands = group("Files and rows that were not used.")
EntryId = Annotated[str, typer.Argument(metavar="ID", help="as `kalpi quarantine list` shows it")]


@commands.command("list")
def list_entries(
    *, everything: Annotated[bool, typer.Option("--all", help="those that were released, too")] = False
) -> None:
    """List what lies there, oldest first: when it came, its id, its file, and its reasons."""
    from pipelines import quarantine  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    for entry in quarantine.entries(Home.from_environment()):
        if entry.release and not everything:
            continue
        note = entry.note
        what = "whole file" if note.rows is None else f"{note.rows} rows"
        why = note.code if note.rows is None else ", ".join(f"{code} {count}" for code, count in note.reasons.items())
        state = "  released" if entry.release else ""
        typer.echo(f"{note.quarantined_at:%Y-%m-%d %H:%M}  {entry.id}  {note.file}  {what}: {why}{state}")


@commands.command()
def show(entry_id: EntryId, rows: Annotated[int, typer.Option(min=0, help="rows to show")] = 10) -> None:
    """Show an entry: what was found, where its bytes are, and its first rows."""
    import polars as pl  # noqa: PLC0415

    from pipelines import quarantine  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(quarantine.UnknownEntry):
        entry = quarantine.entry(home, entry_id)
    note = entry.note
    facts = {
        "file": note.file,
        "sha256": note.sha256,
        "since": f"{note.quarantined_at:%Y-%m-%d %H:%M:%S} UTC",
        "reason": f"{note.code}: {note.detail}",
        "kept as": str(quarantine.path_of(home, entry)),
    }
    if entry.release:
        facts["released"] = f"{entry.release.released_at:%Y-%m-%d %H:%M:%S} UTC {', '.join(entry.release.overridden)}"
        facts["because"] = entry.release.because
    typer.echo("\n".join(f"{name:<9} {fact}" for name, fact in facts.items() if fact))
    if note.rows is not None and rows:
        with pl.Config(tbl_rows=rows, tbl_cols=-1, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
            typer.echo(str(quarantine.rows_of(home, entry).head(rows)))


@commands.command()
def release(
    entry_id: EntryId,
    override: Annotated[
        list[str] | None, typer.Option(help="a reason to set aside for it; may be given more than once")
    ] = None,
    because: Annotated[str, typer.Option(help="why; kept with the release")] = "",
) -> None:
    """Offer an entry to landing again: the next run judges it anew, but for the reasons that are set aside."""
    from pipelines import quarantine  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(quarantine.UnknownEntry, quarantine.NotReleasable):
        made = quarantine.release(home, entry_id, override=tuple(override or ()), because=because)
    typer.echo(str(home.landing / made.file))

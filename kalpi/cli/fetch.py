"""`kalpi fetch`: bars from a source into landing."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.errors import Refusal, refusing

if TYPE_CHECKING:
    from pipelines.sources.source import Request, Source
    from warehouse.home import Home

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def fetch(
    source: Annotated[str, typer.Argument(help="a source that KALPI_HOME/pipeline.toml declares")],
    symbols: Annotated[str | None, typer.Option(help="separated by commas; default: those declared")] = None,
    start: Day = None,
    end: Day = None,
    *,
    again: Annotated[bool, typer.Option("--again", help="ask for what was fetched before, too")] = False,
) -> None:
    """Fetch bars into landing: of some days, or without --start what is not there yet. A fetch cut off goes on."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    from pipelines import fetching  # noqa: PLC0415
    from pipelines.declaration import BadDeclaration, load  # noqa: PLC0415
    from pipelines.sources.faults import SourceFault  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(BadDeclaration, SourceFault):
        declared = load(home).sources.enabled()
        if source not in declared:
            on = ", ".join(declared) or "none"
            raise Refusal(f"no source {source!r} is declared in {home.root}/pipeline.toml; declared: {on}")
        wanted = _requests(home, declared[source], symbols, start, end)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            task = shown.add_task(source, total=len(wanted))
            outcome = fetching.deliver(
                home,
                declared[source],
                wanted,
                progress=lambda file, done, _: shown.update(task, description=file, completed=done),
                again=again,
            )
    for path in outcome.landed:
        typer.echo(str(path))
    for what, why in outcome.refused.items():
        typer.echo(f"kalpi: {what}: {why}", err=True)
    typer.echo(f"{len(outcome.landed)} landed, {outcome.before} before, {len(outcome.refused)} refused", err=True)
    if outcome.refused:
        raise typer.Exit(1)


def _requests(
    home: "Home", source: "Source", symbols: str | None, start: datetime | None, end: datetime | None
) -> "list[Request]":
    from datetime import UTC  # noqa: PLC0415

    from pipelines import fetching  # noqa: PLC0415

    now = datetime.now(UTC)
    if start is None:
        if symbols or end:
            raise Refusal("--symbols and --end need a --start; without it, what is not there yet is fetched")
        return fetching.due(home, source, now=now)
    listed = tuple(symbols.split(",")) if symbols else source.symbols
    return source.requests(listed, start.date(), (end or now).date())

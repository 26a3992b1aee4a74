"""`kalpi indicators`: the installation's own, declared in files."""

import typer

from kalpi.cli.group import group
from kalpi.errors import refusing

commands = group("Indicators of this installation's own.")


@commands.command()
def check() -> None:
    """Read the files in KALPI_HOME/indicators and try them as a start would; starts nothing."""
    from indicators import shelf  # noqa: PLC0415
    from indicators.custom import BadFormula, install  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(BadFormula):
        install(home.indicator_files())
    for cls in shelf.held().classes:
        columns = [name for one in shelf.held().stored if type(one) is cls for name in one.column_names()]
        typer.echo(f"{cls.id}: {cls.title}; stored: {', '.join(columns) or 'no'}")
    typer.echo(f"{len(shelf.held().classes)} indicators under {home.indicators} are sound")

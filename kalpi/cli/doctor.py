"""`kalpi doctor`: what is broken, and what mends it."""

import os
from typing import Annotated

import typer

from kalpi.cli.listing import Json

_SIGNS = {"well": "ok     ", "note": "note   ", "problem": "PROBLEM"}


def doctor(
    port: Annotated[int, typer.Option(min=1, max=65535, help="the port that the API would take")] = 8000,
    dagster_port: Annotated[
        int, typer.Option(min=1, max=65535, help="the port that Dagster's pages would take")
    ] = 3000,
    *,
    json: Json = False,
) -> None:
    """Examine this installation, change nothing, and say what is broken and what mends it."""
    import msgspec  # noqa: PLC0415

    from kalpi.doctor import Patient, examine  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    patient = Patient(Home.from_environment(), os.environ, {"--port": port, "--dagster-port": dagster_port})
    found = list(examine(patient))
    if json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        for each in found:
            typer.echo(f"{_SIGNS[each.level]} {each.about:<10} {each.sentence}")
            if each.remedy:
                typer.echo(f"{'':<18} {each.remedy}")
    if any(each.level == "problem" for each in found):
        raise typer.Exit(1)

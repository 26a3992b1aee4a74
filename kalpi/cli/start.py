"""Commands that bring data in and start what answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.errors import Refusal

if TYPE_CHECKING:
    from rich.console import Console


Port = Annotated[int, typer.Option(min=1, max=65535, help="port of the API on 127.0.0.1")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="processes of the API; default: one a core, at most 4")
]
Server = Annotated[str, typer.Option(help="the API's server: gunicorn")]
ReadyFile = Annotated[Path | None, typer.Option(help="written once all of it answers: addresses, key and snapshot")]


def up(
    port: Port = 8000,
    dagster_port: Annotated[int, typer.Option(min=1, max=65535, help="port of Dagster's pages")] = 3000,
    workers: Workers = None,
    server: Server = "gunicorn",
    ready_file: ReadyFile = None,
    *,
    no_dagster: Annotated[bool, typer.Option("--no-dagster", help="the API without Dagster")] = False,
) -> None:
    """Start everything, running the pipeline first if nothing is published; Ctrl-C stops all of it."""
    _refuse_unknown_server(server)
    from kalpi.up import Options, up  # noqa: PLC0415
    from warehouse.sandbox.confinement import is_whole  # noqa: PLC0415

    chosen = None if no_dagster else dagster_port
    # SEC on this machine's own address, for whoever started it: SQL is on where the kernel can hold it
    up(Options(port=port, dagster_port=chosen, workers=workers, ready_file=ready_file, sql=is_whole()), _console())


def serve(
    port: Port = 8000, workers: Workers = None, server: Server = "gunicorn", ready_file: ReadyFile = None
) -> None:
    """Start the API alone, on the snapshot that is published."""
    _refuse_unknown_server(server)
    from kalpi.up import Options, served, up  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    if not served(home):
        raise Refusal(f"nothing to serve is published under {home.snapshots}; run `kalpi run` or `kalpi up` first")
    up(Options(port=port, dagster_port=None, workers=workers, ready_file=ready_file), _console())


def run() -> None:
    """Run the pipeline once: landing folder to published snapshot."""
    from kalpi.pipeline import run_here  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    ended = run_here(Home.from_environment(), _console())
    for warning in ended.warnings:
        typer.echo(f"kalpi: warning: {warning}", err=True)
    for failure in ended.failures:
        typer.echo(f"kalpi: failed: {failure}", err=True)
    typer.echo(f"served: {ended.snapshot or 'nothing'}")
    if not ended.success:
        raise typer.Exit(1)


def migrate() -> None:
    """Bring the database of DATABASE_URL to this version's schema; done already, it changes nothing."""
    import os  # noqa: PLC0415

    from kalpi.accounts import bring_up_to_date  # noqa: PLC0415

    if not os.environ.get("DATABASE_URL"):
        raise Refusal("DATABASE_URL is not set; `kalpi up` and `kalpi serve` migrate the embedded database themselves")
    bring_up_to_date(os.environ["DATABASE_URL"])


def ingest(paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Parquet or CSV files")]) -> None:
    """Copy files of bars or corporate actions into landing, after a look at their columns."""
    from kalpi.environment import deliver  # noqa: PLC0415
    from kalpi.schema import look_at  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    for path in paths:
        look_at(path, home)
    for path in paths:
        typer.echo(str(deliver(path, home)))


def _console() -> "Console":
    from rich.console import Console  # noqa: PLC0415

    return Console()


def _refuse_unknown_server(server: str) -> None:
    if server != "gunicorn":
        raise Refusal(f"--server {server} is not known; allowed: gunicorn")

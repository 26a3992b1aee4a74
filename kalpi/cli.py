"""The `kalpi` command. Its commands import what they need when they run, so that `kalpi --help` is quick."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer
from typer.core import TyperGroup

from kalpi.errors import Refusal, refusing

if TYPE_CHECKING:
    from rich.console import Console


class _Refusing(TyperGroup):
    """Tells a refusal in a sentence on standard error."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Refusal as ex:
            typer.echo(f"kalpi: {ex}", err=True)
            raise typer.Exit(ex.exit_code) from ex
        except PermissionError as ex:  # a home, or a file in it, that is not ours
            typer.echo(f"kalpi: {ex}; set KALPI_HOME to a folder of your own", err=True)
            raise typer.Exit(Refusal.exit_code) from ex


def _group(text: str) -> typer.Typer:
    return typer.Typer(
        help=text,
        cls=_Refusing,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


app = _group("Stock technical analysis on a data warehouse, served over HTTP.")
keys = _group("API keys.")
warehouse = _group("Published snapshots.")
app.add_typer(keys, name="keys")
app.add_typer(warehouse, name="warehouse")

Port = Annotated[int, typer.Option(min=1, max=65535, help="port of the API on 127.0.0.1")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=64, help="processes of the API; default: one a core, at most 4")
]
Server = Annotated[str, typer.Option(help="the API's server: gunicorn")]
ReadyFile = Annotated[Path | None, typer.Option(help="written once all of it answers: addresses, key and snapshot")]


@app.command()
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

    chosen = None if no_dagster else dagster_port
    up(Options(port=port, dagster_port=chosen, workers=workers, ready_file=ready_file), _console())


@app.command()
def serve(
    port: Port = 8000, workers: Workers = None, server: Server = "gunicorn", ready_file: ReadyFile = None
) -> None:
    """Start the API alone, on the snapshot that is published."""
    _refuse_unknown_server(server)
    from kalpi.up import Options, served, up  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    if not served(home):
        raise Refusal(f"nothing is published under {home.snapshots}; run `kalpi run` or `kalpi up` first")
    up(Options(port=port, dagster_port=None, workers=workers, ready_file=ready_file), _console())


@app.command()
def run() -> None:
    """Run the pipeline once: landing folder to published snapshot."""
    from kalpi.pipeline import run_here  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    ended = run_here(Home.from_environment(), _console())
    for failure in ended.failures:
        typer.echo(f"kalpi: failed: {failure}", err=True)
    typer.echo(f"served: {ended.snapshot or 'nothing'}")
    if not ended.success:
        raise typer.Exit(1)


@app.command()
def ingest(paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Parquet files")]) -> None:
    """Copy Parquet files of bars or corporate actions into landing, after a look at their columns."""
    from kalpi.environment import deliver  # noqa: PLC0415
    from kalpi.schema import look_at  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    for path in paths:
        look_at(path)
    for path in paths:
        typer.echo(str(deliver(path, Home.from_environment())))


@keys.command("create")
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

    with refusing(BadEmail, UnknownTier), of_home(Home.from_environment()) as accounts:
        issued = accounts.create_key(email, tier)
    _tell({"id": issued.id, "key": issued.key, "tier": issued.tier}, json=json)


@keys.command("list")
def list_keys(email: Annotated[str | None, typer.Option(help="of this account only")] = None) -> None:
    """List keys, newest first; the keys themselves are not kept."""
    from kalpi.accounts import of_home  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with of_home(Home.from_environment()) as accounts:
        found = accounts.list_keys(email)
    for key in found:
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "valid"
        typer.echo(f"{key.id}  ...{key.last_four}  {key.tier:<8} {key.created_at:%Y-%m-%d}  {state:<18} {key.email}")


@keys.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """End a key for good."""
    from api.accounts.errors import UnknownKeyId  # noqa: PLC0415
    from kalpi.accounts import of_home  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with refusing(UnknownKeyId), of_home(Home.from_environment()) as accounts:
        typer.echo(f"revoked {accounts.revoke_key(key_id).id}")


@warehouse.command()
def path() -> None:
    """Show the path of the served snapshot's DuckDB file."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(LookupError):
        typer.echo(str(snapshots.folder_of(home, snapshots.current_id(home)) / snapshots.DATABASE))


@warehouse.command("snapshots")
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


@warehouse.command()
def verify(snapshot_id: Annotated[str | None, typer.Argument(metavar="[ID]")] = None) -> None:
    """Compare a snapshot's files with its manifest; by default the served one's."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    home = Home.from_environment()
    with refusing(LookupError, snapshots.CorruptSnapshot):
        manifest = snapshots.verify(home, snapshot_id or snapshots.current_id(home))
    typer.echo(f"{manifest.id} is whole: {len(manifest.files)} files")


@warehouse.command()
def rollback(snapshot_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Serve an older snapshot again."""
    from warehouse import snapshots  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with refusing(LookupError, snapshots.CorruptSnapshot):
        manifest = snapshots.rollback(Home.from_environment(), snapshot_id)
    typer.echo(f"served: {manifest.id}, data through {manifest.data_through}")


def _console() -> "Console":
    from rich.console import Console  # noqa: PLC0415

    return Console()


def _refuse_unknown_server(server: str) -> None:
    if server != "gunicorn":
        raise Refusal(f"--server {server} is not known; allowed: gunicorn")


def _tell(values: dict[str, str], *, json: bool) -> None:
    import msgspec  # noqa: PLC0415

    typer.echo(msgspec.json.encode(values).decode() if json else "\n".join(f"{k:<5} {v}" for k, v in values.items()))

"""The `kalpi` command. Its commands import what they need when they run, so that `kalpi --help` is quick."""

from kalpi.cli import fetch, indicators, keys, quarantine, start, warehouse
from kalpi.cli.group import group

app = group("Stock technical analysis on a data warehouse, served over HTTP.")
for command in (start.up, start.serve, start.run, start.ingest, fetch.fetch):
    app.command()(command)
app.add_typer(indicators.commands, name="indicators")
app.add_typer(keys.commands, name="keys")
app.add_typer(quarantine.commands, name="quarantine")
app.add_typer(warehouse.commands, name="warehouse")

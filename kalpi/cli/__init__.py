"""The `kalpi` command. Its commands import what they need when they run, so that `kalpi --help` is quick."""

from kalpi.cli import (
    dagster,
    doctor,
    fetch,
    indicators,
    keys,
    protocol,
    quarantine,
    rotation,
    start,
    tiers,
    users,
    warehouse,
)
from kalpi.cli.group import group

app = group("Stock technical analysis on a data warehouse, served over HTTP.")
for command in (
    start.up,
    start.serve,
    start.run,
    start.ingest,
    start.migrate,
    fetch.fetch,
    doctor.doctor,
    protocol.mcp,
):
    app.command()(command)
for name, commands in (
    ("users", users.commands),
    ("keys", keys.commands),
    ("tiers", tiers.commands),
    ("tokens", rotation.tokens),
    ("secrets", rotation.secrets),
    ("indicators", indicators.commands),
    ("dagster", dagster.commands),
    ("quarantine", quarantine.commands),
    ("warehouse", warehouse.commands),
):
    app.add_typer(commands, name=name)

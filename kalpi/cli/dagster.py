"""`kalpi dagster`: each part of Dagster as a process of its own, as containers run them. `kalpi up` runs all in one."""

from typing import Annotated

import typer

from kalpi.cli.group import group

commands = group("Parts of Dagster, each a process of its own.")
Host = Annotated[str, typer.Option(help="address to listen at")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="port to listen at")]
Code = Annotated[str, typer.Option(metavar="HOST[:PORT]", help="where the code server answers")]


@commands.command()
def code(host: Host = "127.0.0.1", port: Port = 4000) -> None:
    """Run the code server: it knows the pipeline, and runs it. Exactly one for a home."""
    from kalpi.orchestrator import become_code_server  # noqa: PLC0415

    become_code_server(host, port)


@commands.command()
def daemon(code: Code = "127.0.0.1") -> None:
    """Run the daemon: schedules, sensors and the queue of runs. Exactly one for a database of runs."""
    from kalpi.orchestrator import Address, become_daemon  # noqa: PLC0415

    become_daemon(Address.parse(code))


@commands.command()
def webserver(code: Code = "127.0.0.1", host: Host = "127.0.0.1", port: Port = 3000) -> None:
    """Run the pages. They let anybody in who reaches them, so keep them private."""
    from kalpi.orchestrator import Address, become_webserver  # noqa: PLC0415

    become_webserver(Address.parse(code), host, port)

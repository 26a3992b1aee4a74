"""Groups of commands, and how all of them refuse."""

import click
import typer
from typer.core import TyperGroup

from kalpi.errors import Refusal


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


def group(text: str) -> typer.Typer:
    """Return an empty group of commands."""
    return typer.Typer(
        help=text,
        cls=_Refusing,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

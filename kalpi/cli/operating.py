"""What the commands of operators share: they work on the home's database, and refuse in a sentence."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from kalpi.errors import Refusal, refusing

if TYPE_CHECKING:
    from kalpi.accounts import Operator

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="the account's address")]
Tier = Annotated[str | None, typer.Option(help="the account's tier from now on")]


@contextmanager
def operating() -> Generator["Operator"]:
    """Open what belongs to the home of the environment."""
    from api.accounts import errors  # noqa: PLC0415
    from api.store import LOST  # noqa: PLC0415
    from kalpi.accounts import of_home  # noqa: PLC0415
    from warehouse.home import Home  # noqa: PLC0415

    with refusing(ValueError, LookupError, errors.Busy), of_home(Home.from_environment()) as operator:
        try:
            yield operator
        except LOST as ex:
            raise Refusal(f"the database did not answer in time ({type(ex).__name__}); nothing was changed") from ex

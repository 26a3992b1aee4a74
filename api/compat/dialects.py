"""The services whose clients are answered in their own words, and what each looks for in an error."""

from collections.abc import Callable, Mapping

import msgspec

from api.problems import Refusal

PREFIX = "/compat/"


class Dialect(msgspec.Struct, frozen=True):
    """A service: its system's name in the catalogue, its routes' root, and the members that its clients read of errors.

    They come beside those of the problem.
    """

    system: str
    root: str
    error: Callable[[Refusal], Mapping[str, object]]


ALPHA_VANTAGE = Dialect("Alpha Vantage", f"{PREFIX}alphavantage", lambda refusal: {"Error Message": refusal.detail})
TWELVE_DATA = Dialect(
    "Twelve Data",
    f"{PREFIX}twelvedata",
    lambda refusal: {"code": refusal.problem.status, "message": refusal.detail},
)
DIALECTS = (ALPHA_VANTAGE, TWELVE_DATA)


def spoken(path: str, refusal: Refusal) -> Mapping[str, object]:
    """Return the members by which the clients of a path's service tell what is wrong; none where no service's is."""
    for dialect in DIALECTS:
        if path.startswith(f"{dialect.root}/"):
            return dialect.error(refusal)
    return {}

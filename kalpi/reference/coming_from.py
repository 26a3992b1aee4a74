"""The page for those who come from another service or library: its names and defaults, and what they are here."""

from collections.abc import Iterator, Mapping

import indicators as catalogue
from api.compat.alphavantage import query
from api.compat.dialects import ALPHA_VANTAGE, TWELVE_DATA, Dialect
from api.compat.twelvedata.questions import NO_EFFECT
from api.compat_routes import COMPAT_ENDPOINTS
from indicators.elsewhere.tables import NONE, SYSTEMS, lines
from indicators.elsewhere.translations import Theirs, Translation, translations
from kalpi.reference.markdown import NOTE, listed, page, table

_ABOUT = """Clients of Alpha Vantage and Twelve Data move by changing their base URL: routes under `/compat` take those
services' names and defaults, and answer in their shapes from our data, with proper status codes. What `/v1` can do
beyond (formats, pages, batches, expressions, screens) is not there. For the libraries below only names and defaults are
mapped."""
_KEYS = """A key in the header `X-API-Key` always works, and so does `Authorization: apikey <key>`. These services'
clients send `apikey=<key>` in the query instead, which is refused (`key-in-query`) unless the operator sets
`KALPI_COMPAT_KEYS_IN_QUERY=1`: then it is taken on these routes alone. We log no queries, but proxies, browsers and
histories do, so turn it on where the way to the API is your own, and give such keys an early end."""
_ALIKE = """- Indicators are computed as everywhere here, by TA-Lib's definitions on the whole history, with the other
  service's defaults. On `/v1` the same parameters give the same numbers, unrounded.
- Numbers are text, each rounded once from its float64 to the nearest, an exact half to the even digit: {av} decimals
  for Alpha Vantage, `dp` for Twelve Data (5; time series as many as the number has). Volumes are whole.
- The newest row comes first. Rows before an indicator's first value are left out. Pages there are none.
- Symbols are taken in any case. Of a symbol nothing is known but its ticker: names are the ticker, the rest is empty or
  left out.
- Indicators are computed on prices adjusted for splits. `TIME_SERIES_...` has prices as traded; `time_series` takes
  `adjust`.
- Weeks and months bear the date of their last session at Alpha Vantage, and their first day at Twelve Data.
- `snapshot` in the query chooses a kept snapshot. Answers have an ETag.
- A question costs 1 of the day for each symbol; the list of indicators costs nothing. A tier's `endpoints` names these
  groups `alphavantage` and `twelvedata`.
- An error has the status that it deserves and is a problem as everywhere ([problems.md](problems.md)). Beside its
  members stand those that the service's clients look for: `Error Message`, or `code` and `message`.
- Unknown names and values are refused and not ignored. Dates outside the history are no error here; those before the
  tier's history are."""
_CURLS = {
    ALPHA_VANTAGE.system: "alphavantage/query?function=RSI&symbol=AAPL&interval=daily&time_period=14&series_type=close",
    TWELVE_DATA.system: "twelvedata/macd?symbol=AAPL,IBM&interval=1week&outputsize=5",
}
_NO_COUNTERPART = "not answered under `/compat`: it is another thing there"


def coming_from() -> str:
    """Return the page."""
    return page(_coming_from())


def _coming_from() -> Iterator[str]:
    yield f"# Coming from another service\n\n{NOTE}\n{_ABOUT}\n"
    yield f"## Keys\n\n{_KEYS}\n"
    yield f"## What is alike, and what differs\n\n{_ALIKE.format(av=4)}\n"
    yield from _alpha_vantage()
    yield from _twelve_data()
    for system in ("TA-Lib", "TradingView", "pandas-ta-classic"):
        yield f"## {system}\n"
        yield from table(("there", "its parameters and defaults", "here"), _names(system))


def _alpha_vantage() -> Iterator[str]:
    yield from _service(ALPHA_VANTAGE, "https://www.alphavantage.co/query", f"{ALPHA_VANTAGE.root}/query")
    others = [name for name in query.FUNCTIONS if name not in translations(ALPHA_VANTAGE.system)]
    yield f"Besides the indicators below: {listed(others)}. `datatype=csv` gives the same as a table.\n"
    yield "`MAMA` needs a `fastlimit` above `slowlimit`: its defaults, which are alike, can't be computed here.\n"
    yield from _indicators(ALPHA_VANTAGE.system)


def _twelve_data() -> Iterator[str]:
    yield from _service(TWELVE_DATA, "https://api.twelvedata.com", TWELVE_DATA.root)
    paths = (one.path.removeprefix(TWELVE_DATA.root) for one in COMPAT_ENDPOINTS if TWELVE_DATA.root in one.path)
    yield f"Routes: {listed(path for path in paths if '{' not in path)}, and one for each indicator below.\n"
    yield f"Several symbols, with commas, are answered by symbol. Without effect: {listed(sorted(NO_EFFECT))}.\n"
    yield "`quote` has `fifty_two_week` where the tier sees a year. `format=CSV` takes one symbol.\n"
    yield from _indicators(TWELVE_DATA.system)


def _service(dialect: Dialect, theirs: str, ours: str) -> Iterator[str]:
    yield f"## {dialect.system}\n\n`{theirs}` becomes `http://127.0.0.1:8000{ours}`.\n"
    yield f'```sh\ncurl -H "X-API-Key: $KEY" "http://127.0.0.1:8000/compat/{_CURLS[dialect.system]}"\n```\n'


def _indicators(system: str) -> Iterator[str]:
    answered = translations(system)
    rows = [
        _answered(answered[line.name])
        if line.name in answered
        else (f"`{line.name}`", _link(line.id), "", _NO_COUNTERPART)
        for line in lines(system)
    ]
    yield from table(("there", "here", "its parameters", "its outputs"), rows)


def _answered(one: Translation) -> tuple[str, str, str, str]:
    ours = [output.name for output in catalogue.declaration(one.id).outputs]
    pairs = ((theirs or NONE, here) for theirs, here in zip(one.outputs, ours, strict=True))
    outputs = [f"`{theirs}`" if theirs == here else f"`{theirs}` (`{here}`)" for theirs, here in pairs]
    averages = SYSTEMS[one.system].AVERAGES
    shown = [_parameter(each, averages) for each in one.parameters if each.has_effect]
    return f"`{one.name}`", _link(one.id), ", ".join(shown), ", ".join(outputs)


def _parameter(one: Theirs, averages: Mapping[str, str]) -> str:
    """Say what a parameter is here, and both defaults where they differ."""
    if one.ours is None:
        return f"`{one.name}` {one.default} alone"
    named = "" if one.name == one.ours.name else f" (`{one.ours.name}`)"
    if one.default is None:
        return f"`{one.name}`{named} must be given"
    value = one.read(None, averages)
    meant = f" ({value})" if one.ours.choices else ""
    here = "" if value == one.ours.default else f", here {one.ours.default}"
    return f"`{one.name}`{named} {one.default}{meant}{here}"


def _names(system: str) -> Iterator[tuple[str, str, str]]:
    for kind in catalogue.catalogue():
        for one in catalogue.describe(kind).elsewhere:
            if one.system == system:
                given = ", ".join(
                    f"{name} {'' if value is None else value}".strip() for name, value in one.defaults.items()
                )
                yield f"`{one.name}`", given, _link(kind.id)


def _link(id_: str) -> str:
    return f"[`{id_}`](indicators/{id_}.md)"

"""A peer: the same lookup by a prepared DuckDB statement, behind Falcon on the same gunicorn; KALPI_BENCH_DB names it.

A cursor for each thread, as one connection shared by threads hands out other callers' rows.
"""

import os
import threading

import duckdb
import falcon

LOOKUP = """
    select momentum.rsi_14, bars.close
    from daily.bars_adjusted as bars join daily.momentum as momentum using (symbol, date)
    where symbol = ? and date = ?
"""


class Lookup:
    """RSI(14) and the close of a symbol on a day."""

    def __init__(self, path: str) -> None:
        self._connection = duckdb.connect(path, read_only=True, config={"threads": 1})
        self._cursors = threading.local()

    def on_get(self, _req: falcon.Request, resp: falcon.Response, symbol: str, date: str) -> None:
        """Answer."""
        if not hasattr(self._cursors, "own"):
            self._cursors.own = self._connection.cursor()
        rsi, close = self._cursors.own.execute(LOOKUP, [symbol, date]).fetchone()
        resp.media = {"symbol": symbol, "date": date, "values": {"rsi_14": rsi, "close": close}}


def __getattr__(name: str) -> falcon.App:
    if name != "application":
        raise AttributeError(name)
    app = falcon.App()
    app.add_route("/{symbol}/{date}", Lookup(os.environ["KALPI_BENCH_DB"]))
    return app

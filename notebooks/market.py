"""A look at a snapshot: the market, its symbols, their falls, how they move together, and whether to trust the bars.

`make notebook` opens it in a browser; as a script it runs from top to bottom. KALPI_WAREHOUSE names the file to read.
"""

import marimo

app = marimo.App(width="medium", app_title="Kalpi: the market")


@app.cell
def _():
    import os

    import altair as alt
    import duckdb
    import marimo as mo

    database = duckdb.connect(os.environ["KALPI_WAREHOUSE"], read_only=True)

    def ask(sql, *values):
        return database.execute(sql, values).pl()

    return alt, ask, mo


@app.cell
def _(ask, mo):
    through = ask("select max(date) as date from mart.market_breadth")["date"].item()
    counted = ask("select count(*) as symbols, sum(bars) as bars from mart.symbol_summary").row(0, named=True)
    mo.md(f"# The market through {through}\n\n{counted['symbols']} symbols, {counted['bars']:,} bars.")
    return (through,)


@app.cell
def _(ask, mo):
    latest = ask("""
        select symbol, close, return_1d, return_1m, return_1y, drawdown, position_1y, rsi_14, is_current
        from mart.latest_values
        order by return_1y desc nulls last
    """)
    mo.vstack([mo.md("## Where each symbol stands"), mo.ui.table(latest, selection=None)])
    return (latest,)


@app.cell
def _(alt, ask, mo):
    breadth = ask("""
        select date_trunc('month', date) as month, avg(share_above_sma_200) as share
        from mart.market_breadth
        where share_above_sma_200 is not null
        group by month
        order by month
    """)
    chart = (
        alt.Chart(breadth)
        .mark_area(opacity=0.5)
        .encode(
            x=alt.X("month:T", title=None),
            y=alt.Y("share:Q", title="share above SMA 200", axis=alt.Axis(format="%")),
        )
        .properties(width=640, height=200)
    )
    mo.vstack([mo.md("## How many stood above their long average"), chart])
    return


@app.cell
def _(latest, mo):
    choice = mo.ui.dropdown(sorted(latest["symbol"]), value=min(latest["symbol"]), label="symbol")
    choice
    return (choice,)


@app.cell
def _(alt, ask, choice, mo):
    prices = ask(
        "select date, close, sma_50, sma_200 from daily.wide where symbol = ? order by date desc limit 756",
        choice.value,
    ).unpivot(index="date", variable_name="line", value_name="price")
    lines = (
        alt.Chart(prices)
        .mark_line(strokeWidth=1)
        .encode(
            x=alt.X("date:T", title=None),
            y=alt.Y("price:Q", scale=alt.Scale(zero=False)),
            color=alt.Color("line:N", title=None),
        )
        .properties(width=640, height=240)
    )
    mo.vstack([mo.md(f"## {choice.value}, three years"), lines])
    return


@app.cell
def _(ask, mo):
    falls = ask("""
        select symbol, peak_date, trough_date, recovery_date, depth, sessions_below
        from mart.drawdowns
        order by depth
        limit 15
    """)
    mo.vstack([mo.md("## The deepest falls"), mo.ui.table(falls, selection=None)])
    return (falls,)


@app.cell
def _(alt, ask, mo):
    together = ask("select symbol, month, correlation_1y from mart.universe_correlation order by symbol, month")
    moves = (
        alt.Chart(together)
        .mark_line(strokeWidth=1)
        .encode(
            x=alt.X("month:T", title=None),
            y=alt.Y("correlation_1y:Q", title="correlation"),
            color=alt.Color("symbol:N", title=None),
        )
        .properties(width=640, height=240)
    )
    mo.vstack([mo.md("## How each moves with all others, over twelve months"), moves])
    return


@app.cell
def _(ask, mo):
    quality = ask("""
        select symbol, bars, missing_sessions, longest_gap, jumps, silent_bars, superseded_bars, sessions_behind
        from mart.data_quality
        order by missing_sessions desc, jumps desc, symbol
    """)
    mo.vstack([mo.md("## Can the bars be relied on?"), mo.ui.table(quality, selection=None)])
    return


if __name__ == "__main__":
    app.run()

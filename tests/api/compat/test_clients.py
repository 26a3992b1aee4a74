"""Other services' own Python clients, with nothing changed but the address, against a running server."""

import pytest
from alpha_vantage.alphavantage import AlphaVantage
from alpha_vantage.techindicators import TechIndicators
from alpha_vantage.timeseries import TimeSeries
from twelvedata import TDClient
from twelvedata.exceptions import InvalidApiKeyError, TwelveDataError

from indicators.elsewhere.translations import translations
from tests.api.conftest import running


@pytest.fixture(scope="module")
def server(world, accounts_url, shared_valkey):
    with running(world, accounts_url, shared_valkey.unix_url, KALPI_COMPAT_KEYS_IN_QUERY="1") as server:
        yield server


@pytest.fixture(autouse=True)
def address(server, monkeypatch):
    address = str(server.client.base_url).rstrip("/")
    monkeypatch.setattr(AlphaVantage, "_ALPHA_VANTAGE_API_URL", f"{address}/compat/alphavantage/query?")
    return address


def test_alpha_vantages_client_reads_every_indicator(keys):
    client = TechIndicators(key=keys["premium"])
    words = {"MAMA": {"fastlimit": 0.5}}
    for name, translation in translations("Alpha Vantage").items():
        data, meta = getattr(client, f"get_{name.lower()}")("AAPL", **words.get(name, {}))
        assert meta["1: Symbol"] == "AAPL"
        assert data["2013-03-01"].keys() == set(translation.outputs)
        assert all(float(value) == float(value) for value in data["2013-03-01"].values())


def test_alpha_vantages_client_reads_bars_quotes_and_errors(keys):
    client = TimeSeries(key=keys["premium"], output_format="pandas")
    frame, _ = client.get_daily_adjusted("AAPL", outputsize="full")
    assert len(frame) == 3_270
    assert frame.loc["2013-02-07", "7. dividend amount"] == pytest.approx(2.65)
    assert frame.loc["2005-02-28", "8. split coefficient"] == 2
    for ask, rows in ((client.get_daily, 100), (client.get_weekly, 679), (client.get_monthly_adjusted, 157)):
        assert len(ask("AAPL")[0]) == rows
    assert client.get_quote_endpoint("AAPL")[0]["05. price"].item() == "430.4700"
    assert list(client.get_symbol_search("AAP")[0]["1. symbol"]) == ["AAPL"]
    table, _ = TimeSeries(key=keys["premium"], output_format="csv").get_daily("AAPL")
    assert next(table) == ["timestamp", "open", "high", "low", "close", "volume"]
    with pytest.raises(ValueError, match="no symbol 'APPL' in this snapshot; near it: AAPL"):
        client.get_daily("APPL")
    with pytest.raises(ValueError, match="rsi is not among the indicators of the tier free"):
        TechIndicators(key=keys["free"]).get_rsi("AAPL")


def test_twelve_datas_client_reads_every_indicator(address, keys):
    client = TDClient(apikey=keys["premium"], base_url=f"{address}/compat/twelvedata")
    for name, translation in translations("Twelve Data").items():
        series = client.time_series(symbol="AAPL", interval="1day", outputsize=2)
        in_place_of_bars = name == "heikinashicandles"
        asked = getattr(series if in_place_of_bars else series.without_ohlc(), f"with_{name}")
        rows = (asked(outputsize=2) if in_place_of_bars else asked()).as_json()
        assert [row["datetime"] for row in rows] == ["2013-03-01", "2013-02-28"], name
        assert rows[0].keys() == {"datetime", *(one for one in translation.outputs if one)}, name


def test_twelve_datas_client_reads_bars_quotes_and_errors(address, keys):
    client = TDClient(apikey=keys["premium"], base_url=f"{address}/compat/twelvedata")
    series = client.time_series(symbol="AAPL,IBM", interval="1week", outputsize=3)
    frame = series.with_rsi(time_period=9).with_macd().as_pandas()
    assert frame.shape == (6, 9)
    rows = client.time_series(symbol="AAPL", interval="1day", outputsize=5).with_ema(time_period=20).as_csv()
    assert rows[0] == ["datetime", "open", "high", "low", "close", "volume", "ema"]
    assert client.quote(symbol="AAPL").as_json()["close"] == "430.47000"
    assert client.price(symbol="AAPL").as_json() == {"price": "430.47000"}
    assert client.eod(symbol="AAPL").as_json()["datetime"] == "2013-03-01"
    assert [one["symbol"] for one in client.get_stocks_list().as_json()] == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    with pytest.raises(TwelveDataError, match="near it: AAPL"):
        client.quote(symbol="APPL").as_json()
    with pytest.raises(InvalidApiKeyError):
        TDClient(apikey="kalpi_live_none", base_url=f"{address}/compat/twelvedata").quote(symbol="AAPL").as_json()


def test_a_key_in_the_query_is_taken_there_alone_and_told_to_nobody(server, keys):
    key = keys["pro"]
    sma = f"/compat/twelvedata/sma?symbol=IBM&interval=1day&outputsize=1&apikey={key}"
    asked = {
        sma: 200,
        f"{sma}&bad=1": 422,
        f"{sma}&apikey={key}": 400,
        f"/compat/nothing?apikey={key}": 404,
        f"/v1/me?apikey={key}": 400,
        f"/compat?apikey={key}": 400,
    }
    answers = [server.client.get(path) for path in asked]
    assert [one.status_code for one in answers] == list(asked.values())
    assert server.client.get(sma, headers={"X-API-Key": key}).status_code == 400
    written = [path.read_bytes() for path in (server.log, *server.spool.rglob("*")) if path.is_file()]
    for told in (*(one.content for one in answers), *(str(one.headers).encode() for one in answers), *written):
        assert key.rpartition("_")[2].encode() not in told


@pytest.mark.parametrize(
    ("query", "headers", "slug"),
    [
        ("&apikey={key}", {}, "key-in-query"),
        ("", {"Authorization": "apikey {key}"}, None),
        ("", {"Authorization": "ApiKey  {key}"}, None),
        ("", {"X-API-Key": "{key}"}, None),
        ("", {"X-API-Key": "{key}", "Authorization": "apikey {key}"}, "two-credentials"),
        ("&apikey={key}", {"X-API-Key": "{key}"}, "key-in-query"),
        ("", {}, "missing-key"),
    ],
)
def test_headers_always_work_and_queries_only_where_it_is_set(anyone, keys, query, headers, slug):
    told = {name: value.format(key=keys["premium"]) for name, value in headers.items()}
    answer = anyone(
        "/compat/twelvedata/price", query_string="symbol=IBM" + query.format(key=keys["premium"]), headers=told
    )
    assert answer.status_code == (200 if slug is None else answer.status_code)
    assert slug is None or answer.json["type"].endswith(slug)
    assert keys["premium"] not in answer.text


def test_the_scheme_is_taken_there_alone(anyone, keys):
    answer = anyone("/v1/me", headers={"Authorization": f"apikey {keys['premium']}"})
    assert answer.json["type"].endswith("missing-key")

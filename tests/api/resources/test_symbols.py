def test_all_symbols(premium):
    answer = premium.json("/v1/symbols")
    assert [one["symbol"] for one in answer["items"]] == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert answer["items"][1] == {"symbol": "FB", "first_date": "2012-05-18", "last_date": "2013-03-01", "bars": 196}


def test_search_and_pages(premium):
    assert [one["symbol"] for one in premium.json("/v1/symbols?search=m")["items"]] == ["IBM", "MSFT"]
    assert premium.json("/v1/symbols?search=zzz")["items"] == []
    found, cursor = [], ""
    while cursor is not None:
        page = premium.json("/v1/symbols?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        found += [one["symbol"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert found == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]


def test_one_symbol(free):
    answer = free.json("/v1/symbols/GOOG")
    assert (answer["first_date"], answer["last_date"], answer["bars"]) == ("2004-08-19", "2013-03-01", 2148)


def test_the_snapshots_list_has_the_served_one(free):
    current = free.json("/v1/snapshots/current")
    assert current["served"]
    assert free.json("/v1/snapshots")["items"][0] == current
    assert {"daily.bars", "mart.latest_values"} <= {one["name"] for one in current["tables"]}


def test_a_snapshot_by_id_answers_the_same(premium):
    current = premium.json("/v1/snapshots/current")["id"]
    path = "/v1/symbols/AAPL/at/latest"
    assert premium.json(f"{path}?snapshot={current}") == premium.json(path)


def test_me(free, premium):
    answer = free.json("/v1/me")
    assert (answer["tier"], answer["per_day"], answer["indicators"]) == ("free", 50, ["ema", "sma"])
    assert answer["first_date"] == "2012-12-01"
    assert premium.json("/v1/me")["first_date"] is None
    assert free.key not in free("/v1/me").text

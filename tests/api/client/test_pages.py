"""Pages with what is told of them, and the snapshot that they stay with."""

import asyncio

from kalpi_client import AsyncClient, Client, Step, questions

QUESTION = questions.series("AAPL", "rsi", period=9, limit=250)


def test_a_page_tells_all_that_json_tells(kalpi, plain):
    (page,) = kalpi.pages(QUESTION)
    told = plain("/v1/symbols/AAPL/indicators/rsi", period=9, limit=250)
    assert {name: page.told[name] for name in told if name != "columns"} == {
        name: value for name, value in told.items() if name != "columns"
    }
    assert page.told["columns"]["rsi"] == {"unit": "index", "minimum": 0, "maximum": 100}
    assert page.snapshot == told["snapshot"]
    assert page.next_cursor


def test_the_second_request_asks_the_snapshot_of_the_first(kalpi):
    question = questions.at(["AAPL", "IBM"], at_once=1)
    (first, second) = kalpi.pages(question)
    assert "snapshot" not in question.call.query
    assert question.after(first).call.query["snapshot"] == first.snapshot == second.snapshot


def test_progress_is_told_of_every_page(url, keys):
    told = []
    with Client(url, keys["premium"], progress=told.append) as kalpi:
        kalpi.batch(["AAPL", "IBM", "MSFT"], ["rsi"], limit=5, at_once=2)
    assert told == [Step("batch", 1, 10, is_last=False), Step("batch", 2, 15, is_last=True)]


def test_pages_are_awaited(url, keys):
    async def pages():
        async with AsyncClient(url, keys["premium"]) as kalpi:
            return [page.frame.height async for page in kalpi.pages(questions.at(["AAPL", "IBM"], at_once=1))]

    assert asyncio.run(pages()) == [1, 1]

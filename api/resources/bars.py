"""GET /v1/symbols/{symbol}/bars: open, high, low, close and volume of a stretch of time."""

from typing import Any

from api import cursors, deltas
from api.deltas import Delta, delta
from api.desk import Desk
from api.frames import Answer, Column
from api.questions import Stretch
from api.reply import Reply, of_rows, tag_of
from api.resources import stretch
from api.stretches import Page, page
from warehouse.contracts import BARS_ADJUSTED


def bars(question: Stretch, desk: Desk) -> Reply:
    """Return open, high, low, close and volume."""
    rows = (question.symbol, question.interval, question.adjust, question.start, question.end, question.since)
    asked = cursors.fingerprint("bars", *rows)
    if question.since is not None:
        return _since(delta(question, question.since, asked, desk), desk)
    shown = page(question, asked, desk)

    def answer() -> Answer:
        return Answer({**_told(shown), "next_cursor": shown.next_cursor}, stretch.rows(shown, _columns(shown)))

    identity = f"{asked}|{shown.first}|{shown.last}|{shown.next_cursor}"
    return of_rows(answer, desk.form, tag=tag_of(shown.edition.id, identity, desk.form))


def _since(asked: Delta, desk: Desk) -> Reply:
    tag = tag_of(asked.page.edition.id, asked.identity, desk.form)
    return of_rows(lambda: deltas.answer(asked, _columns, _told(asked.page)), desk.form, tag=tag)


def _told(shown: Page) -> dict[str, Any]:
    return stretch.told(shown, stretch.source(shown.edition))


def _columns(shown: Page) -> tuple[Column, ...]:
    edition = shown.edition
    units = {one.name: one.unit for one in BARS_ADJUSTED[edition.interval].columns}
    whole = edition.reader.bars(shown.symbol, shown.adjust)
    return tuple(Column(name, "number", column[shown.rows], units[name], minimum=0.0) for name, column in whole.items())

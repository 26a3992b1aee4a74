"""GET /v1/symbols/{symbol}/bars: open, high, low, close and volume of a stretch of time."""

from api import cursors
from api.desk import Desk
from api.frames import Answer, Column
from api.questions import Stretch
from api.reply import Reply, of_rows, tag_of
from api.resources import stretch
from api.stretches import page
from warehouse.contracts import BARS_ADJUSTED


def bars(question: Stretch, desk: Desk) -> Reply:
    """Return open, high, low, close and volume."""
    asked = cursors.fingerprint(
        "bars", question.symbol, question.interval, question.adjust, question.start, question.end
    )
    shown = page(question, asked, desk)
    edition = shown.edition

    def answer() -> Answer:
        whole = edition.reader.bars(question.symbol, question.adjust)
        units = {one.name: one.unit for one in BARS_ADJUSTED[edition.interval].columns}
        columns = tuple(
            Column(name, "number", column[shown.rows], units[name], minimum=0.0) for name, column in whole.items()
        )
        told = stretch.told(shown, stretch.source(edition))
        return Answer({**told, "next_cursor": shown.next_cursor}, stretch.rows(shown, columns))

    identity = f"{asked}|{shown.first}|{shown.last}|{shown.next_cursor}"
    return of_rows(answer, desk.form, tag=tag_of(edition.id, identity, desk.form))

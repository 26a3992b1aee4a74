"""GET /v1/symbols/{symbol}/bars."""

from api import cursors
from api.desk import Desk
from api.questions import Stretch
from api.reply import Reply, tag_of
from api.resources import stretch
from api.stretches import page


def bars(question: Stretch, desk: Desk) -> Reply:
    """Return open, high, low, close and volume."""
    asked = cursors.fingerprint(
        "bars", question.symbol, question.interval, question.adjust, question.start, question.end
    )
    shown = page(question, asked, desk)
    edition, rows = shown.edition, shown.rows

    def render() -> bytes:
        whole = edition.reader.bars(question.symbol, question.adjust)
        return stretch.render(question, shown, {}, {name: column[rows] for name, column in whole.items()})

    return Reply(render, tag_of(edition.id, f"{asked}|{shown.first}|{shown.last}|{shown.next_cursor}"))

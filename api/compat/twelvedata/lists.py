"""Lists of symbols and of indicators."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import orjson
from msgspec import Meta

from api import cursors
from api.compat.dialects import TWELVE_DATA
from api.compat.rows import SERIES_TYPE, listed, takes_series
from api.compat.twelvedata.questions import NamesQuestion, SearchQuestion, StocksQuestion, refuse_others
from api.desk import Desk
from api.edition import Edition
from api.reply import Reply, tag_of, whole
from indicators import declaration
from indicators.elsewhere.translations import Translation, translations


class TwelveDataList(msgspec.Struct, frozen=True):
    """Symbols."""

    data: list[dict[str, str]]
    status: str


class TwelveDataNames(msgspec.Struct, frozen=True):
    """What can be asked, by name."""

    data: Annotated[dict[str, Any], Meta(description="Each indicator's full name, parameters and outputs.")]
    status: str


def symbol_search(question: SearchQuestion, desk: Desk) -> Reply:
    """Return the symbols whose ticker has some letters; nothing else is known of them."""
    refuse_others(question, question.params)
    edition = desk.edition(question.snapshot)
    sought = question.symbol.upper()
    found = [one for one in edition.reader.symbols if sought in one.upper()]
    best = sorted(found, key=lambda one: (not one.upper().startswith(sought), one))[: question.outputsize]
    data = [{"symbol": one, "instrument_name": one, "instrument_type": "Common Stock"} for one in best]
    return _listed(data, edition, f"search|{cursors.fingerprint(sought, question.outputsize)}")


def stocks(question: StocksQuestion, desk: Desk) -> Reply:
    """Return all symbols, or one; raises UnknownSymbol."""
    refuse_others(question, question.params)
    edition = desk.edition(question.snapshot)
    names: Sequence[str] = edition.reader.symbols
    if question.symbol is not None:
        names = (listed(question.symbol, edition),)
        edition.reader.span(names[0])
    data = [{"symbol": one, "name": one, "type": "Common Stock"} for one in names]
    return _listed(data, edition, f"stocks|{question.symbol}")


def technical_indicators(question: NamesQuestion, _desk: Desk) -> Reply:
    """Return the indicators that are answered here, with their parameters and outputs."""
    refuse_others(question, question.params)
    return whole(TwelveDataNames({name: _name(one) for name, one in translations(TWELVE_DATA.system).items()}, "ok"))


def _name(translation: Translation) -> dict[str, Any]:
    cls = declaration(translation.id)
    series = {SERIES_TYPE: {"default": "close"}} if takes_series(translation) else {}
    own = {one.name: {"default": one.default} for one in translation.parameters if one.has_effect}
    return {
        "enable": True,
        "full_name": cls.title,
        "description": cls.meaning,
        "type": cls.family,
        "parameters": series | own,
        "output_values": {name: {} for name in translation.outputs if name is not None},
    }


def _listed(data: list[dict[str, str]], edition: Edition, identity: str) -> Reply:
    return Reply(lambda: orjson.dumps({"data": data, "status": "ok"}), tag_of(edition.id, identity))

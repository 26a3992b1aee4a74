"""The comparison of every case, and the page that it makes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

import msgspec
import numpy as np

from benchmarks.parity import conventions, finta, kand, pandas_ta, skender, ta, ta_lib, talipp, tulip
from benchmarks.parity.case import Case, Verdict, compare
from indicators import Bars, catalogue
from indicators.bars import Array


class Library(NamedTuple):
    """An implementation to compare with."""

    name: str
    package: str
    cases: tuple[Case, ...]
    ask: Callable[[Case, Bars], tuple[Array, ...]]

    @property
    def version(self) -> str | None:
        """The version installed; None without one."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return None


LIBRARIES = tuple(
    Library(name, package, (*module.CASES, *conventions.besides(name, module.CASES)), module.ask)
    for name, package, module in (
        ("TA-Lib", "ta-lib", ta_lib),
        ("Tulip", "tulipy", tulip),
        ("pandas-ta-classic", "pandas-ta-classic", pandas_ta),
        ("ta", "ta", ta),
        ("talipp", "talipp", talipp),
        ("Kand", "kand", kand),
        ("FinTA", "finta", finta),
        ("Stock Indicators", "stock-indicators", skender),
    )
)


class Result(msgspec.Struct, frozen=True):
    """What came out of one case."""

    library: str
    case: Case
    verdict: Verdict

    @property
    def is_explained(self) -> bool:
        """Whether a difference has its reason, and a reason its difference."""
        return (self.verdict is Verdict.EQUAL) != bool(self.case.reason)


def walk(sessions: int = 2_520, seed: int = 11) -> Bars:
    """Return a random walk; not in cents, since where two moves tie each library rounds its own way."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0.0002, 0.015, sessions)))
    opening = close * np.exp(rng.normal(0, 0.006, sessions))
    high = np.maximum(opening, close) * np.exp(np.abs(rng.normal(0, 0.006, sessions)))
    low = np.minimum(opening, close) * np.exp(-np.abs(rng.normal(0, 0.006, sessions)))
    return Bars(opening, high, low, close, np.round(rng.uniform(1_000, 90_000, sessions)) * 100)


def results(libraries: Sequence[Library] = LIBRARIES) -> Iterator[Result]:
    """Compare every case of the libraries, which must be installed."""
    bars = walk()
    for library in libraries:
        for case in library.cases:
            verdict = compare(case.ours(), library.ask(case, bars), bars, case.on)
            yield Result(library.name, case, verdict)


def render(told: Sequence[Result], versions: Mapping[str, str]) -> str:
    """Return the page; `versions` are those compared with."""
    return "\n".join(_lines(told, versions)) + "\n"


def _lines(told: Sequence[Result], versions: Mapping[str, str]) -> Iterator[str]:
    equal = sum(one.verdict is Verdict.EQUAL for one in told)
    settles = sum(one.verdict is Verdict.SETTLES for one in told)
    names = ", ".join(f"{library.name} {versions[library.name]}" for library in LIBRARIES)
    yield "# Parity\n\n<!-- written by `make parity` from the comparison itself; change the cases there -->\n"
    yield f"Every indicator on 2,520 seeded bars against {names}."
    yield f"Of {len(told)} comparisons {equal} are equal to 1e-9 of the column's size,"
    yield f"{settles} are so once another start has worn off (by bar 1,000),"
    yield f"and {len(told) - equal - settles} differ for the reason given."
    yield "TA-Lib's column shows that parameters and inputs reach it as it documents them, since its kernels are ours;"
    yield "the others share no code with it. Stock Indicators needs a .NET runtime, which the parity group takes as a"
    yield "wheel. QuanTAlib is not compared: its wheels need glibc 2.38, which Debian 12 does not have.\n"
    yield "## Differences\n\n| indicator | compared with | verdict | why |\n|---|---|---|---|"
    for one in told:
        if one.verdict is not Verdict.EQUAL:
            yield f"| `{one.case.id}`{_given(one.case)} | {one.library} | {one.verdict} | {_safe(one.case.reason)} |"
    yield from _conventions(told)
    yield "\n## All\n"
    yield f"| indicator | {' | '.join(library.name for library in LIBRARIES)} |\n|---|{'---|' * len(LIBRARIES)}"
    verdicts = {(one.case.id, one.library): one.verdict for one in reversed(told)}
    compared = {one.case.id for one in told}
    for cls in catalogue():
        if cls.id in compared:
            cells = (verdicts.get((cls.id, library.name), "") for library in LIBRARIES)
            yield f"| `{cls.id}` | {' | '.join(cells)} |"
    alone = [f"`{cls.id}`" for cls in catalogue() if cls.id not in compared]
    yield f"\nIn none of them, or not comparable there; the tests work them out: {', '.join(alone)}."


def _conventions(told: Sequence[Result]) -> Iterator[str]:
    """List the definitions of others that are equal to ours under the same convention."""
    yield "\n## Other conventions\n"
    yield "What others define otherwise, and we too when told to: equal, all of it.\n"
    yield "| indicator | conventions | compared with |\n|---|---|---|"
    found: dict[tuple[str, str], list[str]] = {}
    for one in told:
        if one.verdict is Verdict.EQUAL and (given := conventions.followed(one.case)):
            words = ", ".join(f"`{name}={value}`" for name, value in given.items())
            found.setdefault((one.case.id, words), []).append(one.library)
    for (name, words), libraries in found.items():
        yield f"| `{name}` | {words} | {', '.join(dict.fromkeys(libraries))} |"


def _given(case: Case) -> str:
    return f" ({case.given.replace('=', ' ')})" if case.given else ""


def _safe(text: str) -> str:
    return text.replace("|", "\\|")

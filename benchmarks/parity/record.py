"""What came out when all libraries were installed, kept so that the page can be checked without most of them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.parity.case import Case, Verdict
from benchmarks.parity.page import LIBRARIES, Library, Result

FILE = Path(__file__).parent / "verdicts.json"


class Kept(msgspec.Struct, frozen=True):
    """One library's verdicts, by case."""

    version: str
    verdicts: dict[str, Verdict]


class Stale(Exception):
    """The record does not tell of all cases, or tells of others."""


def key(case: Case) -> str:
    """Return what a verdict is kept under: all that the comparison depends on."""
    outputs = ",".join(map(str, case.outputs))
    return f"{case.id}({case.given}) on {case.on}: {case.function}({case.options})[{outputs}] * {case.scale:g}"


def write(results: Iterable[Result]) -> None:
    """Keep the results of all libraries; raises PackageNotFoundError unless all are installed."""
    told = list(results)
    kept = {
        library.name: Kept(
            library.version or "none",
            {key(one.case): one.verdict for one in told if one.library == library.name},
        )
        for library in LIBRARIES
    }
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def read() -> Mapping[str, Kept]:
    """Return what was kept, by library."""
    return msgspec.json.decode(FILE.read_bytes(), type=dict[str, Kept])


def here(kept: Mapping[str, Kept]) -> tuple[Library, ...]:
    """Return the libraries that are installed in the version that the record tells of."""
    return tuple(one for one in LIBRARIES if one.name in kept and one.version == kept[one.name].version)


def remembered(libraries: Sequence[Library], kept: Mapping[str, Kept]) -> list[Result]:
    """Return the results as kept; raises Stale when the cases are not those of the record."""
    told = []
    for library in libraries:
        cases = {key(case): case for case in library.cases}
        if library.name not in kept or cases.keys() != kept[library.name].verdicts.keys():
            raise Stale(f"the cases of {library.name} are not those of {FILE.name}; run make parity")
        told += [Result(library.name, case, kept[library.name].verdicts[name]) for name, case in cases.items()]
    return told

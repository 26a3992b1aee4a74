"""Indicators of one's own, declared in files: read, tried, and joined to the catalogue."""

from collections.abc import Mapping

from indicators import shelf, variants
from indicators.catalogue import forget
from indicators.custom.errors import BadFormula
from indicators.custom.loading import load

__all__ = ["BadFormula", "install"]


def install(files: Mapping[str, str]) -> None:
    """Join the indicators of some files, texts by name, to the catalogue; in place of those joined before.

    Raises:
        BadFormula: with the file, the line and what is allowed; then nothing is joined.
    """
    _join(shelf.Own())
    try:
        load(files, _join)
    except BadFormula:
        _join(shelf.Own())
        raise


def _join(own: shelf.Own) -> None:
    shelf.put(own)
    forget()
    variants.forget()

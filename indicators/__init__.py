"""What an indicator is, and all of them: bars in, columns out. No files, no clock, no state."""

from indicators.bars import SERIES, Bars, UnknownSeries
from indicators.catalogue import UnknownIndicator, build, catalogue, declaration
from indicators.elsewhere import Elsewhere
from indicators.entries import Entry, describe
from indicators.frames import compute_frame
from indicators.indicator import FAMILIES, BadParameter, Indicator, Output, Parameter, parameters
from indicators.panel import Panel, compute_panel
from indicators.settling import settles_after
from indicators.variants import stored, stored_columns, stored_names

__all__ = [
    "FAMILIES",
    "SERIES",
    "BadParameter",
    "Bars",
    "Elsewhere",
    "Entry",
    "Indicator",
    "Output",
    "Panel",
    "Parameter",
    "UnknownIndicator",
    "UnknownSeries",
    "build",
    "catalogue",
    "compute_frame",
    "compute_panel",
    "declaration",
    "describe",
    "parameters",
    "settles_after",
    "stored",
    "stored_columns",
    "stored_names",
]

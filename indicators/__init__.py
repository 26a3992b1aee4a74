"""What an indicator is, and all of them: bars in, columns out. No files, no clock, no state."""

from indicators.bars import SERIES, Bars, UnknownSeries
from indicators.catalogue import UnknownIndicator, build, catalogue, declaration
from indicators.elsewhere import Elsewhere
from indicators.entries import Entry, describe
from indicators.frames import compute_frame
from indicators.indicator import FAMILIES, BadParameter, Indicator, Output, Parameter, parameters
from indicators.looking_ahead import LooksAhead, causal_output
from indicators.panel import Panel, compute_panel
from indicators.profiles import PROFILES, UnknownProfile, followed
from indicators.settling import settles_after
from indicators.shelf import definition
from indicators.variants import stored, stored_columns, stored_names

__all__ = [
    "FAMILIES",
    "PROFILES",
    "SERIES",
    "BadParameter",
    "Bars",
    "Elsewhere",
    "Entry",
    "Indicator",
    "LooksAhead",
    "Output",
    "Panel",
    "Parameter",
    "UnknownIndicator",
    "UnknownProfile",
    "UnknownSeries",
    "build",
    "catalogue",
    "causal_output",
    "compute_frame",
    "compute_panel",
    "declaration",
    "definition",
    "describe",
    "followed",
    "parameters",
    "settles_after",
    "stored",
    "stored_columns",
    "stored_names",
]

"""The `[sources]` of `pipeline.toml`: a source is on when it is declared."""

import msgspec

from pipelines.sources.alpha_vantage import AlphaVantage
from pipelines.sources.generator import Generator
from pipelines.sources.massive import Massive
from pipelines.sources.source import Source
from pipelines.sources.tiingo import Tiingo
from pipelines.sources.yahoo import Yahoo


class Sources(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Each source's settings, or null for one that is off."""

    tiingo: Tiingo | None = None
    alpha_vantage: AlphaVantage | None = None
    massive: Massive | None = None
    yahoo: Yahoo | None = None
    synthetic: Generator | None = None

    def enabled(self) -> dict[str, Source]:
        """Return the sources that are on, by name."""
        found: list[Source | None] = [self.tiingo, self.alpha_vantage, self.massive, self.yahoo, self.synthetic]
        return {each.name: each for each in found if each is not None}

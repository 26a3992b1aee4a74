"""What the limiter says of a request."""

import msgspec


class Window(msgspec.Struct, frozen=True):
    """A quota in a calendar window: `left` of `quota`, and the whole seconds until it is full again."""

    quota: int
    left: int
    reset_seconds: int


class Verdict(msgspec.Struct, frozen=True):
    """Whether a request may go on, and what is left.

    `violated` names the quotas that were exceeded, `minute` and `day`. `day` is None where the tier has no daily quota
    and while `degraded`: then Redis is lost, this process counts alone, and by the minute only.
    """

    allowed: bool
    violated: tuple[str, ...]
    minute: Window
    day: Window | None
    degraded: bool = False
    cost: int = 0
    day_start: int = 0
    """The day that paid, for a refund: seconds since 1970 at its start."""

    @property
    def retry_after(self) -> int:
        """Seconds until every violated quota is full again; 0 if none is violated."""
        windows = {"minute": self.minute, "day": self.day}
        return max((window.reset_seconds for name in self.violated if (window := windows[name])), default=0)

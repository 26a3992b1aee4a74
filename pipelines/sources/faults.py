"""What can go wrong with a source, by what helps against it."""


class SourceFault(RuntimeError):
    """A source did not give what was asked for."""


class Transient(SourceFault):
    """Asking again may help, after `retry_after` seconds where the source says so."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(SourceFault):
    """The source will not answer this request: an unknown symbol, a day that it does not have. Others it may."""


class Stopped(SourceFault):
    """The source will answer no request now: a wrong key, a spent quota, or tries without end."""

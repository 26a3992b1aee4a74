"""Which outputs may be used where nothing must be known before its time: screens, formulas, stored columns."""

from indicators.indicator import Indicator


class LooksAhead(LookupError):
    """An output that stands on bars before it was known, asked for where that is not allowed."""

    def __init__(self, cls: type[Indicator], name: str) -> None:
        self.id, self.name = cls.id, name
        self.allowed = tuple(output.name for output in cls.outputs)
        super().__init__(
            f"{cls.id}'s {name} is known only on later bars than its own; allowed are {', '.join(self.allowed)}"
        )


def is_causal(cls: type[Indicator], name: str) -> bool | None:
    """Say whether an output may be used in a screen, a formula or a stored column; None if there is none such."""
    outputs = (*cls.outputs, *(cls.hindsight.outputs if cls.hindsight else ()))
    return next((output.causal for output in outputs if output.name == name), None)


def causal_output(cls: type[Indicator], name: str) -> int | None:
    """Return the position of an output among those computed; None if there is none such; raises LooksAhead."""
    if is_causal(cls, name) is False:
        raise LooksAhead(cls, name)
    return next((at for at, output in enumerate(cls.outputs) if output.name == name), None)

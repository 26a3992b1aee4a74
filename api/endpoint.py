"""What a route is."""

from types import FunctionType

import msgspec

from api.problems import BY_SLUG, Problem

PUBLIC = None
WITHOUT_A_KEY = ("quota-exceeded", "abnormal-usage-detected")
EVERYWHERE = ("unknown-parameter", "repeated-parameter", "key-in-query", "body-too-large", "internal")
WITH_A_KEY = (
    "missing-key",
    "malformed-key",
    "unknown-key",
    "revoked-key",
    "expired-key",
    "invalid-token",
    "two-credentials",
    "account-disabled",
    *WITHOUT_A_KEY,
    "accounts-unavailable",
)
WITH_A_BODY = ("not-json", "parameter-out-of-bounds")


class Endpoint(msgspec.Struct, frozen=True):
    """A route. `price` is what an answer costs of the day's quota; a PUBLIC one needs no key and is not counted."""

    method: str
    path: str
    answers: FunctionType  # (question, desk) -> Reply
    question: type[msgspec.Struct]
    answer: type[msgspec.Struct]
    price: int | None
    errors: tuple[str, ...]
    summary: str
    is_probe: bool = False
    """Asked by supervisors, again and again from one address: not counted by it."""

    @property
    def name(self) -> str:
        """The operation's id."""
        return f"{self.answers.__module__.rpartition('.')[2]}_{self.answers.__name__}"

    @property
    def has_body(self) -> bool:
        """Whether the question comes as a JSON body."""
        return self.method not in {"GET", "DELETE"}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem this route can answer with."""
        open_to_all = () if self.is_probe else WITHOUT_A_KEY
        keyed = open_to_all if self.price is PUBLIC else WITH_A_KEY
        slugs = (*self.errors, *(WITH_A_BODY if self.has_body else ()), *keyed, *EVERYWHERE)
        return tuple(BY_SLUG[slug] for slug in dict.fromkeys(slugs))

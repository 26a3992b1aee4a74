"""What a route is."""

from types import FunctionType

import msgspec

from api.accounts.scopes import OF_KEYS, READ
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
    "scope-missing",
    "email-unverified",
    *WITHOUT_A_KEY,
    "too-many-at-once",
    "accounts-unavailable",
)
OF_THE_DAY = ("route-above-tier", "format-above-tier")
WITH_ROWS = ("not-acceptable", "bad-request", "parameter-out-of-bounds")
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
    scope: str | None = READ
    """What a credential must be for; None: any will do, and a PUBLIC route asks for none."""
    acts: bool = False
    """Changes something: counted before it does, never for a trial, and answered for this once."""
    changing: bool = False
    """Answers differ from moment to moment, so that none has an ETag."""
    status: int = 200
    has_rows: bool = False
    """Answers come in all formats."""
    media: tuple[str, ...] = ()
    """Media types that answers may have besides JSON, where not all formats are offered."""
    by_symbol: bool = False
    """A question of several symbols is answered with an object: for each its answer, or what is wrong with it."""
    others: tuple[type[msgspec.Struct], ...] = ()
    """Answers of another shape, which some questions have."""

    @property
    def group(self) -> str:
        """What the route is about: the module that answers it, or of a service's routes their package."""
        return self.told_by.rpartition(".")[2]

    @property
    def told_by(self) -> str:
        """The module that says in its first sentence what the group is."""
        return ".".join(self.answers.__module__.split(".")[:3])

    @property
    def name(self) -> str:
        """The operation's id."""
        return f"{self.group}_{self.answers.__name__}"

    @property
    def takes_keys(self) -> bool:
        """Whether an API key can be enough; else it takes a session."""
        return self.scope is None or self.scope in OF_KEYS

    @property
    def has_body(self) -> bool:
        """Whether the question comes as a JSON body."""
        return self.method not in {"GET", "DELETE"}

    @property
    def is_tagged(self) -> bool:
        """Whether answers have an ETag, so that a repeat is a 304."""
        return not (self.has_body or self.acts or self.is_probe or self.changing)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem this route can answer with."""
        open_to_all = () if self.is_probe else WITHOUT_A_KEY
        keyed = open_to_all if self.price is PUBLIC else WITH_A_KEY
        of_the_day = OF_THE_DAY if self.price else ()
        slugs = (
            *self.errors,
            *of_the_day,
            *(WITH_ROWS if self.has_rows else ()),
            *(WITH_A_BODY if self.has_body else ()),
            *keyed,
            *EVERYWHERE,
        )
        return tuple(BY_SLUG[slug] for slug in dict.fromkeys(slugs))

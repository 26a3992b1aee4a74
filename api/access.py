"""Who may have what: credentials, indicator sets and history windows."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from api.accounts.errors import KeyRefused
from api.accounts.lookup import Principal
from api.accounts.scopes import OF_KEYS
from api.accounts.tiers import Tier, least_tier
from api.days import day_of, iso
from api.desk import Desk, Keys
from api.edition import Edition
from api.gate import Gate
from api.gate.rules import MISTAKES
from api.problems import Refusal
from api.tokens.bearer import Tokens
from api.tokens.errors import InvalidToken

KEYS_IN_QUERY = frozenset({"api_key", "apikey", "api-key", "x-api-key", "access_token", "client_secret"})


def admit(environ: Mapping[str, str], keys: Keys, tokens: Tokens, gate: Gate) -> Principal:
    """Tell who asks, by the one credential of the request; what lets nobody in counts against the address.

    Raises a Refusal, InvalidToken, or one of `api.accounts.errors`.
    """
    try:
        return _admitted(environ, keys, tokens, gate)
    except (Refusal, KeyRefused, InvalidToken):
        gate.count(environ, MISTAKES)
        raise


def _admitted(environ: Mapping[str, str], keys: Keys, tokens: Tokens, gate: Gate) -> Principal:
    key, authorization = environ.get("HTTP_X_API_KEY"), environ.get("HTTP_AUTHORIZATION")
    if authorization is None:
        if not key:
            raise Refusal("missing-key", "the request has no API key; send it in the header X-API-Key")
        book, text = keys, key
    elif key is None:
        book, text = tokens, _token(authorization)
    else:
        raise Refusal("two-credentials", "the request has X-API-Key and Authorization; send one of them")
    # SEC an address that has to wait gets nothing looked up or verified; who is known here goes on
    if gate.alert and not book.knows(text):
        gate.look(environ)
    return book.principal(text)


def _token(authorization: str) -> str:
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise Refusal("missing-key", "Authorization takes `Bearer <access token>`; an API key goes into X-API-Key")
    return text.strip(" ")


def refuse_key_in_query(names: Iterable[str]) -> None:
    """Raise a Refusal if a credential stands in the query."""
    for name in names:
        if name.lower() in KEYS_IN_QUERY:
            raise Refusal(
                "key-in-query",
                f"{name} in the address is refused, as addresses are logged; renew the key and send it as X-API-Key",
                parameter=name,
                allowed="the header X-API-Key",
            )


def without_scope(scope: str, desk: Desk) -> Refusal:
    """Return the refusal of a request that came with something that is not for this."""
    principal = desk.principal
    if not principal.is_verified and desk.deps.settings.verified_only:
        return Refusal(
            "email-unverified",
            f"{principal.email} is not verified; POST /v1/auth/verify takes the code, POST /v1/auth/resend mails it",
        )
    own = " ".join(sorted(principal.scopes)) or "none"
    needed = (
        "an access token of POST /v1/auth/login" if scope not in OF_KEYS else f"a credential with the scope {scope}"
    )
    return Refusal(
        "scope-missing",
        f"this is for the scope {scope}, and {principal.credential} has {own}; it takes {needed}",
        given=own,
        allowed=scope,
    )


def require_indicators(ids: Iterable[str], desk: Desk) -> None:
    """Raise a Refusal unless the tier has all of these indicators."""
    tier = desk.tier
    if tier.indicators is None:
        return
    for indicator_id in ids:
        if indicator_id not in tier.indicators:
            raise _above(
                "indicator-above-tier",
                f"{indicator_id} is not among the indicators of the tier {tier.name}",
                desk,
                lambda other, wanted=indicator_id: other.allows(wanted),
                rule="indicators",
                given=indicator_id,
                allowed=sorted(tier.indicators),
            )


def require_day(parameter: str, day: int, edition: Edition, desk: Desk) -> None:
    """Raise a Refusal unless the tier's history reaches back to the day."""
    tier = desk.tier
    first = edition.window(tier)
    if day >= first:
        return
    raise _above(
        "history-above-tier",
        f"the tier {tier.name} sees {tier.history_months} months before {edition.data_through_text}, from {iso(first)}",
        desk,
        lambda other: edition.window(other) <= day,
        rule="history_months",
        parameter=parameter,
        given=iso(day),
        allowed=f"from {iso(first)}",
        first_date=iso(first),
    )


def require_through(wanted: date | None, edition: Edition) -> None:
    """Raise a Refusal unless the snapshot has the sessions up to a day."""
    if wanted is None or day_of(wanted) <= edition.data_through:
        return
    raise Refusal(
        "stale-data",
        f"the newest session of the snapshot {edition.id} is {edition.data_through_text}, before {wanted}",
        parameter="min_data_through",
        given=wanted.isoformat(),
        allowed=f"up to {edition.data_through_text}",
        snapshot=edition.id,
        data_through=edition.data_through_text,
    )


def require_batch(items: int, desk: Desk) -> None:
    """Raise a Refusal unless the tier takes a batch of so many items."""
    tier = desk.tier
    if tier.batch_size is None or items <= tier.batch_size:
        return
    raise _above(
        "batch-above-tier",
        f"the batch has {items} items; the tier {tier.name} takes {tier.batch_size}",
        desk,
        lambda other: other.batch_size is None or items <= other.batch_size,
        rule="batch_size",
        given=items,
        allowed=f"at most {tier.batch_size}",
    )


def require_route(group: str, answer_format: str, desk: Desk) -> None:
    """Raise a Refusal unless the tier has routes of this group, and answers in this format."""
    tier = desk.tier
    for rule, wanted in (("endpoints", group), ("formats", answer_format)):
        allowed = getattr(tier, rule)
        if allowed is not None and wanted not in allowed:
            raise _above(
                "route-above-tier" if rule == "endpoints" else "format-above-tier",
                f"{wanted} is not among the {rule} of the tier {tier.name}",
                desk,
                lambda other, rule=rule, wanted=wanted: getattr(other, rule) is None or wanted in getattr(other, rule),
                rule=rule,
                given=wanted,
                allowed=sorted(allowed),
            )


def require_everything(group: str, desk: Desk) -> None:
    """Raise a Refusal unless the tier has every indicator and all of history, which routes of this group read."""
    tier = desk.tier
    for rule in ("indicators", "history_months"):
        if getattr(tier, rule) is not None:
            raise _above(
                "route-above-tier",
                f"{group} reads every indicator and all of history, and the tier {tier.name} has limits to them",
                desk,
                lambda other: other.indicators is None and other.history_months is None,
                rule=rule,
                given=group,
                allowed="tiers without limits to indicators and history",
            )


def _above(slug: str, detail: str, desk: Desk, allows: Callable[[Tier], bool], **members: object) -> Refusal:
    """Return the refusal of what another tier has; `rule` is the column of the table `tiers` that refuses."""
    least = least_tier(allows, desk.tiers())
    told = {**members, "tier": desk.tier.name, "least_tier": least.name if least else None}
    return Refusal(slug, detail, **told)  # ty: ignore[invalid-argument-type]

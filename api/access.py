"""Who may have what: credentials, indicator sets and history windows."""

from collections.abc import Iterable, Mapping

from api.accounts.errors import KeyRefused
from api.accounts.lookup import Principal
from api.accounts.tiers import least_tier_for, least_tier_for_history
from api.days import date_of, iso
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


def require_indicators(ids: Iterable[str], desk: Desk) -> None:
    """Raise a Refusal unless the tier has all of these indicators."""
    tier = desk.tier
    if tier.indicators is None:
        return
    for indicator_id in ids:
        if indicator_id not in tier.indicators:
            least = least_tier_for(indicator_id, desk.tiers())
            raise Refusal(
                "indicator-above-tier",
                f"{indicator_id} is not among the indicators of the tier {tier.name}",
                given=indicator_id,
                allowed=sorted(tier.indicators),
                tier=tier.name,
                least_tier=least.name if least else None,
            )


def require_day(parameter: str, day: int, edition: Edition, desk: Desk) -> None:
    """Raise a Refusal unless the tier's history reaches back to the day."""
    tier = desk.tier
    first = edition.window(tier)
    if day >= first:
        return
    least = least_tier_for_history(date_of(day), edition.reader.data_through, desk.tiers())
    raise Refusal(
        "history-above-tier",
        f"the tier {tier.name} sees {tier.history_months} months before {edition.data_through_text}, from {iso(first)}",
        parameter=parameter,
        given=iso(day),
        allowed=f"from {iso(first)}",
        first_date=iso(first),
        tier=tier.name,
        least_tier=least.name if least else None,
    )

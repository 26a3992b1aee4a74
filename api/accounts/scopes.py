"""What a credential may be for, as data: a key has some of these, a session all."""

READ, SQL, KEYS, ACCOUNT = "read", "sql", "keys", "account"
MEANINGS = {
    READ: "ask for data",
    SQL: "ask in SQL",
    KEYS: "list, make and end API keys",
    ACCOUNT: "change the password, end sessions, disable and delete the account",
}
OF_SESSIONS = frozenset(MEANINGS)
OF_KEYS = frozenset({READ, SQL, KEYS})
"""A key is not enough for what only the account's owner should do."""


def written(scopes: frozenset[str]) -> str:
    """Return scopes as OAuth writes them."""
    return " ".join(sorted(scopes))

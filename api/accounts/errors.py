"""What can be wrong with a key, an account, or the words of who makes one."""


class KeyRefused(Exception):
    """The key lets nobody in."""


class MalformedKey(KeyRefused):
    """Not the form or not the checksum of a key."""


class UnknownKey(KeyRefused):
    """Well formed, and never issued here."""


class RevokedKey(KeyRefused):
    """Its owner or an operator ended it."""


class ExpiredKey(KeyRefused):
    """Its time is over."""


class DisabledAccount(KeyRefused):
    """The account behind it is switched off."""


class AccountsUnavailable(Exception):
    """Postgres does not answer and the key isn't known here. Ask again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"accounts cannot be looked up now; try again in {retry_after} s")
        self.retry_after = retry_after


class BadEmail(ValueError):
    """No e-mail address."""


class BadPassword(ValueError):
    """Too short or too long."""


class BadLabel(ValueError):
    """Too long, or with control characters."""


class AccountExists(ValueError):
    """The e-mail address has an account."""


class UnknownTier(LookupError):
    """No tier of that name."""


class UnknownKeyId(LookupError):
    """No key of that id."""

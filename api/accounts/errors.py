"""What can be wrong with a credential, an account, or the words of who makes one."""

from uuid import UUID


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


class RefreshRefused(Exception):
    """No refresh token, or not any more."""


class RefreshReused(RefreshRefused):
    """It had been used before; that has ended its session."""

    def __init__(self, account_id: UUID, session_id: UUID) -> None:
        super().__init__("the refresh token was shown a second time, so its session has ended")
        self.account_id = account_id
        self.session_id = session_id


class WrongPassword(Exception):
    """Not the account's password, or no such account; which of them is not told."""


class BadCode(Exception):
    """No code of ours, or used, or too old; which of them is not told."""

    def __init__(self) -> None:
        super().__init__("the code is not valid, or not any more; ask for another")


class AccountsUnavailable(Exception):
    """Postgres does not answer and the key isn't known here. Ask again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"accounts cannot be looked up now; try again in {retry_after} s")
        self.retry_after = retry_after


class Busy(Exception):
    """As many passwords as may be at once are being hashed."""

    def __init__(self) -> None:
        super().__init__("too many log in at once; try again in 1 s")


class BadEmail(ValueError):
    """No e-mail address."""


class BadPassword(ValueError):
    """Too short, too long, or too easy to guess; `parameter` names it to who gave it."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class BadLabel(ValueError):
    """Too long, or with control characters."""


class AccountExists(ValueError):
    """The e-mail address has an account."""


class BadScope(ValueError):
    """A scope that there is not, or that who asks has not."""


class BadExpiry(ValueError):
    """An end that is past, or too far away."""


class TooManyKeys(ValueError):
    """As many living keys as an account may have."""


class UnknownAccount(LookupError):
    """No account of that address or id."""


class UnknownTier(LookupError):
    """No tier of that name."""


class BadTier(ValueError):
    """A field that tiers have not, or a value that it can't have."""


class TierExists(ValueError):
    """A tier of that name."""


class TierInUse(ValueError):
    """It can't go: accounts have it, or every installation has."""


class UnknownKeyId(LookupError):
    """No key of that id."""

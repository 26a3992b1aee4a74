"""Every kind of security event, as one table."""

from collections.abc import Mapping

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """A kind of event: its name, when it is recorded, and of which problems a refusal is one."""

    name: str
    meaning: str
    problems: tuple[str, ...] = ()


KINDS = (
    # passwords and sessions
    Kind("account-created", "Somebody made an account, or an operator did."),
    Kind("login-succeeded", "The password was right."),
    Kind("login-failed", "The password was wrong, or there is no such account; the detail does not tell which."),
    Kind("login-throttled", "A password was not tried, as the account or the address has to wait."),
    Kind("address-verified", "Somebody who reads mail to an account's address has proved it."),
    Kind("reset-code-made", "An operator made a code for a new password."),
    Kind("password-changed", "An account has another password; its sessions ended."),
    Kind("session-ended", "A refresh token was revoked by its owner."),
    Kind("refresh-reused", "A refresh token came a second time: all tokens of its family are void."),
    # keys and tokens
    Kind("key-created", "An account has a new API key."),
    Kind("key-revoked", "An API key was ended."),
    Kind("key-malformed", "A key came whose form or checksum is wrong.", ("malformed-key",)),
    Kind(
        "key-refused",
        "A key came that was never issued, or is revoked or expired.",
        ("unknown-key", "revoked-key", "expired-key"),
    ),
    Kind("key-exposed", "A key came in an address, where logs keep it.", ("key-in-query",)),
    Kind(
        "token-refused",
        "An access token came that we did not sign, or not so, or whose key has ended; `why` tells what is wrong.",
        ("invalid-token",),
    ),
    # what is allowed
    Kind("address-blocked", "An address did what attackers do, and is blocked for a while."),
    Kind(
        "access-refused",
        "An account asked for what its tier, its credential or its state does not allow.",
        (
            "indicator-above-tier",
            "history-above-tier",
            "batch-above-tier",
            "route-above-tier",
            "format-above-tier",
            "scope-missing",
            "email-unverified",
            "account-disabled",
        ),
    ),
    Kind(
        "sql-refused",
        "A query asked for what SQL may not have here, or took too much; `why` has the hash of its text.",
        ("sql-refused", "query-limit"),
    ),
    Kind("account-disabled", "An account was switched off."),
    Kind("account-enabled", "An account was switched on again."),
    Kind("account-deleted", "An account was deleted, with its keys."),
    # the installation
    Kind("tier-changed", "An operator changed what a tier allows, or an account's tier."),
    Kind("setting-changed", "An operator changed another setting."),
    Kind("rows-lost", "Rows of the request log, or events, could not be kept; `rows` tells how many."),
)

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
OF_PROBLEM: Mapping[str, Kind] = {problem: kind for kind in KINDS for problem in kind.problems}

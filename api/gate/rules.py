"""How often one address may come without being known, as data."""

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """At most `allowed` of something in `seconds`, from one address; beyond that it waits for the window's end.

    With `blocks`, it has to wait for that many seconds instead, and for everything that needs no known key.
    """

    name: str
    allowed: int
    seconds: int
    blocks: int = 0


OPEN = Rule("open", 600, 60)
"""Routes that need no key."""
MISTAKES = Rule("mistakes", 300, 60)
"""Requests with no key, or with a key or a token that lets nobody in."""
JOINING = Rule("joining", 20, 3600)
"""New accounts, and mails that are sent for the asking."""
MAILS = Rule("mails", 5, 3600)
"""Mails to one account, from whatever addresses they are asked for."""
PASSWORDS = Rule("passwords", 50, 600, blocks=900)
"""Wrong passwords, of any accounts: who tries so many has a list of them."""

RULES = (OPEN, MISTAKES, JOINING, MAILS, PASSWORDS)

LOGINS = Rule("logins", 1200, 60)
"""All tries of passwords, from everywhere: hashing them is the dearest thing that anyone can ask for."""
TRIES = Rule("tries", 100, 3600)
"""Tries of one account's password from addresses that are not its owner's."""

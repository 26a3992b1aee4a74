"""What is written to who has an account."""

import msgspec

from api.accounts.codes import RESET, VERIFY


class Letter(msgspec.Struct, frozen=True):
    """One mail in plain text."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        return f"Letter(subject={self.subject!r})"  # SEC neither address nor code in logs and tracebacks


def verify(to: str, code: str, url: str) -> Letter:
    """Write to a new address."""
    return Letter(
        to,
        "Verify your address",
        f"""Somebody, you we hope, has made an account at {url} with this address.

This code verifies it. It is good once, for {VERIFY.seconds // 3600} hours:

    {code}

Send it to {url}/v1/auth/verify as {{"code": "..."}}.
If it wasn't you, do nothing: without the code the account stays unverified.
""",
    )


def known(to: str, url: str) -> Letter:
    """Write to an address that somebody has tried to register again."""
    return Letter(
        to,
        "You have an account already",
        f"""Somebody, you perhaps, has tried to make an account at {url} with this address, and it has one.

If you forgot the password, ask for a new one: POST {url}/v1/auth/forgot with {{"email": "..."}}.
If it wasn't you, do nothing: nothing has changed.
""",
    )


def reset(to: str, code: str, url: str) -> Letter:
    """Write to who has forgotten the password."""
    return Letter(
        to,
        "A new password",
        f"""Somebody, you we hope, has asked for a new password at {url}.

This code lets you choose one. It is good once, for {RESET.seconds // 60} minutes:

    {code}

Send it to {url}/v1/auth/reset as {{"code": "...", "password": "..."}}; all sessions then end.
If it wasn't you, do nothing: the old password goes on working.
""",
    )


def changed(to: str, url: str) -> Letter:
    """Tell the owner that the password has been changed."""
    return Letter(
        to,
        "Your password was changed",
        f"""The password of your account at {url} has just been changed, and all its sessions have ended.

If it wasn't you, ask for a new one at once: POST {url}/v1/auth/forgot with {{"email": "..."}}.
""",
    )

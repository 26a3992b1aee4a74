"""Words that people give us: addresses and labels."""

from api.accounts.errors import BadEmail, BadLabel

EMAIL_LENGTH = 254
LABEL_LENGTH = 100


def require_email(email: str) -> None:
    """Raise BadEmail unless it has the form of an address; whether somebody reads it, only a mail can tell."""
    name, at, host = email.partition("@")
    visible = email.isprintable() and " " not in email  # so no NUL either, which Postgres can't store
    if not (name and at and host and visible and "@" not in host and len(email) <= EMAIL_LENGTH):
        raise BadEmail(f"{email!r} is no e-mail address; allowed: name@host, at most {EMAIL_LENGTH} characters")


def require_label(label: str | None) -> None:
    """Raise BadLabel unless it can be shown on a line."""
    if label is not None and not (label.isprintable() and len(label) <= LABEL_LENGTH):
        raise BadLabel(f"{label!r} is no label; allowed: at most {LABEL_LENGTH} printable characters")

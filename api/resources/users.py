"""POST /v1/users, and what is proved by mail: the address, and who has forgotten the password.

SEC nobody learns here who has an account: what is known and what is unknown get the same answer after the same work.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from api.accounts.codes import RESET, VERIFY
from api.accounts.directory import Holder
from api.accounts.password_rules import require_good
from api.accounts.words import require_email
from api.desk import Desk
from api.gate.rules import JOINING, MAILS
from api.mail import letters
from api.questions import SECRET
from api.reply import Reply, whole
from api.resources.login import Email, NewPassword

_NOBODY = Holder(
    id=UUID(int=0),
    email="",
    tier="",
    created_at=datetime.fromtimestamp(0, UTC),
    email_verified_at=None,
    disabled_at=None,
    token_version=0,
    password=None,
)
_ACCEPTED = "202 Accepted"
Code = Annotated[
    str, Meta(min_length=1, max_length=200, description="As it was mailed.", extra_json_schema={"format": SECRET})
]


class UserQuestion(msgspec.Struct, kw_only=True):
    """A new account."""

    email: Email
    password: NewPassword


class EmailQuestion(msgspec.Struct, kw_only=True):
    """An address that mail is asked for."""

    email: Email


class CodeQuestion(msgspec.Struct, kw_only=True):
    """A code that verifies an address."""

    code: Code


class ResetQuestion(msgspec.Struct, kw_only=True):
    """A code that replaces a password, and the new one."""

    code: Code
    password: NewPassword


class Told(msgspec.Struct, frozen=True):
    """What happens now."""

    detail: str


def register(question: UserQuestion, desk: Desk) -> Reply:
    """Make an account of the lowest tier, and mail to the address whether it is new or has one."""
    office, url = desk.deps.office, desk.deps.settings.public_url
    require_email(question.email)
    require_good(question.password, email=question.email)
    _count(question.email, desk)
    holder, is_new = office.directory.register(question.email, office.passwords.keep(question.password))
    code = office.codes.seal(VERIFY, holder)
    if is_new:
        desk.record("account-created", account_id=str(holder.id))
    letter = letters.verify(question.email, code, url) if is_new else letters.known(holder.email, url)
    desk.deps.outbox.put(letter)
    return _told("if the address had no account, it has one now; a mail tells more")


def resend(question: EmailQuestion, desk: Desk) -> Reply:
    """Mail the code that verifies an address again."""
    _count(question.email, desk)
    holder = desk.deps.office.directory.by_email(question.email)
    code = desk.deps.office.codes.seal(VERIFY, holder or _NOBODY)
    if holder and holder.email_verified_at is None and holder.disabled_at is None:
        desk.deps.outbox.put(letters.verify(holder.email, code, desk.deps.settings.public_url))
    return _told("if the address has an account and is not verified, the code is on its way")


def verify(question: CodeQuestion, desk: Desk) -> Reply:
    """Take the code that an address was mailed."""
    desk.deps.gate.count(desk.environ, JOINING)
    office = desk.deps.office
    holder = office.codes.open(VERIFY, question.code, office.directory.by_id)
    if office.directory.verify(holder):
        desk.record("address-verified", account_id=str(holder.id))
    return whole(Told("the address is verified"), tagged=False)


def forgot(question: EmailQuestion, desk: Desk) -> Reply:
    """Mail a code that replaces the password."""
    _count(question.email, desk)
    holder = desk.deps.office.directory.by_email(question.email)
    code = desk.deps.office.codes.seal(RESET, holder or _NOBODY)
    if holder and holder.disabled_at is None:
        desk.deps.outbox.put(letters.reset(holder.email, code, desk.deps.settings.public_url))
    return _told("if the address has an account, a code is on its way")


def reset(question: ResetQuestion, desk: Desk) -> Reply:
    """Take a code and the new password; all sessions end."""
    desk.deps.gate.count(desk.environ, JOINING)
    office = desk.deps.office
    holder = office.codes.open(RESET, question.code, office.directory.by_id)
    require_good(question.password, email=holder.email)
    office.directory.set_password(holder, office.passwords.keep(question.password), by_mail=True)
    desk.record("password-changed", account_id=str(holder.id), by="mail")
    desk.deps.outbox.put(letters.changed(holder.email, desk.deps.settings.public_url))
    return whole(Told("the password is changed; POST /v1/auth/login takes it"), tagged=False)


def _count(email: str, desk: Desk) -> None:
    gate = desk.deps.gate
    gate.require_counting()
    gate.count(desk.environ, JOINING)
    gate.count_name(email, MAILS)


def _told(detail: str) -> Reply:
    return whole(Told(detail), tagged=False, status=_ACCEPTED)

"""POST /v1/auth/login and /v1/auth/password: a session for who knows the password."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.accounts.directory import Holder
from api.accounts.errors import Busy, DisabledAccount
from api.accounts.password_rules import ADVISED, MAXIMUM, MINIMUM, require_good
from api.accounts.words import EMAIL_LENGTH
from api.desk import Desk
from api.gate import Attempt
from api.mail import letters
from api.problems import Refusal
from api.questions import SECRET
from api.reply import Reply, whole
from api.tokens.description import TokenAnswer

_SECRET = {"format": SECRET}
Email = Annotated[str, Meta(min_length=3, max_length=EMAIL_LENGTH, examples=["ada@example.org"])]
Password = Annotated[str, Meta(min_length=1, max_length=MAXIMUM, extra_json_schema=_SECRET, examples=["correct horse"])]
NewPassword = Annotated[
    str,
    Meta(
        min_length=MINIMUM,
        max_length=MAXIMUM,
        description=f"{ADVISED} characters or more are advised; common ones are refused.",
        extra_json_schema=_SECRET,
        examples=["a staple, a battery"],
    ),
]


class LoginQuestion(msgspec.Struct, kw_only=True):
    """Who logs in."""

    email: Email
    password: Password


class PasswordQuestion(msgspec.Struct, kw_only=True):
    """A change of password."""

    current_password: Password
    new_password: NewPassword


def login(question: LoginQuestion, desk: Desk) -> Reply:
    """Open a session."""
    holder = proven(question.email, question.password, desk)
    if holder.disabled_at is not None:
        raise DisabledAccount("the account is disabled; who runs this server can enable it")
    desk.record("login-succeeded", account_id=str(holder.id))
    return opened(holder, desk)


def change_password(question: PasswordQuestion, desk: Desk) -> Reply:
    """Replace the password, end all sessions and open a new one."""
    office, email = desk.deps.office, desk.principal.email
    require_good(question.new_password, email=email, parameter="new_password")
    holder = proven(email, question.current_password, desk)
    changed = office.directory.set_password(holder, office.passwords.keep(question.new_password))
    desk.record("password-changed")
    desk.deps.outbox.put(letters.changed(email, desk.deps.settings.public_url))
    return opened(changed, desk)


def proven(email: str, password: str, desk: Desk) -> Holder:
    """Return the account whose password this is, or count a failed try and raise a Refusal."""
    office = desk.deps.office
    with _attempt(email, desk) as attempt:
        holder = office.directory.by_email(email)
        if holder and desk.caller and str(holder.id) != desk.caller.account_id:
            holder = None  # the address has been given to another account just now
        kept = holder.password if holder else None
        if not office.passwords.fit(password, kept) or holder is None or kept is None:
            wait = attempt.failed()
            desk.record("login-failed", account_id=str(holder.id) if holder else None)
            detail = "no account has this address and this password"
            raise Refusal("wrong-password", detail, retry_after=wait)
        attempt.succeeded()
    if office.passwords.is_outdated(kept):
        try:
            office.directory.keep_anew(holder.id, kept, office.passwords.keep(password))
        except Busy:  # the next login will do
            return holder
    return holder


def opened(holder: Holder, desk: Desk) -> Reply:
    """Return the tokens of a new session."""
    session = desk.deps.office.sessions.open(holder.id, holder.token_version)
    return whole(msgspec.convert(desk.deps.tokens.given_in(session), TokenAnswer), tagged=False)


def _attempt(email: str, desk: Desk) -> Attempt:
    try:
        return desk.deps.gate.login(desk.environ, email)
    except Refusal as ex:
        if ex.problem.slug != "temporary-reduced-capacity":
            desk.record("login-throttled")
        raise

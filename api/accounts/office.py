"""All that accounts are looked after with, for the routes and for the operator's commands."""

import msgspec
from sqlalchemy import Engine

from api.accounts.codes import Codes
from api.accounts.directory import Directory
from api.accounts.passwords import Passwords
from api.accounts.server_secrets import Secrets
from api.accounts.service import Accounts
from api.accounts.sessions import Sessions


class Office(msgspec.Struct, frozen=True):
    """The parts of the office; each keeps what it does in the same database."""

    directory: Directory
    passwords: Passwords
    keys: Accounts
    sessions: Sessions
    codes: Codes

    @classmethod
    def of(cls, engine: Engine, secrets: Secrets, *, grace: float = 0.0) -> "Office":
        """Return an office on a database."""
        return cls(
            directory=Directory(engine),
            passwords=Passwords(secrets),
            keys=Accounts(engine, secrets),
            sessions=Sessions(engine, secrets, grace=grace),
            codes=Codes(secrets),
        )

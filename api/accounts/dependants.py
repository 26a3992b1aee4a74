"""What still depends on a secret of the server's, and would be lost with it."""

import msgspec
from sqlalchemy import Engine, func, select

from api.accounts.server_secrets import Secret
from api.store.models import Account, ApiKey, RefreshToken, SessionRow
from api.store.transaction import transaction


class Dependants(msgspec.Struct, frozen=True):
    """How many living things of each kind a secret has made."""

    keys: int
    passwords: int
    sessions: int

    @property
    def any(self) -> bool:
        """Whether there are some."""
        return bool(self.keys or self.passwords or self.sessions)

    def __str__(self) -> str:
        return f"{self.keys} keys, {self.passwords} passwords and {self.sessions} sessions"


def dependants(engine: Engine, secret: Secret) -> Dependants:
    """Count what depends on a secret; a key that names none may, so it counts."""
    alive = ApiKey.revoked_at.is_(None) & (ApiKey.expires_at.is_(None) | (ApiKey.expires_at > func.now()))
    made = (ApiKey.secret_id == secret.id) | ApiKey.secret_id.is_(None)
    good = RefreshToken.used_at.is_(None) & (RefreshToken.expires_at > func.now()) & SessionRow.ended_at.is_(None)
    sessions = select(func.count()).select_from(RefreshToken).join(SessionRow).where(good)
    with transaction(engine, seconds=10) as session:
        return Dependants(
            keys=session.scalar(select(func.count()).select_from(ApiKey).where(alive, made)) or 0,
            passwords=session.scalar(
                select(func.count()).select_from(Account).where(Account.password_secret_id == secret.id)
            )
            or 0,
            sessions=session.scalar(sessions.where(RefreshToken.secret_id == secret.id)) or 0,
        )

"""An engine, the service and an authenticator on a database of the test's own."""

import pytest
from sqlalchemy import event

from api.accounts.authenticator import Authenticator
from api.accounts.server_secrets import Secrets
from api.accounts.service import Accounts
from api.store import open_engine

SERVER_SECRET = Secrets.of(b"a secret of thirty-two octets...")


@pytest.fixture
def engine(database_url):
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def accounts(engine):
    return Accounts(engine, SERVER_SECRET)


@pytest.fixture
def authenticators(engine):
    """Make authenticators that are closed at the end."""
    made = []

    def make(**options):
        made.append(Authenticator(engine, SERVER_SECRET, **options))
        return made[-1]

    yield make
    for authenticator in made:
        authenticator.close()


@pytest.fixture
def queries(engine):
    """The statements sent to Postgres."""
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    return sent

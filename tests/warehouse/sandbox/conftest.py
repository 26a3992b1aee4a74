"""Sandboxes on the sample's snapshot."""

from contextlib import closing, contextmanager

import pytest

from tests.world import world  # noqa: F401 - a fixture
from warehouse import snapshots
from warehouse.sandbox.pool import Sandbox


class Asking:
    """A sandbox, and the snapshot that it is asked of."""

    def __init__(self, home, sandbox):
        self.home, self.sandbox = home, sandbox
        self.snapshot = snapshots.current_id(home)

    def __call__(self, query, **rest):
        return self.sandbox.ask(self.snapshot, query, **rest)

    @property
    def processes(self):
        return [keeper.process for keeper in self.sandbox.keepers]


@contextmanager
def asking(home, keepers=1, **rest):
    with closing(Sandbox(home, keepers, **rest).start()) as sandbox:
        yield Asking(home, sandbox)


@pytest.fixture(scope="session")
def ask(world):  # noqa: F811
    with asking(world) as ask:
        yield ask

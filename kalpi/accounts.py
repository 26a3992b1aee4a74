"""Accounts, keys and tiers for operators, in the database that is configured, runs, or is started for the moment."""

import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager

import msgspec

from api.accounts.dependants import Dependants, dependants
from api.accounts.directory import Holder
from api.accounts.errors import UnknownAccount
from api.accounts.office import Office
from api.accounts.server_secrets import Secrets
from api.accounts.tier_book import TierBook
from api.audit.events import StoredEvents
from api.settings import Settings, SettingsError
from api.store import LOST, migrate, open_engine
from kalpi import services
from kalpi.environment import DEMO_KEY, for_children, prepare, read_secret, write_secret
from kalpi.errors import Refusal, refusing
from kalpi.processes import is_alive, read_record, record_path
from kalpi.supervisor import HomeTaken, Supervisor
from warehouse.home import Home

DEMO_EMAIL = "demo@kalpi.local"
DEMO_TIER = "premium"


class Operator(msgspec.Struct, frozen=True):
    """What an operator works with."""

    office: Office
    tiers: TierBook
    events: StoredEvents
    secrets: Secrets
    older_secret: Dependants | None
    """What depends on the older of two living secrets."""

    def holder(self, email: str) -> Holder:
        """Return an account; UnknownAccount if the address has none."""
        found = self.office.directory.by_email(email)
        if found is None:
            raise UnknownAccount(f"no account has the address {email}")
        return found


def bring_up_to_date(database_url: str) -> None:
    """Migrate the database.

    Raises:
        Refusal: it does not answer, or the URL is none; the password is not shown.
    """
    try:
        migrate(database_url)
    except LOST as ex:
        raise Refusal(f"the database of DATABASE_URL does not answer: {_first_line(ex.__cause__ or ex)}") from ex
    except ValueError as ex:
        raise Refusal(str(ex)) from ex


@contextmanager
def opened(environment: Mapping[str, str]) -> Generator[Operator]:
    """Open what an environment names."""
    with refusing(SettingsError):
        settings = Settings.from_environment(environment)
    engine = open_engine(settings.database_url, size=1)
    live = settings.secrets.live()
    try:
        yield Operator(
            office=Office.of(engine, settings.secrets),
            tiers=TierBook(engine, known_names),
            events=StoredEvents(engine),
            secrets=settings.secrets,
            older_secret=dependants(engine, live[-1]) if len(live) > 1 else None,
        )
    finally:
        engine.dispose()


@contextmanager
def of_home(home: Home) -> Generator[Operator]:
    """Open what belongs to a home, whether or not kalpi runs on it."""
    prepare(home)
    with ExitStack() as stack:
        environment = {"REDIS_URL": "unused", **for_children(home)}
        if "DATABASE_URL" not in os.environ:
            environment["DATABASE_URL"] = _embedded(home, environment, stack)
        bring_up_to_date(environment["DATABASE_URL"])
        yield stack.enter_context(opened(environment))


def demo_key(home: Home, environment: Mapping[str, str], *, anew: bool = False) -> str:
    """Return this installation's own premium key; makes one when there is none, or the old one is to be replaced."""
    kept = None if anew else read_secret(home, DEMO_KEY)
    if kept is not None:
        return kept
    with opened(environment) as operator:
        issued = operator.office.keys.create_key(DEMO_EMAIL, DEMO_TIER, label="kalpi up")
    write_secret(home, DEMO_KEY, issued.key)
    return issued.key


def _embedded(home: Home, environment: Mapping[str, str], stack: ExitStack) -> str:
    try:
        supervisor = stack.enter_context(Supervisor(home))
    except HomeTaken:
        running = read_record(record_path(home, services.POSTGRES))
        if running is None or running.address is None or not is_alive(running):
            raise Refusal(f"kalpi is starting or stopping on {home.root}; try again in a moment") from None
        return running.address
    service = services.postgres(home, environment)
    supervisor.serve(service)
    return service.program.address or ""


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def known_names() -> dict[str, frozenset[str]]:
    """Return the names that a tier's lists may have."""
    from api.endpoint import PUBLIC  # noqa: PLC0415 - the API's routes load what no other command needs
    from api.formats import BY_NAME  # noqa: PLC0415
    from api.routes import ENDPOINTS  # noqa: PLC0415
    from indicators import catalogue  # noqa: PLC0415

    return {
        "indicators": frozenset(kind.id for kind in catalogue()),
        "formats": frozenset(BY_NAME),
        "endpoints": frozenset(one.group for one in ENDPOINTS if one.price is not PUBLIC and one.price),
    }

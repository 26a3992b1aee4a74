"""The application as a WSGI server loads it: `api.wsgi:application`, made in the worker from the environment.

Importing this module opens nothing; only asking for `application` does. So it can be imported before a fork.
"""

import atexit
import gc
import logging
import random
from collections.abc import Callable, Iterable
from functools import cache

from sqlalchemy import Engine

from api.accounts.authenticator import Authenticator
from api.accounts.office import Office
from api.app import create_app
from api.audit.audit import Audit
from api.audit.history import History
from api.audit.requests import Places
from api.desk import Deps
from api.follow import Follower
from api.gate import Gate
from api.limits import Limiter
from api.limits.running import Running, Table
from api.lines import RequestLines
from api.mail import Outbox
from api.metrics.answers import AnswerMetrics
from api.metrics.instruments import Instruments
from api.metrics.pulse import Pulse, Reading
from api.metrics.readings import Connections, Dependencies, LastRun, Process, Served, Waiting
from api.metrics.resource import PATH, MetricsResource
from api.metrics.watches import AUDIT, REQUEST, AuditWatch, LogWatch, watch_engine
from api.routes import ENDPOINTS
from api.settings import Settings
from api.store import open_engine
from api.tokens.bearer import Tokens
from indicators.custom import install
from warehouse import logs, traces
from warehouse.sandbox.pool import Sandbox


@cache
def build() -> Callable[..., Iterable[bytes]]:
    """Open what the application needs, follow the published snapshot, and return the application."""
    settings, instruments = Settings.from_environment(), Instruments()
    logs.configure()
    logs.hide(*settings.known_secrets())
    logging.getLogger().addHandler(LogWatch(instruments))
    engine = watch_engine(open_engine(settings.database_url), instruments)
    deps, shown = opened(settings, instruments, engine), MetricsResource(instruments, settings)
    if traces.wanted():
        return _traced(deps, engine, shown)
    app = create_app(deps)
    app.add_route(PATH, shown)
    return app


def _traced(deps: Deps, engine: Engine, shown: MetricsResource) -> Callable[..., Iterable[bytes]]:
    from api.traces import TracedApplication, trace_engine, traced  # noqa: PLC0415 - OpenTelemetry, which few need

    tracer = traces.tracer("kalpi-api")
    trace_engine(engine, tracer)
    app = create_app(*traced(deps, ENDPOINTS, tracer))
    app.add_route(PATH, shown)
    return TracedApplication(app, tracer)


def opened(settings: Settings, instruments: Instruments, engine: Engine) -> Deps:
    """Open what the application needs; at the process' end, what waits is written and sent."""
    install(settings.home.indicator_files())
    snapshots = Follower(settings.home)
    snapshots.start()
    gc.freeze()  # PERF: what is loaded by now stays, and need not be looked through again and again
    gc.set_threshold(100_000)  # PERF: an answer leaves no cycles behind, and looking for some was a tenth of its time
    secrets = settings.secrets
    keys = Authenticator(engine, secrets, verified_only=settings.verified_only)
    history = History(engine)
    outbox = Outbox(settings.mail)
    atexit.register(outbox.close)
    audit = Audit(
        open_engine(settings.database_url, size=1, overflow=0),
        settings.spool,
        keep_days=settings.keep_log_days,
        keep_event_days=settings.keep_event_days,
        watch=AuditWatch(instruments),
    )
    atexit.register(audit.start().close)
    lines = RequestLines(level=logs.level()).start()
    atexit.register(lines.close)
    sandbox = Sandbox(settings.home, settings.sql).start() if settings.sql else None
    if sandbox:
        atexit.register(sandbox.close)
    deps = Deps(
        snapshots=snapshots,
        keys=keys,
        tokens=Tokens(settings.home.secrets / "tokens", settings.public_url, keys),
        office=Office.of(engine, secrets, grace=settings.refresh_grace),
        outbox=outbox,
        quotas=Limiter(settings.redis_url, workers=settings.workers, answered=history.answered),
        gate=Gate(
            settings.redis_url,
            secrets.live()[-1].octets,
            settings.proxies,
            workers=settings.workers,
            blocked=audit.blocked,
        ),
        running=Running(Table.shared),
        events=audit.events,
        requests=Places(audit.requests, AnswerMetrics(instruments), lines),
        history=history,
        settings=settings,
        new_request_id=_request_id,
        sandbox=sandbox,
    )
    Pulse(instruments, _readings(deps, audit, engine)).start()
    return deps


def _readings(deps: Deps, audit: Audit, engine: Engine) -> tuple[Reading, ...]:
    answers = {
        "postgres": lambda: deps.keys.available and not audit.writer.failing,
        "redis": lambda: not (deps.quotas.degraded or deps.gate.degraded),
    }
    connections = Connections({REQUEST: engine, AUDIT: audit.writer.engine})
    data = Served(deps.snapshots), LastRun(deps.settings.home)
    return Process(), Dependencies(answers), connections, Waiting(audit.spools), *data


def _request_id() -> str:
    """Return a new name, no secret. PERF: urandom lets go of the interpreter's lock, and to get it back takes long."""
    return f"{random.getrandbits(96):024x}"


def __getattr__(name: str) -> Callable[..., Iterable[bytes]]:
    if name == "application":
        return build()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

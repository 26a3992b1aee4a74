"""How every process of an installation writes its log: JSON, one line an event, and no secret in any.

All code logs by the standard library, what we did not write included; structlog makes the lines. The last thing that
happens to a line, wherever it comes from, is that what is or looks like a credential is taken out of it.
"""

import json
import logging
import logging.config
import math
import os
import re
from collections.abc import Generator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from structlog import processors, stdlib
from structlog.contextvars import merge_contextvars
from structlog.typing import EventDict, WrappedLogger

LEVEL = "KALPI_LOG_LEVEL"
LEVELS = ("debug", "info", "warning", "error")
HIDDEN = "[hidden]"
STAMP = processors.TimeStamper(fmt="iso", utc=True)
_LONGEST = 12_000
"""Characters of one text. Of a longer one, such as a trace, the end is kept."""
# SEC our keys and refresh tokens, signed tokens, credentials as HTTP sends them, and passwords in addresses
_CREDENTIALS = re.compile(
    r"(?P<kept>kalpi_[a-z]+_)[\w.-]{12,}|\beyJ[\w-]{8,}[\w.-]*"
    r"|(?P<scheme>\b(?:bearer|basic) +)[\w.~+/=-]{8,}|(?P<user>://[^\s:/@\"]*:)[^\s@\"]+(?=@)",
    re.IGNORECASE,
)
_SECRET_NAMES = re.compile(
    r"passw|secret|authorization|cookie|api_?key|(access|refresh)_?token|credential|dsn|database_url|redis_url",
    re.IGNORECASE,
)
_hidden: set[str] = set()


class BadLevel(ValueError):
    """The environment names a level that there is not."""


def configure() -> None:
    """Have this process write its log so, from the level on that KALPI_LOG_LEVEL names."""
    logging.config.dictConfig(settings())


def level(environ: Mapping[str, str] = os.environ) -> str:
    """Return the level that KALPI_LOG_LEVEL names; raises BadLevel."""
    named = (environ.get(LEVEL) or "info").lower()
    if named not in LEVELS:
        raise BadLevel(f"{LEVEL}={named!r} is not allowed: {', '.join(LEVELS)}")
    return named


def settings(environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return it as `logging.config.dictConfig` takes it; raises BadLevel."""
    least = level(environ).upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": Formatter}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["lines"]},
        "loggers": {
            "kalpi": {"level": least},
            "gunicorn.error": {"level": least, "handlers": [], "propagate": True},
        },
    }


@contextmanager
def written() -> Generator[None]:
    """Have what we log ourselves written as lines, where nobody has set up this process' log so."""
    logger, handler = logging.getLogger("kalpi"), logging.StreamHandler()
    if any(isinstance(one.formatter, Formatter) for one in logging.getLogger().handlers):
        yield
        return
    handler.setFormatter(Formatter())
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level().upper())
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]


def hide(*secrets: str) -> None:
    """Take these texts out of every line from now on; what is too short to be a secret stays."""
    _hidden.update(json.dumps(secret)[1:-1] for secret in secrets if len(secret) >= len(HIDDEN))


def line(event: Mapping[str, Any]) -> str:
    """Return an event as a line. What is no text, number or nothing is told by its `repr`.

    SEC JSON escapes control characters, and `ensure_ascii` all that reorders or breaks lines elsewhere.
    """
    told = json.dumps({name: HIDDEN if _SECRET_NAMES.search(name) else _plain(value) for name, value in event.items()})
    for secret in _hidden:
        told = told.replace(secret, HIDDEN)
    return _CREDENTIALS.sub(_shown, told).replace("\x7f", "\\u007f")


class Formatter(stdlib.ProcessorFormatter):
    """Makes a record of the standard library a line: what is bound to the context and given as `extra` with it."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[merge_contextvars, stdlib.add_log_level, stdlib.add_logger_name, stdlib.ExtraAdder()],
            processors=[
                stdlib.ProcessorFormatter.remove_processors_meta,
                STAMP,
                processors.format_exc_info,
                _ordered,
                _line,
            ],
        )


def _ordered(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = {name: event.pop(name) for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


def _line(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> str:
    return line(event)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else f"...{text[-_LONGEST:]}"


def _shown(match: re.Match[str]) -> str:
    kept = next((match[name] for name in ("kept", "scheme", "user") if match[name]), "")
    return f"{kept}{HIDDEN}"

"""Asking a server of ours whether it answers."""

import urllib.error
import urllib.request
from http import HTTPStatus

_SECONDS = 5.0


def ask(url: str, key: str | None = None) -> int | None:
    """Return the status of an answer, or None when there is none."""
    request = urllib.request.Request(url, headers={"X-API-Key": key} if key else {})  # noqa: S310  (our own URL)
    try:
        # no proxy stands between us and the loopback
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=_SECONDS) as answer:
            return answer.status
    except urllib.error.HTTPError as ex:
        ex.close()
        return ex.code
    except OSError:
        return None


def answers(url: str) -> bool:
    """Return whether a server says that all is well."""
    return ask(url) == HTTPStatus.OK

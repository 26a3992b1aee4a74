"""What is left of the quotas, as the header RateLimit tells it with every counted answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_POLICY = re.compile(r'"(?P<name>[^"]+)";r=(?P<left>\d+);t=(?P<seconds>\d+)')


@dataclass(frozen=True)
class Window:
    """What is `left` of a quota, and the seconds until it is full again."""

    left: int
    seconds: int


@dataclass(frozen=True)
class Quota:
    """What is left of the minute and of the day; None where there is no such quota, or none is counted just now."""

    minute: Window | None
    day: Window | None


def read(headers: Mapping[str, str]) -> Quota | None:
    """Return the quotas that an answer tells, or None if it was not counted (draft-ietf-httpapi-ratelimit-headers)."""
    if (told := headers.get("RateLimit")) is None:
        return None
    windows = {one["name"]: Window(int(one["left"]), int(one["seconds"])) for one in _POLICY.finditer(told)}
    return Quota(windows.get("minute"), windows.get("day"))

"""Ask a Kalpi server: bars, indicators, expressions and screens as Polars frames.

`Client` waits for its answers, `AsyncClient` awaits them; both ask what `questions` can say.
"""

from kalpi_client import answers, questions
from kalpi_client.aio import AsyncClient
from kalpi_client.calls import Call, Page, Rows
from kalpi_client.client import Client
from kalpi_client.errors import (
    AboveTier,
    BadQuestion,
    KalpiError,
    NotAuthorised,
    NotFound,
    PartialAnswer,
    Problem,
    QuotaExceeded,
    Refused,
    ServerFault,
    Unavailable,
    Unreachable,
    Unreadable,
)
from kalpi_client.progress import Bar, Step
from kalpi_client.quotas import Quota, Window
from kalpi_client.retries import NEVER, Retries

__all__ = [
    "NEVER",
    "AboveTier",
    "AsyncClient",
    "BadQuestion",
    "Bar",
    "Call",
    "Client",
    "KalpiError",
    "NotAuthorised",
    "NotFound",
    "Page",
    "PartialAnswer",
    "Problem",
    "Quota",
    "QuotaExceeded",
    "Refused",
    "Retries",
    "Rows",
    "ServerFault",
    "Step",
    "Unavailable",
    "Unreachable",
    "Unreadable",
    "Window",
    "answers",
    "questions",
]

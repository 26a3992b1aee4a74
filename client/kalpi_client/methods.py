"""Questions as methods: a client's `series(...)` asks what `questions.series(...)` says."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import Signature, signature
from typing import Any, Generic, Literal, ParamSpec, TypeVar, overload

import polars as pl

from kalpi_client.calls import Call, Rows

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")


class Method(Generic[P, R]):
    """A question that an instance sends in one of its ways; the class has the question itself."""

    def __init__(self, question: Callable[P, object], way: Literal["ask", "whole"]) -> None:
        self._question = question
        self._way = way

    @overload
    def __get__(self, client: None, kind: type) -> Callable[P, object]: ...
    @overload
    def __get__(self, client: object, kind: type) -> Callable[P, R]: ...
    def __get__(self, client: object | None, kind: type) -> Callable[P, Any]:
        """Return the question, or what asks it and has its name, parameters and text for help() and editors."""
        if client is None:
            return self._question
        send, question = getattr(client, self._way), self._question

        @wraps(question)
        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return send(question(*args, **kwargs))

        vars(ask)["__signature__"] = signature(question).replace(return_annotation=Signature.empty)
        return ask


def answer(question: Callable[P, Call[T]]) -> Method[P, T]:
    """Return the method that asks a question of one exchange."""
    return Method(question, "ask")


def frame(question: Callable[P, Rows]) -> Method[P, pl.DataFrame]:
    """Return the method that asks for rows."""
    return Method(question, "whole")


def awaited_answer(question: Callable[P, Call[T]]) -> Method[P, Awaitable[T]]:
    """Return the method that asks a question of one exchange, to be awaited."""
    return Method(question, "ask")


def awaited_frame(question: Callable[P, Rows]) -> Method[P, Awaitable[pl.DataFrame]]:
    """Return the method that asks for rows, to be awaited."""
    return Method(question, "whole")

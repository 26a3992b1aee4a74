"""What the command refuses, told in one sentence."""

from collections.abc import Generator
from contextlib import contextmanager


class Refusal(Exception):
    """Something a person can put right: printed without a traceback."""

    exit_code = 2


class ChildFailed(Refusal):
    """A program that we started ended, or did not answer in time."""

    exit_code = 1


@contextmanager
def refusing(*expected: type[Exception]) -> Generator[None]:
    """Turn the rooms' own errors into refusals."""
    try:
        yield
    except expected as ex:
        raise Refusal(str(ex)) from ex

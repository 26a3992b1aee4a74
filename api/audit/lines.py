r"""Rows as COPY reads them: a line of fields between tabs, with \N for no value."""

from functools import lru_cache
from ipaddress import ip_address

NULL = r"\N"
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\0": "\ufffd"})


def escaped(text: str) -> str:
    """Return a text as a field; what would end the field or the line is escaped, a NUL replaced."""
    return text.translate(_ESCAPES)


field = lru_cache(maxsize=1024)(escaped)
"""The same for texts that come again and again."""


@lru_cache(maxsize=4096)
def address(client: str) -> str:
    """Return a network address as a field; what is none, such as the empty one of a unix socket, is no value."""
    try:
        return str(ip_address(client.partition("%")[0]))
    except ValueError:
        return NULL

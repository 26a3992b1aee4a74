"""Answers in CSV, in the manner of the service that is spoken."""

import csv
import io
from collections.abc import Iterable

from api.formats import BY_NAME, Form, Format

_FORMAT = Format("csv", "text/csv", BY_NAME["csv"].write)
CSV = Form(_FORMAT, _FORMAT.write, "-csv")
"""Their clients know a table by `text/csv` and nothing after it."""


def text(heading: Iterable[str], lines: Iterable[Iterable[str | None]], delimiter: str = ",") -> bytes:
    """Return a table; no value is nothing."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n" if delimiter == "," else "\n")
    writer.writerow(heading)
    writer.writerows(lines)
    return written.getvalue().encode()

"""Massive's day files of all US stocks, from its bucket or a folder that mirrors it.

https://massive.com/docs/flat-files/stocks/day-aggregates: `<base>/<year>/<month>/<day>.csv.gz`, one file a session,
there by eleven in the morning of the day after.
"""

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import msgspec

from pipelines import calendar
from pipelines.sources.client import LARGEST, Client
from pipelines.sources.faults import Refused, Stopped, Transient
from pipelines.sources.source import PerMinute, Reference, Request, Symbols, secret

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem


class Massive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request a session. The files hold every symbol; `[universe]` says which are wanted."""

    name: ClassVar[str] = "massive"
    access_key: Reference = "env:MASSIVE_ACCESS_KEY"
    secret_key: Reference = "env:MASSIVE_SECRET_KEY"  # noqa: S105  (a reference)
    symbols: Symbols = ()
    start: date | None = None
    schedule: str = "30 11 * * 2-6"
    time_zone: str = "America/New_York"
    per_minute: PerMinute = 600
    url: str = "s3://flatfiles/us_stocks_sip/day_aggs_v1"
    endpoint: str = "https://files.massive.com"

    def requests(self, symbols: Symbols, start: date, end: date) -> list[Request]:
        """Return a request for each session; symbols can't be chosen."""
        if symbols:
            raise Refused("Massive's files hold all symbols; say in [universe] of pipeline.toml which are wanted")
        return [Request(f"{self.name}--{day}.csv.gz", None, day, day) for day in calendar.sessions(start, end)]

    def ask(self, request: Request, client: Client) -> bytes:
        """Return a session's file."""
        del client  # the file system keeps its own connections
        system, base = self._files()
        path = f"{base}/{request.start:%Y/%m}/{request.start}.csv.gz"
        try:
            with system.open_input_file(path) as file:
                if file.size() > LARGEST:
                    raise Refused(f"{path} has {file.size()} bytes; at most {LARGEST} are fetched")
                return file.read()
        except FileNotFoundError as ex:
            raise Refused(f"there is no {path} yet") from ex
        except OSError as ex:
            if "ACCESS_DENIED" in str(ex):
                raise Stopped(f"{path}: the keys are not accepted, or the plan does not have this") from ex
            raise Transient(f"{path}: {ex}") from ex

    def _files(self) -> tuple["FileSystem", str]:
        from pyarrow import fs  # noqa: PLC0415  (a quarter of a second that only fetching needs)

        bucket = self.url.removeprefix("s3://")
        if bucket == self.url:
            return fs.LocalFileSystem(), self.url.rstrip("/")
        scheme, _, host = self.endpoint.partition("://")
        system = fs.S3FileSystem(
            access_key=secret(self.access_key),
            secret_key=secret(self.secret_key),
            endpoint_override=host,
            scheme=scheme,
            region="us-east-1",
        )
        return system, bucket.rstrip("/")

"""What schemathesis loads beside the description: addresses to come from, and readers of what is no JSON."""

import csv
import io
import ipaddress
import json
import random

import pyarrow.ipc
import pyarrow.parquet
import schemathesis

from api.tokens.claims import PATH as TOKEN
from api.tokens.claims import REVOKE_PATH as REVOKE

_NETWORK = int(ipaddress.IPv6Address("2001:db8::"))
_FORMS = {TOKEN, REVOKE}
_random = random.Random(20261125)  # noqa: S311


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Send a call as from another network, for what one network may do to the open routes has tests of its own.

    Where both are allowed, one credential of the two is left; that both together are refused has a test, too.
    """
    here = ipaddress.IPv6Address(_NETWORK + (_random.getrandbits(32) << 64))
    told = {**(case.headers or {}), "X-Forwarded-For": str(here)}
    if "Authorization" in told and ("X-API-Key" in told or case.path in _FORMS):
        del told["Authorization"]
    case.headers = told


@schemathesis.deserializer("application/x-ndjson")
def ndjson(_context, response):
    """Read a row a line."""
    return [json.loads(line) for line in response.content.splitlines()]


@schemathesis.deserializer("text/csv")
def csv_rows(_context, response):
    """Read the rows by their header."""
    return list(csv.DictReader(io.StringIO(response.text)))


@schemathesis.deserializer("application/vnd.apache.arrow.stream")
def arrow(_context, response):
    """Read the stream to its end."""
    return pyarrow.ipc.open_stream(response.content).read_all().to_pydict()


@schemathesis.deserializer("application/vnd.apache.parquet")
def parquet(_context, response):
    """Read the file."""
    return pyarrow.parquet.read_table(io.BytesIO(response.content)).to_pydict()

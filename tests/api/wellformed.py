"""What every error must be, whichever test provokes it: a registered problem that tells nothing of our insides."""

import json
import re
from pathlib import Path

from api.problems import BY_SLUG

MEDIA = "application/problem+json"
TYPES = {problem.type: problem for problem in BY_SLUG.values()}
OURS = str(Path(__file__).parents[2])
INSIDES = re.compile(
    rf'{re.escape(OURS)}|Traceback|File "|site-packages|\.py\b|/tmp/|/home/|\bselect \w|\binsert into|psycopg|'
    r"sqlalchemy|redis\.|postgresql://|falcon|gunicorn|argon2|\b0x[0-9a-f]{6,}",
    re.IGNORECASE,
)
ELSEWHERE = {"/readyz": "a 503 names what is missing", "/v1/auth": "RFC 6749 has errors of its own"}


def check(method, path, status, headers, body):
    """Fail unless an answer is no error, one of those that others define, or a problem that is as it must be."""
    if status < 400:
        return
    told = {name.lower(): value for name, value in headers.items()}
    text = body.decode()
    assert not INSIDES.search(text), text
    media = told.get("content-type", "")
    if media == "text/html" and "connection" in told and told["connection"] == "close":
        return  # the server's own, of what is no HTTP
    assert "x-request-id" in told
    if media == "application/json" and any(path.startswith(one) for one in ELSEWHERE):
        return
    assert media == MEDIA, (path, status, media)
    if method == "HEAD":
        return
    members = json.loads(body)
    problem = TYPES[members["type"]]
    assert members["status"] == status == problem.status, members
    assert members["title"] == problem.title
    assert members["detail"]
    assert members["request_id"] == told["x-request-id"]

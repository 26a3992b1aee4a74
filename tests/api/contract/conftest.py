"""A server for whom everything is allowed, somebody logged in, and schemathesis to ask it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from tests.api.conftest import ROOT
from tests.api.people import bearer
from tests.api.served.stage import staged

HERE = Path(__file__).parent
MEMBER = {"X-Forwarded-For": "2001:db8:ffff::1"}
PASSWORD = "a lantern, a canoe, a kite"
"""None that an example shows, or the example of closing an account would close this one."""


@dataclass
class Contract:
    """A running API, and a session that may ask everything."""

    url: str
    credentials: dict[str, str]

    def run(self, *options):
        """Let schemathesis ask; give its process."""
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run"]
        told = [*options, f"{self.url}/openapi.json"]
        return subprocess.run(
            [*command, *told],
            check=False,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=1800,
            env=os.environ | self.credentials,
        )


@pytest.fixture(scope="module")
def contract(world, postgres, shared_valkey):
    told = {"KALPI_TRUSTED_PROXIES": "127.0.0.1", "KALPI_SQL": "2"}
    with staged(world, postgres, shared_valkey.unix_url, workers=2, **told) as stage:
        for tier in ("free", "pro", "premium"):
            stage.tier(tier, per_minute=1_000_000, per_day=None, concurrent_requests=None)
        someone = {"email": f"{uuid4()}@example.org", "password": PASSWORD}
        base = stage.client.base_url
        assert httpx2.post(base.join("/v1/users"), json=someone, headers=MEMBER).status_code == 202
        stage.sql("update accounts set tier = 'premium' where email = %(email)s", email=someone["email"])
        session = httpx2.post(base.join("/v1/auth/login"), json=someone, headers=MEMBER).json()
        token = bearer(session["access_token"])
        made = httpx2.post(base.join("/v1/keys"), json={"label": "contract"}, headers=MEMBER | token).json()
        told = {"CONTRACT_KEY": made["key"], "CONTRACT_TOKEN": session["access_token"]}
        yield Contract(str(base).rstrip("/"), told)

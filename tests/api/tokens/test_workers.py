"""Tokens over several workers of a real server."""

import json

import httpx2

from tests.api.conftest import serving
from tests.api.tokens.conftest import bearer, form_of
from warehouse.home import Home


def test_every_worker_takes_the_first_token_that_one_of_them_gave(tmp_path, accounts_url, redis_url, keys):
    home = Home(tmp_path)
    with serving(home, accounts_url, redis_url, workers=3) as client:
        for _ in range(3):
            answer = client.post("/v1/auth/token", data=form_of(keys["premium"]))
            assert answer.status_code == 200, answer.text
            assert answer.headers["Cache-Control"] == "no-store"
            headers = bearer(answer.json()["access_token"]) | {"Connection": "close"}
            for _ in range(20):
                asked = httpx2.get(client.base_url.join("/v1/me"), headers=headers)
                assert asked.status_code == 200, asked.text
        assert len(json.loads(client.get("/.well-known/jwks.json").content)["keys"]) == 1
    (path,) = (home.secrets / "tokens").glob("*.pem")
    assert path.stat().st_mode & 0o777 == 0o600

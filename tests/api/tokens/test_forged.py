"""No token but ours lets anyone in, and the answer is the same whatever is wrong with it."""

import hmac
import json
import time
from itertools import product
from uuid import uuid4

import pytest
from joserfc import jwe, jws
from joserfc.jwk import ECKey, RSAKey

from api.accounts import refresh
from api.tokens import verifier
from tests.api.test_problems import checked
from tests.api.tokens.conftest import ISSUER, ME, b64, bearer


def misshapen(forge):
    """Name and make what isn't three parts of the right kind."""
    good, key = forge.with_claims(), forge.signing.key
    header, payload, signature = good.split(".")
    yield "empty", ""
    yield "no dots", "abc"
    yield "one dot", f"{header}.{payload}"
    yield "four dots", f"{good}.x.x"
    yield "dots alone", ".."
    yield "unsigned", f"{header}.{payload}."
    yield "detached", f"{header}..{signature}"
    yield "nested", forge.raw(forge.header, good.encode())
    yield "nested with cty", forge.raw(forge.header | {"cty": "JWT"}, good.encode())
    to_us = ECKey.import_key(key.as_pem(private=False))
    yield "encrypted", jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A128GCM", "kid": forge.signing.id}, good, to_us)
    yield "JSON serialization", json.dumps({"protected": header, "payload": payload, "signature": signature})
    yield "another payload", f"{header}.{b64(forge.claims | {'sub': 'x'})}.{signature}"
    yield "signature cut", good[:-4]
    yield "signature of zeros", f"{header}.{payload}.{b64(bytes(64))}"
    yield "signature in DER", f"{header}.{payload}.{b64(bytes.fromhex('3006020100020100'))}"
    yield "padded", f"{good}=="
    yield "a space within", good.replace(".", ". ")
    yield "not ASCII", good[:-1] + "\xfc"
    yield "long", forge.with_claims(jti="x" * 9000)
    yield "a megabyte", "x" * 1_000_000
    yield "good and then long", f"{good}{'x' * 9000}"


def of_other_keys(forge):
    """Name and make what another algorithm or another key has signed, or none."""
    _, payload, signature = forge.with_claims().split(".")
    for alg in ("none", "None", "NONE", "nOnE"):
        yield f"alg {alg}", f"{b64(forge.header | {'alg': alg})}.{payload}."
        yield f"alg {alg} with a signature", f"{b64(forge.header | {'alg': alg})}.{payload}.{signature}"
    key = forge.signing.key
    pem, jwk = key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()
    for alg, secret in product(("HS256", "HS512"), (pem, pem.strip(), jwk, b"")):
        signed = f"{b64(forge.header | {'alg': alg})}.{payload}"
        digest = hmac.digest(secret, signed.encode(), alg.replace("HS", "sha"))
        yield f"{alg} with {len(secret)} public octets", f"{signed}.{b64(digest)}"
    rsa = forge.header | {"alg": "RS256"}
    yield "RS256", jws.serialize_compact(rsa, json.dumps(forge.claims), RSAKey.generate_key(2048), ["RS256"])
    yield "ES256K", forge.header_with(alg="ES256K")
    yield "alg a list", forge.header_with(alg=["ES256"])
    yield "no alg", forge.header_with(alg=None)
    stranger = ECKey.generate_key("P-256")
    yield "a stranger's key", forge.raw(forge.header, forge.claims, stranger)
    yield "a stranger's key and id", forge.raw(forge.header | {"kid": stranger.thumbprint()}, forge.claims, stranger)
    own = stranger.as_dict(private=False)
    yield "a stranger's jwk", forge.raw(forge.header | {"jwk": own}, forge.claims, stranger)
    yield "our jwk", forge.header_with(jwk=key.as_dict(private=False))


def with_other_headers(forge):
    """Name and make what our key signed under a header that we do not write."""
    yield "jku", forge.header_with(jku="https://evil.example/jwks.json")
    yield "x5u", forge.header_with(x5u="https://evil.example/x.pem")
    yield "x5c", forge.header_with(x5c=["MIIB"])
    yield "crit", forge.header_with(crit=["exp"])
    yield "crit no list", forge.header_with(crit=5)
    yield "crit b64", forge.header_with(crit=["b64"], b64=False)
    yield "b64", forge.header_with(b64=True)
    yield "zip", forge.header_with(zip="DEF")
    yield "cty", forge.header_with(cty="JWT")
    yield "no kid", forge.header_with(kid=None)
    for kid in (
        "../../../../dev/null",
        "/proc/self/environ",
        "' or 1=1 --",
        "",
        7,
        [],
        {},
        "\x00",
        "\ud800",
        "x" * 300,
    ):
        yield f"kid {kid!r}", forge.header_with(kid=kid)
    for typ in (None, "JWT", "jwt", "at+JWT", "refresh+jwt", "application/at+jwt", ["at+jwt"]):
        yield f"typ {typ}", forge.header_with(typ=typ)
    twice = json.dumps(forge.header)[:-1].encode() + b', "alg": "ES256"}'
    yield "header members twice", forge.raw(twice, forge.claims)
    yield "header deep", forge.raw(b"[" * 5000, forge.claims)
    yield "header a list", forge.raw(["ES256", "alg"], forge.claims)
    yield "header null", forge.raw(b"null", forge.claims)


def with_other_claims(forge):
    """Name and make what our key signed, and says what we do not say."""
    for name in forge.claims:
        yield f"no {name}", forge.with_claims(**{name: None})
        for value in ("", [], {}, True, "x" * 300, {"a": 1}):
            yield f"{name} {value!r}", forge.with_claims(**{name: value})
    yield "another issuer", forge.with_claims(iss="https://evil.example")
    yield "issuer with a slash", forge.with_claims(iss=f"{ISSUER}/")
    yield "another audience", forge.with_claims(aud="https://evil.example")
    yield "other audiences", forge.with_claims(aud=["https://evil.example", ISSUER])
    for scope in ("admin", "read admin", "read  keys", " read", "read\n", "READ"):
        yield f"scope {scope!r}", forge.with_claims(scope=scope)
    for version in (-1, 1, 2**63, 0.5, "0"):
        yield f"token version {version!r}", forge.with_claims(tv=version)
    yield "a session beside a key", forge.with_claims(sid=str(uuid4()))
    yield "no session", forge.with_claims(client_id="kalpi")
    for session in (str(uuid4()), "x", 7, "", str(uuid4()).upper(), f"{uuid4()}\n"):
        yield f"session {session!r}", forge.with_claims(client_id="kalpi", sid=session)
    yield "a refresh token", refresh.issue().text
    yield "another account", forge.with_claims(sub=str(uuid4()))
    for key_id in ("0" * 12, "\x00", "\ud800", "../x"):
        yield f"client {key_id!r}", forge.with_claims(client_id=key_id)
    yield "claims twice", forge.raw(forge.header, json.dumps(forge.claims)[:-1].encode() + b', "scope": "read"}')
    for octets in (b"exp", b"\xff\xfe", b"[" * 5000, b"[]", b"null", b""):
        yield f"claims {octets[:3]!r}", forge.raw(forge.header, octets)


def at_other_times(forge):
    """Name and make what our key signed, and isn't good now."""
    now = int(time.time())
    for end in (now - 1, 0, -1, now + 600.5, str(now + 600), 2**70, float("inf"), float("nan"), 1e400):
        yield f"ends {end}", forge.raw(forge.header, json.dumps(forge.claims | {"exp": end}).encode())
    yield "good for too long", forge.with_claims(exp=now + 660)
    yield "not yet", forge.with_claims(nbf=now + 61)
    yield "issued in an hour", forge.with_claims(iat=now + 3600)


@pytest.mark.check(21)
def test_forged_tokens_all_get_the_same_answer(forge, anyone):
    assert anyone(ME, headers=bearer(forge.with_claims())).status_code == 200
    tokens, bodies = {}, set()
    for kind in (misshapen, of_other_keys, with_other_headers, with_other_claims, at_other_times):
        tokens |= dict(kind(forge))
    assert len(tokens) > 150
    for name, token in tokens.items():
        answer = anyone(ME, headers=bearer(token))
        assert answer.status_code == 401, name
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"', name
        assert "RateLimit" not in answer.headers
        checked(answer, "invalid-token")
        bodies.add(answer.content)
    assert len(bodies) == 1


@pytest.mark.check(21)
def test_what_is_too_long_is_refused_before_anything_of_it_is_decoded(forge, anyone, monkeypatch):
    decoded, decode = [], verifier.urlsafe_b64decode
    monkeypatch.setattr(verifier, "urlsafe_b64decode", lambda octets: decoded.append(octets) or decode(octets))
    good = forge.with_claims()
    for token in (good + "x" * (verifier.MAX_LENGTH + 1 - len(good)), "x" * 1_000_000):
        checked(anyone(ME, headers=bearer(token)), "invalid-token")
    assert decoded == []
    checked(anyone(ME, headers=bearer(good + "x" * (verifier.MAX_LENGTH - len(good)))), "invalid-token")
    assert len(decoded) == 1

"""The signing keys' files: made once, kept private, two alive, looked at again when they change."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey, RSAKey

from api.tokens.ring import KeyRing


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "secrets" / "tokens"


def put(folder, name, *, age=60.0, key=None):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes((key or ECKey.generate_key("P-256")).as_pem(private=True))
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return ECKey.import_key(path.read_bytes()).thumbprint() if key is None else None


def test_asking_for_keys_makes_none_and_signing_makes_one(folder):
    ring = KeyRing(folder)
    assert (ring.live(), ring.public()) == ({}, [])
    assert not folder.exists()
    first = ring.signing()
    assert ring.signing() == first
    assert list(ring.live()) == [first.id]
    (path,) = folder.glob("*.pem")
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert "d" not in ring.public()[0]
    assert repr(first) == f"SigningKey(id={first.id!r})"


def test_many_workers_make_one_key(folder):
    with ThreadPoolExecutor(8) as pool:
        made = {one.id for one in pool.map(lambda _: KeyRing(folder).signing(), range(8))}
    assert len(made) == len(list(folder.glob("*.pem"))) == 1


def test_the_newest_signs_once_all_have_seen_it_and_the_older_goes_on_verifying(folder):
    old = put(folder, "2026.pem")
    ring = KeyRing(folder, look_every=0)
    assert ring.signing().id == old
    new = put(folder, "2027.pem", age=0)
    assert list(KeyRing(folder).live()) == [old, new]
    assert KeyRing(folder, look_every=5).signing().id == old
    put(folder, "2027.pem", key=ring.live()[new].key, age=11)
    assert KeyRing(folder, look_every=5).signing().id == new
    assert {one["kid"] for one in ring.public()} == {old, new}


def test_changes_are_seen_within_the_interval_and_not_looked_for_before(folder):
    old = put(folder, "a.pem")
    ring = KeyRing(folder, look_every=0.2)
    assert list(ring.live()) == [old]
    new = put(folder, "b.pem")
    assert list(ring.live()) == [old]
    time.sleep(0.2)
    assert list(ring.live()) == [old, new]
    (folder / "a.pem").unlink()
    time.sleep(0.2)
    assert list(ring.live()) == [new]


def test_what_is_no_key_is_left_out_and_told(folder, caplog):
    good = put(folder, "a.pem")
    put(folder, "b.pem", key=ECKey.generate_key("P-384"))
    put(folder, "c.pem", key=RSAKey.generate_key(2048))
    (folder / "d.pem").write_bytes(b"nonsense")
    (folder / "e.pem").write_bytes(ECKey.generate_key("P-256").as_pem(private=False))
    (folder / ".f.pem").write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    assert list(KeyRing(folder).live()) == [good]
    assert all(f"{name}.pem" in caplog.text for name in "bcde")

import random

import pytest

from api.gate.address import Proxies, neighbourhood


def client(proxies, peer, *forwarded):
    told = {"HTTP_X_FORWARDED_FOR": ",".join(forwarded)} if forwarded else {}
    return proxies.client({"REMOTE_ADDR": peer, **told})


NONE = Proxies.parse("", None)
LISTED = Proxies.parse("10.0.0.0/8, 2001:db8:ffff::/48", None)
ANY = Proxies.parse("*", None)


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (NONE, "198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        (LISTED, "198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
        (LISTED, "10.0.0.1", [], "10.0.0.1"),
        (LISTED, "10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        (LISTED, "10.0.0.1", ["1.1.1.1", " 203.0.113.9 "], "203.0.113.9"),
        (LISTED, "10.0.0.1", ["1.1.1.1", "203.0.113.9", "10.2.3.4"], "203.0.113.9"),
        (LISTED, "10.0.0.1", ["10.9.9.9", "10.2.3.4"], "10.9.9.9"),
        (LISTED, "10.0.0.1", ["203.0.113.9", "nonsense"], "10.0.0.1"),
        (LISTED, "10.0.0.1", ["203.0.113.9", ""], "10.0.0.1"),
        (LISTED, "10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        (LISTED, "10.0.0.1", ["[2001:db8::7]:4711"], "2001:db8::7"),
        (LISTED, "::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        (LISTED, "2001:db8:ffff::1", ["2001:db8::7"], "2001:db8::7"),
        (ANY, "198.51.100.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        (Proxies.parse("*", 2), "198.51.100.1", ["1.1.1.1", "203.0.113.9", "198.51.100.2"], "203.0.113.9"),
        (Proxies.parse("10.0.0.0/8", 1), "10.0.0.1", ["203.0.113.9", "10.2.3.4"], "10.2.3.4"),
        (LISTED, "", ["203.0.113.9"], ""),
    ],
)
@pytest.mark.check(29)
def test_the_client_is_the_right_most_address_that_no_proxy_has(proxies, peer, forwarded, expected):
    assert client(proxies, peer, *forwarded) == expected


@pytest.mark.check(29)
def test_only_one_header_is_read():
    forged = {"HTTP_FORWARDED": "for=203.0.113.9", "HTTP_X_REAL_IP": "203.0.113.9", "REMOTE_ADDR": "10.0.0.1"}
    assert LISTED.client(forged) == "10.0.0.1"


@pytest.mark.check(29)
def test_whatever_a_client_writes_the_proxy_tells_who_it_is():
    chance = random.Random(29)  # noqa: S311
    for _ in range(1000):
        written = [f"{chance.randrange(256)}.{chance.randrange(256)}.1.1" for _ in range(chance.randrange(5))]
        assert client(LISTED, "10.0.0.1", *written, "203.0.113.9") == "203.0.113.9"
        assert client(NONE, "203.0.113.9", *written) == "203.0.113.9"


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
@pytest.mark.check(29)
def test_what_is_counted_as_one(address, counted_as):
    assert neighbourhood(address) == counted_as

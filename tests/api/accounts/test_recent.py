from concurrent.futures import ThreadPoolExecutor

from api.accounts.recent import Recent


def test_the_entry_put_longest_ago_goes_first():
    recent = Recent(2)
    for key in (b"a", b"b", b"a", b"c"):
        recent.put(key, key)
    assert [recent.get(key) for key in (b"a", b"b", b"c")] == [b"a", None, b"c"]


def test_a_dropped_entry_is_gone_and_dropping_none_is_fine():
    recent = Recent(2)
    recent.put(b"a", 1)
    recent.drop(b"a")
    recent.drop(b"a")
    assert recent.get(b"a") is None


def test_it_never_outgrows_its_size_under_threads():
    recent = Recent(100)

    def put(thread):
        for number in range(2000):
            recent.put(b"%d-%d" % (thread, number % 300), number)
        return len(recent)

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(put, range(8))) <= 101
    assert len(recent) == 100

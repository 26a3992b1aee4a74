"""Refresh tokens: each good once, and a second use ends the family."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from api.accounts import refresh
from api.accounts.base62 import ALPHABET
from api.accounts.directory import Directory
from api.accounts.errors import RefreshRefused, RefreshReused
from api.accounts.server_secrets import Secrets
from api.accounts.sessions import ABSOLUTE, MOST_ALIVE, SLIDING, Sessions
from tests.api.accounts.conftest import SERVER_SECRET
from tests.api.accounts.test_service import rows


@pytest.fixture
def ada(engine):
    return Directory(engine).register("ada@example.org", None)[0]


@pytest.fixture
def sessions(engine):
    return Sessions(engine, SERVER_SECRET)


@pytest.fixture
def opened(sessions, ada):
    return sessions.open(ada.id, ada.token_version)


def change(engine, statement):
    with engine.begin() as connection:
        connection.execute(text(statement))


def refused(sessions, opened):
    with pytest.raises(RefreshRefused) as told:
        sessions.renew(opened.refresh.text)
    return type(told.value)


def test_a_token_has_the_documented_form_and_every_change_of_a_character_is_found(opened):
    token = opened.refresh.text
    assert refresh.parse(token) == opened.refresh
    assert len(token) == len("kalpi_refresh_") + 49
    for place in range(len(token)):
        for other in ALPHABET + "_-é\n\0":
            if other != token[place]:
                with pytest.raises(RefreshRefused):
                    refresh.parse(token[:place] + other + token[place + 1 :])


def test_guesses_cost_no_query(sessions, queries):
    for guess in ("", "kalpi_refresh_", "\ud800", "x" * 63, "a" * 100_000, f"kalpi_refresh_{'0' * 49}"):
        with pytest.raises(RefreshRefused):
            sessions.renew(guess)
    assert queries == []


def test_a_token_is_changed_for_the_next_and_tells_whose_it_is(sessions, opened, ada):
    second = sessions.renew(opened.refresh.text)
    third = sessions.renew(second.refresh.text)
    assert len({one.refresh for one in (opened, second, third)}) == 3
    assert {(one.id, one.account_id) for one in (opened, second, third)} == {(opened.id, ada.id)}


@pytest.mark.check(22)
def test_a_token_that_comes_again_ends_its_family_and_tells_so_once(sessions, opened, engine):
    second = sessions.renew(opened.refresh.text)
    with pytest.raises(RefreshReused) as told:
        sessions.renew(opened.refresh.text)
    assert told.value.session_id == opened.id
    assert refused(sessions, opened) is RefreshRefused
    assert refused(sessions, second) is RefreshRefused
    (row,) = rows(engine, "sessions")
    assert row.ended_by == "reuse"


def test_only_its_own_family_ends(sessions, opened, ada):
    other = sessions.open(ada.id, ada.token_version)
    sessions.renew(opened.refresh.text)
    assert refused(sessions, opened) is RefreshReused
    sessions.renew(other.refresh.text)


@pytest.mark.parametrize("grace", [0, 5])
@pytest.mark.check(22)
def test_of_twenty_at_once_one_is_answered_at_most_and_the_family_ends_or_has_one_living_child(engine, ada, grace):
    sessions = Sessions(engine, SERVER_SECRET, grace=grace)
    opened = sessions.open(ada.id, 0)

    def renew(_):
        try:
            return sessions.renew(opened.refresh.text)
        except RefreshRefused as ex:
            return ex

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(renew, range(20)))
    answered = [one for one in told if not isinstance(one, RefreshRefused)]
    living = []
    for one in answered:
        try:
            living.append(sessions.renew(one.refresh.text))
        except RefreshRefused:
            continue
    if grace:
        assert (len(answered), len(living)) == (20, 1)
    else:
        assert (len(answered), len(living)) == (1, 0)
        assert sum(isinstance(one, RefreshReused) for one in told) == 1


@pytest.mark.check(22)
def test_within_the_time_of_grace_a_lost_answer_is_given_anew_unless_it_was_used(engine, ada):
    sessions = Sessions(engine, SERVER_SECRET, grace=5)
    opened = sessions.open(ada.id, 0)
    lost = sessions.renew(opened.refresh.text)
    anew = sessions.renew(opened.refresh.text)
    assert refused(sessions, lost) is RefreshRefused  # it was replaced, so two never live
    sessions.renew(anew.refresh.text)
    assert refused(sessions, opened) is RefreshReused


@pytest.mark.check(22)
def test_after_the_time_of_grace_it_is_a_theft(engine, ada):
    sessions = Sessions(engine, SERVER_SECRET, grace=5)
    opened = sessions.open(ada.id, 0)
    sessions.renew(opened.refresh.text)
    change(engine, "update refresh_tokens set used_at = used_at - interval '6 seconds' where number = 0")
    assert refused(sessions, opened) is RefreshReused


@pytest.mark.parametrize(
    "statement",
    [
        "update refresh_tokens set expires_at = now()",
        "update sessions set expires_at = now()",
        "update sessions set ended_at = now()",
        "update accounts set disabled_at = now()",
        "delete from accounts",
    ],
)
def test_what_is_over_gets_no_token_and_is_no_theft(sessions, opened, engine, statement):
    change(engine, statement)
    assert refused(sessions, opened) is RefreshRefused
    assert [row.ended_by for row in rows(engine, "sessions")] in ([None], [])


def test_tokens_slide_and_the_session_does_not(sessions, opened, engine):
    now = datetime.now(UTC)
    assert abs(opened.expires_at - now - SLIDING) < timedelta(minutes=1)
    change(engine, "update sessions set expires_at = now() + interval '3 days'")
    renewed = sessions.renew(opened.refresh.text)
    assert abs(renewed.expires_at - now - timedelta(days=3)) < timedelta(minutes=1)
    assert timedelta(days=30) == ABSOLUTE


def test_used_tokens_are_forgotten_when_they_could_not_be_used_any_more(sessions, opened, engine):
    second = sessions.renew(opened.refresh.text)
    change(engine, "update refresh_tokens set expires_at = now() - interval '1 second' where number = 0")
    sessions.renew(second.refresh.text)
    assert sorted(row.number for row in rows(engine, "refresh_tokens")) == [1, 2]


def test_an_account_has_so_many_sessions_and_the_oldest_ends(sessions, ada, engine):
    opened = [sessions.open(ada.id, 0) for _ in range(MOST_ALIVE + 1)]
    assert refused(sessions, opened[0]) is RefreshRefused
    for one in opened[1:]:
        sessions.renew(one.refresh.text)
    change(engine, "update sessions set expires_at = now() - interval '1 second'")
    sessions.open(ada.id, 0)
    assert len(rows(engine, "sessions")) == 1


def test_a_session_is_ended_once_by_any_of_its_tokens(sessions, opened, ada):
    renewed = sessions.renew(opened.refresh.text)
    for token in (opened.refresh.text, renewed.refresh.text):
        assert sessions.session_of(token) == opened.id
    assert sessions.session_of(refresh.issue().text) is None
    assert sessions.end(opened.id) == ada.id
    assert sessions.end(opened.id) is None
    assert refused(sessions, renewed) is RefreshRefused


def test_an_older_secrets_tokens_are_changed_for_the_newers(engine, ada):
    old = Sessions(engine, Secrets.of(b"old")).open(ada.id, 0)
    new = Sessions(engine, Secrets.of(b"new", b"old")).renew(old.refresh.text)
    Sessions(engine, Secrets.of(b"new")).renew(new.refresh.text)


@pytest.mark.check(24)
def test_no_table_and_no_writing_out_holds_a_token(opened, engine):
    told = f"{rows(engine, 'refresh_tokens')}{rows(engine, 'sessions')}{opened}{opened.refresh!r}"
    assert opened.refresh.text[20:40] not in told

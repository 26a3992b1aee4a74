"""A release on one host: one server after the other, and back if one is not fit."""

import json
import sys

import pytest

from deploy.release import compose
from deploy.release.checks import NotFit
from tests.deploy.files import compose as services

DOCKER = """#!{python}
import json, os, sys
with open({path!r}, "a") as file:
    print(json.dumps([os.environ["KALPI_IMAGE"], *sys.argv[1:]]), file=file)
sys.exit("unhealthy" if os.environ["KALPI_IMAGE"] == "kalpi:bad" and "{fails}" in sys.argv else 0)
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    def make(fails="nothing"):
        script, said = tmp_path / "docker", tmp_path / "said"
        script.write_text(DOCKER.format(python=sys.executable, path=str(said), fails=fails))
        script.chmod(0o755)
        return [str(script)], lambda: [json.loads(line) for line in said.read_text().splitlines()]

    monkeypatch.setattr(compose, "wait_until_ready", lambda *_, **__: None)
    monkeypatch.setattr(compose, "try_out", lambda *_, **__: None)
    return make


def test_servers_are_replaced_one_by_one_after_the_schema(docker):
    words, said = docker()
    compose.release(words, "kalpi:2", "kalpi:1", url="", key=None)
    assert [told[-1] for told in said()] == ["migrate", "api-a", "api-b", "dagster-webserver"]
    assert {told[0] for told in said()} == {"kalpi:2"}


def test_a_server_that_is_not_fit_is_put_back_and_the_other_is_not_touched(docker):
    words, said = docker(fails="api-a")
    with pytest.raises(NotFit, match="unhealthy"):
        compose.release(words, "kalpi:bad", "kalpi:1", url="", key=None)
    assert [(told[0], told[-1]) for told in said()][1:] == [("kalpi:bad", "api-a"), ("kalpi:1", "api-a")]


def test_what_does_not_answer_as_it_must_puts_both_back(docker, monkeypatch):
    words, said = docker()
    answers = iter([None, NotFit("no symbols")])

    def try_out(*_, **__):
        if (wrong := next(answers)) is not None:
            raise wrong

    monkeypatch.setattr(compose, "try_out", try_out)
    with pytest.raises(NotFit, match="no symbols"):
        compose.release(words, "kalpi:2", "kalpi:1", url="", key=None)
    assert [(told[0], told[-1]) for told in said()][-2:] == [("kalpi:1", "api-a"), ("kalpi:1", "api-b")]


def test_the_services_are_those_of_the_file():
    assert {*compose.SERVERS, *compose.AFTER, "migrate"} <= services()["services"].keys()

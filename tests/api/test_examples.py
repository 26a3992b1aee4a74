"""The examples of /openapi.json are what is answered: of every operation, and of every problem type.

`make examples` writes them anew.
"""

import json
import os
from pathlib import Path

import pytest

from api import examples
from api.problems import BY_SLUG
from tests.api.illustrations import ADDRESSES, all_answers, place, stood_in
from tests.api.refusals import all_refusals
from tests.api.test_problems import checked

HERE = Path(examples.__file__).parent
WRITES = os.environ.get("KALPI_EXAMPLES") == "write"


def alike(one, other):
    """Whether two answers are the same; numbers may differ by rounding, from machine to machine."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9)
    return one == other


def kept_or_written(name, known, given):
    """Compare what is kept with what was answered, or keep that where it differs."""
    if not WRITES:
        return known
    kept = {one: known[one] if alike(known.get(one), given[one]) else given[one] for one in sorted(given)}
    (HERE / name).write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    return kept


@pytest.mark.check(31)
def test_every_operation_answers_its_example(world, follower, postgres, redis_url, sandbox):
    questions = json.loads((HERE / "operations.json").read_text())
    missing = ADDRESSES.keys() - questions.keys() - {"routes_describe"}
    assert not missing, f"write a question for {missing} into api/examples/operations.json, then: make examples"
    with place(world, follower, postgres, redis_url, sandbox=sandbox) as here:
        answers = all_answers(here)
    assert all(answer.status_code < 300 for answer in answers.values()), {
        name: answer.text for name, answer in answers.items() if answer.status_code >= 300
    }
    given = {name: questions[name] | {"answer": stood_in(answer.json)} for name, answer in answers.items()}
    kept = kept_or_written("operations.json", questions, given)
    assert kept.keys() == given.keys()
    for name, example in given.items():
        assert alike(kept[name], example), f"{name}: make examples"


@pytest.mark.check(32)
def test_every_problem_type_has_an_example(world, follower, postgres, redis_url, sandbox, tmp_path):  # noqa: PLR0917
    answers = all_refusals(world, follower, postgres, redis_url, sandbox, tmp_path)
    given = {slug: stood_in(checked(answer, slug)) for slug, answer in answers.items()}
    kept = kept_or_written("problems.json", examples.problems(), given)
    assert kept.keys() == BY_SLUG.keys()
    if given["query-limit"]["allowed"] == "at most 2 s":  # on a loaded machine its time may be over before its memory
        given["query-limit"] |= {name: kept["query-limit"][name] for name in ("detail", "allowed")}
    for slug, example in given.items():
        assert alike(kept[slug], example), f"{slug}: make examples"

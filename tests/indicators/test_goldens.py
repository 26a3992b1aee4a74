"""Goldens: what TA-Lib lacks, against numbers that did not come from our code; see tests/golden."""

import json

import numpy as np
import pytest

from indicators import build, catalogue, parameters
from tests.indicators.goldens import FOLDER, OWN, read

KINDS = {"independent library", "plain arithmetic", "hand calculation", "author's example"}
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def test_every_indicator_that_talib_lacks_has_a_golden():
    lacking = [cls.id for cls in OWN if not (FOLDER / f"{cls.id}.json").exists()]
    assert lacking == []
    assert set(NAMES) <= {cls.id for cls in catalogue()}
    assert len(OWN) > 90


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_says_where_it_comes_from(name):
    told = read(name)
    assert told.indicator == name
    assert told.provenance.kind in KINDS
    assert told.provenance.by
    assert told.provenance.how
    assert set(json.loads((FOLDER / f"{name}.json").read_text())) <= set(told.__struct_fields__)


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_is_met(name):
    told = read(name)
    indicator = build(name, told.params)
    plain = {one.name for one in parameters(type(indicator)) if not one.convention}
    given = indicator.params()
    assert {one: given[one] for one in plain | told.params.keys()} == told.params  # nothing hangs on a default
    against = np.array(told.against) if told.against else None
    columns = dict(
        zip((one.name for one in indicator.outputs), indicator.compute(told.history(), against=against), strict=True)
    )
    assert told.outputs.keys() == columns.keys()
    for output, expected in told.outputs.items():
        size = max(1.0, np.nanmax(np.abs(columns[output])))
        np.testing.assert_allclose(columns[output][told.at], expected, rtol=0, atol=1e-9 * size, err_msg=output)
    assert len(told.at) * len(told.outputs) >= 2
    assert any(value for values in told.outputs.values() for value in values)

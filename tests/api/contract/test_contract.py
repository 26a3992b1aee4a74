"""What the description promises, asked by schemathesis: whatever it allows, and what it does not."""

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.check(31)]
EXAMPLES = 50


def test_the_description_holds_whatever_is_asked(contract):
    done = contract.run("--checks", "all", "--max-examples", str(EXAMPLES))
    assert done.returncode == 0, done.stdout

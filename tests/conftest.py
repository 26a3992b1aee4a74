"""Fixtures for every room."""

import pytest

from tests.checks import CHECKS

pytest_plugins = ["tests.services"]


def pytest_collection_modifyitems(items):
    """Refuse a check that there is not."""
    for item in items:
        for mark in item.iter_markers("check"):
            if set(mark.args) - CHECKS.keys():
                raise pytest.UsageError(f"{item.nodeid}: no check {mark.args}; tests/checks.py has all")

"""What tests of several resources ask."""

from tests.api.deliveries import customer, delivered  # noqa: F401 - fixtures

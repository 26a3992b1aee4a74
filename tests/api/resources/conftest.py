"""What tests of several resources ask."""

from tests.api.deliveries import customer, delivered, free_customer, shop  # noqa: F401 - fixtures

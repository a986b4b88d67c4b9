"""Starts the servers that the tests run on; the fixtures are in `fixtures.py`."""

from contextlib import ExitStack

import pytest

from tests import services

_stack = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    # In this order: to import the application is to read its settings.
    services.start(_stack)
    config.pluginmanager.import_plugin("tests.fixtures")


def pytest_unconfigure() -> None:
    _stack.close()

"""Starts the servers that the tests run on; the fixtures are in `fixtures.py`."""

from contextlib import ExitStack

import pytest

from tests import services

# Now, not in a hook: the conftest files below this one import the application, and that reads its settings.
_stack = ExitStack()
services.start(_stack)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("tests.fixtures")


def pytest_unconfigure() -> None:
    _stack.close()

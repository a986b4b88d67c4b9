"""How long to search: a minute in all with the whole suite, as long as one likes with `make fuzz SECONDS=`."""

import pytest

MINUTE = 60.0
OPTION = "--fuzz-seconds"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Heard of only where this folder is named, as `make fuzz` does."""
    parser.addoption(OPTION, type=float, default=MINUTE, help="of searching in all")


@pytest.fixture(scope="session")
def minutes(request: pytest.FixtureRequest) -> float:
    """How many times the usual time each search may take."""
    return float(request.config.getoption(OPTION, default=MINUTE)) / MINUTE

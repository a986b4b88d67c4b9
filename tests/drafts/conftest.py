"""Who writes drafts here: alice, and bob beside her."""

import pytest


@pytest.fixture
def alice(as_, cast):
    return as_(cast.alice)


@pytest.fixture
def bob(as_, cast):
    return as_(cast.bob)

"""Ada's clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.admin.asking import open_panel

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.cast import Cast, Member


@pytest.fixture
async def ada(cast: Cast, as_: Callable[[Member], httpx.AsyncClient]) -> httpx.AsyncClient:
    """An admin who has opened the panel."""
    return await open_panel(as_(cast.ada))

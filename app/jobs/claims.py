"""Claims of one process: what is asked for while a statement is under way goes into the next, as one."""

import asyncio
from contextvars import Context

from app.jobs import leases
from app.jobs.outbox import Entry

Asked = tuple[int, asyncio.Future[Entry | None]]


class Claims:
    """A commit for each of a thousand short jobs would cost more than the jobs."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []
        self._asking: asyncio.Task[None] | None = None

    async def take(self, entry_id: int) -> Entry | None:
        """One job for us; None when it is done, dead, not due, or in other hands."""
        answer: asyncio.Future[Entry | None] = asyncio.get_running_loop().create_future()
        self._asked.append((entry_id, answer))
        if self._asking is None:
            # Without the context of whoever asked first: its transaction or request is not the others'.
            self._asking = asyncio.create_task(self._ask(), context=Context())
        return await answer

    async def _ask(self) -> None:
        try:
            while self._asked:
                asked, self._asked = self._asked, []
                await self._answer(asked)
        finally:
            self._asking = None

    async def _answer(self, asked: list[Asked]) -> None:
        try:
            claimed = {entry.id: entry for entry in await leases.claim([entry_id for entry_id, _ in asked])}
        except Exception as error:  # noqa: BLE001  # raised again by each who asked
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
            return
        for entry_id, answer in asked:
            if not answer.done():
                answer.set_result(claimed.pop(entry_id, None))
        if claimed:
            # Whoever asked for these was stopped meanwhile.
            await leases.hand_back(list(claimed.values()))

"""Events of the tests' own, said on any channel, without a post or a comment behind them."""

from app.database.engine import DB
from app.database.transaction import transaction
from app.live import log

KIND = "test.said"


class Said(log.Event, frozen=True):
    """Somebody's words on a channel."""

    kind = KIND
    channel: str
    words: str

    @property
    def channels(self) -> tuple[str, ...]:
        return (self.channel,)

    @property
    def subject(self) -> str:
        return "post:1"

    @property
    def data(self) -> object:
        return {"words": self.words}


async def say(channel: str, words: str = "hello") -> int:
    """Commit one event as the services do; its `seq`."""
    async with transaction() as change:
        seqs = await change.advance(channel)
        await change.record(Said(channel, words))
    return seqs[channel]


_SAY_MANY = """
WITH channel AS (UPDATE channels SET seq = seq + $2 WHERE name = $1 RETURNING seq)
INSERT INTO events (channel, seq, kind, subject, data)
SELECT $1, channel.seq - $2 + number, $3, 'post:1', jsonb_build_object('words', repeat('a', $4) || number)
FROM channel, generate_series(1, $2) AS number
"""


async def say_silently(channel: str, count: int, length: int = 0) -> int:
    """Commit events of which nobody is told, as if Redis had lost them; the last one's `seq`."""
    await DB.fetch(_SAY_MANY, channel, count, KIND, length)
    return await tip(channel)


async def open_channel(channel: str) -> str:
    await DB.fetch("INSERT INTO channels (name) VALUES ($1) ON CONFLICT DO NOTHING", channel)
    return channel


async def tip(channel: str) -> int:
    seq: int = (await DB.fetch("SELECT seq FROM channels WHERE name = $1", channel))[0][0]
    return seq


async def prune(channel: str, floor: int) -> None:
    """Forget the beginning of a channel, as the pruning of LIVE.md 3.7 does."""
    async with DB.transaction():
        await DB.fetch("UPDATE channels SET floor = $2 WHERE name = $1", channel, floor)
        await DB.fetch("DELETE FROM events WHERE channel = $1 AND seq <= $2", channel, floor)


async def change_epoch() -> None:
    """What a restored backup looks like to those who read on."""
    await DB.fetch("UPDATE installation SET id = gen_random_uuid()")

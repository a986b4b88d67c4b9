"""Channel → local connections; looks at the tips every second, so that nothing depends on Redis."""

import asyncio
from time import monotonic
from typing import Any

import msgspec
import structlog

from app.accounts.viewer import Viewer
from app.database.unavailable import UNAVAILABLE
from app.live import frames, log, metrics
from app.live.activity import Count, Pace
from app.live.broker import COUNTS, WHISPER, Listener
from app.live.channels import NAME, POSTS, is_public, may_subscribe
from app.live.connections import Connection, Connections
from app.live.doubts import Doubts
from app.live.feed import Feed
from app.live.heartbeat import Pulse
from app.live.log import Message
from app.live.paging import events, refusal
from app.live.presence import Presence
from app.live.reader import Reader
from app.live.standings import Standing
from app.live.subscription import Subscription

logger = structlog.get_logger("hubbub.live")

LOOK_SECONDS = 1.0
LOOK_TIMEOUT = 10.0
LINGER_SECONDS = 30.0
BLIND_MS = 10_000
# A position that no channel has.
NOWHERE = -1


class NotReadable(Exception):
    """The channel does not exist, or this viewer may not read it; the difference is nobody's business."""


class Blind(ConnectionError):
    """PostgreSQL has said for too long nothing of what was revoked; `unavailable`, as any of its silences."""


class Hub:
    """All live channels of this process."""

    def __init__(self) -> None:
        self.epoch = ""
        self.checked_at = 0.0
        self.connections = Connections()
        self.pulse = Pulse()
        self.presence = Presence()
        self._activity = Pace(self._tell_activity)
        self.doubts = Doubts()
        self.listener = Listener(self._hear, self._look_again)
        self._feeds: dict[str, Feed] = {}
        self._horizon: str | None = None
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[Any]] = []

    async def start(self) -> None:
        """Read where the log stands, then follow it. Raises what PostgreSQL raises when it does not answer."""
        await self._look()
        self._tasks = [asyncio.create_task(self.listener.run()), asyncio.create_task(self._follow())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for feed in self._feeds.values():
            feed.stop()

    @property
    def checked_ms(self) -> int:
        """Milliseconds since PostgreSQL last said where the channels stand."""
        return int((monotonic() - self.checked_at) * 1000)

    @property
    def blind(self) -> bool:
        """Whether nothing that not everybody may read can be promised any more (LIVE.md 4.7)."""
        return self.checked_ms > BLIND_MS

    async def subscribe(self, reader: Reader, viewer: Viewer, request: frames.Subscribe) -> Subscription:
        """Answer with `subscribed`, then everything after the position asked for. Raises NotReadable.

        The order is LIVE.md 4.2: registered here, confirmed by Redis, access, history, hot.
        """
        if NAME.match(request.channel) is None:
            raise NotReadable(request.channel)
        feed = self._open(request.channel)
        subscription = Subscription(reader, feed)
        feed.subscriptions.add(subscription)
        turn = self.doubts.turn
        try:
            await self.listener.subscribe(request.channel)
            standing = await self._standing(viewer, request.channel)
        except BaseException:
            self.leave(subscription)
            raise
        feed.begin(standing.tip)
        subscription.answer(request, standing)
        self.doubts.settle(f"channel:{request.channel}", turn)
        return subscription

    async def follow(self, reader: Reader, channel: str) -> Subscription:
        """Everything on a channel, for a part of this process; nobody's access is asked. Begins with a `resync`."""
        subscription = Subscription(reader, self._open(channel))
        subscription.feed.subscriptions.add(subscription)
        await self.listener.subscribe(channel)
        subscription.start("", NOWHERE)
        return subscription

    def see(self, channel: str, standing: Standing | None) -> None:
        """Who may read the channel was looked at."""
        if (feed := self._feeds.get(channel)) is not None:
            feed.public = is_public(channel, standing)

    async def reach(self, channel: str, seq: int) -> None:
        """Return when readers at the tip have been written the event with this `seq`."""
        feed = self._feeds.get(channel)
        while feed is not None and feed.hot and feed.last is not None and feed.last < seq:
            if not await asyncio.shield(feed.fill()):
                return

    def leave(self, subscription: Subscription) -> None:
        subscription.stop()
        self.presence.leave(subscription)
        if not subscription.feed.subscriptions:
            # Readers who reload come back at once; Redis need not hear of it.
            asyncio.get_running_loop().call_later(LINGER_SECONDS, self._retire, subscription.feed)

    def dismiss(self, connection: Connection) -> None:
        """Forget a connection, and all that it follows."""
        self.connections.discard(connection)
        for subscription in connection.subscriptions.values():
            self.leave(subscription)

    async def fetch(self, reader: Reader, viewer: Viewer, request: frames.Fetch) -> None:
        """Answer with one page of the log, or a `resync`; moves no subscription. Raises NotReadable."""
        stand: log.Stand = await self._standing(viewer, request.channel)
        reason = refusal(stand, request.epoch, request.after)
        if reason is None:
            stand = history = await self._history(stand, request)
            reason = refusal(stand, request.epoch, request.after)
        metrics.recover(reason or "fetch")
        if reason is None:
            reader.send(events(request.channel, history, request.id)[0])
        else:
            reader.send(frames.Resync(request.channel, stand.epoch, stand.tip, reason, request.id))

    async def _standing(self, viewer: Viewer, channel: str) -> Standing:
        standing = await may_subscribe(viewer, channel)
        if standing is None:
            raise NotReadable(channel)
        if self.blind and not is_public(channel, standing):
            raise Blind
        self.see(channel, standing)
        self._check_epoch(standing.epoch)
        return standing

    async def _history(self, stand: log.Stand, request: frames.Fetch) -> log.History:
        feed = self._feeds.get(request.channel)
        known = feed.remembered(request.after, request.limit) if feed is not None else None
        if request.after == stand.tip or known:
            return log.History(stand.epoch, stand.tip, stand.floor, known or [])
        history = await log.read(request.channel, request.after, request.limit)
        if history is None:
            raise NotReadable(request.channel)
        return history

    def _open(self, channel: str) -> Feed:
        feed = self._feeds.get(channel)
        if feed is None:
            feed = self._feeds[channel] = Feed(channel, self.epoch, self._check_epoch)
        return feed

    def _retire(self, feed: Feed) -> None:
        if feed.subscriptions or self._feeds.get(feed.channel) is not feed:
            return
        del self._feeds[feed.channel]
        feed.stop()
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(self.listener.unsubscribe(feed.channel)))

    def _hear(self, message: Message) -> None:
        feed = self._feeds.get(message.channel)
        if message.seq == WHISPER:
            if feed is not None:
                feed.whisper(message.frame)
        elif message.seq == COUNTS:
            for count in msgspec.json.decode(message.frame, type=list[Count]):
                self._activity.hear(count)
        elif message.epoch != self.epoch:
            self._look_again()
        elif feed is not None:
            feed.hear(message.seq, message.frame, message.committed)

    def _tell_activity(self, count: Count) -> None:
        if (feed := self._feeds.get(POSTS)) is not None:
            feed.whisper(msgspec.json.encode(frames.Activity(count.post, count.comments_count)))

    def _look_again(self) -> None:
        """Compare all local channels, now: something may have passed us by."""
        self._horizon = None
        self._wake.set()

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                async with asyncio.timeout(LOOK_TIMEOUT):
                    await self._look()
            except UNAVAILABLE as error:
                self._horizon = None
                logger.warning("tips_failed", error=str(error) or type(error).__name__)
            except Exception:
                # Whatever it is, it must not end the one thing that completeness cannot do without.
                self._horizon = None
                logger.exception("tips_failed")

    async def _look(self) -> None:
        # `horizon` is taken before the read and replaced only after it: `_look_again` during it is kept.
        horizon, self._horizon = self._horizon, None
        asked = set(self._feeds)
        tips = await (log.tips(horizon) if horizon else log.stand(asked))
        # `stand` says nothing of a channel that came while it waited for a connection.
        if not self._wake.is_set() and (horizon or asked >= self._feeds.keys()):
            self._horizon = tips.horizon
        self.checked_at = monotonic()
        self._check_epoch(tips.epoch)
        if horizon and tips.seqs:
            metrics.woken("tips")
        for channel, seq in tips.seqs.items():
            if (feed := self._feeds.get(channel)) is not None:
                feed.moved_to(seq)

    def _check_epoch(self, epoch: str) -> None:
        if epoch == self.epoch:
            return
        first, self.epoch = not self.epoch, epoch
        if not first:
            for feed in tuple(self._feeds.values()):
                feed.restart(epoch)

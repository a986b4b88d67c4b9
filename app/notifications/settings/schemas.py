"""What comes in and goes out about how one is told."""

import msgspec
from msgspec import UNSET, UnsetType

from app.notifications.schemas import Delivery


class NotificationSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One entry a kind: off, here alone, or by mail as well: at once, hourly or daily in one."""

    reply: Delivery
    mention: Delivery
    reaction: Delivery
    follow: Delivery
    post: Delivery
    moderation: Delivery
    weekly_digest: bool


class SettingsChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    reply: Delivery | UnsetType = UNSET
    mention: Delivery | UnsetType = UNSET
    reaction: Delivery | UnsetType = UNSET
    follow: Delivery | UnsetType = UNSET
    post: Delivery | UnsetType = UNSET
    moderation: Delivery | UnsetType = UNSET
    weekly_digest: bool | UnsetType = UNSET

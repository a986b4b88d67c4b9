"""A suspension, as everything that reads a member reads it along: one that is over is none."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

COLUMNS = """
    suspensions.id IS NOT NULL AS is_suspended, suspensions.until AS suspended_until,
    suspensions.reason AS suspension_reason
"""
JOINED = """
LEFT JOIN suspensions ON suspensions."user" = users.id AND (suspensions.until IS NULL OR suspensions.until > now())
"""
# Whether whoever is in `users` may be told and mailed things.
UNSUSPENDED = """
NOT EXISTS (SELECT FROM suspensions WHERE suspensions."user" = users.id
    AND (suspensions.until IS NULL OR suspensions.until > now()))
"""


class Suspension(msgspec.Struct, frozen=True):
    """`until` is None for one that does not end by itself."""

    until: datetime | None
    reason: str

    @property
    def over(self) -> bool:
        """Whether it has ended since it was read: connections stay for hours."""
        return self.until is not None and self.until <= datetime.now(UTC)

    @property
    def words(self) -> str:
        end = "" if self.until is None else f" until {self.until.astimezone(UTC):%-d %B %Y, %H:%M} UTC"
        return f"Your account is suspended{end}: {self.reason}"


def suspension_of(row: Mapping[str, Any]) -> Suspension | None:
    """The suspension in a row with `COLUMNS`."""
    return Suspension(row["suspended_until"], row["suspension_reason"]) if row["is_suspended"] else None

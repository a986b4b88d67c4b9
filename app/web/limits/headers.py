"""How an answer tells of limits: `Retry-After`, and the fields of draft-ietf-httpapi-ratelimit-headers-06.

Later drafts put all of it into one structured field; clients that read any of this read these.
"""

from app.web.errors import RateLimited
from app.web.limits.ring import Verdict

MESSAGE = "That was a lot at once."
# Fewer seconds than this are told in units of so many seconds.
SPOKEN = ((90, 1, "second"), (5400, 60, "minute"), (10**9, 3600, "hour"))


def fields_of(verdict: Verdict) -> dict[str, str]:
    standing = verdict.tightest
    rate = standing.ring.rate
    return {
        "RateLimit-Limit": str(rate.count),
        "RateLimit-Remaining": str(standing.remaining),
        "RateLimit-Reset": str(standing.wait or standing.reset),
        "RateLimit-Policy": f"{rate.count};w={rate.seconds}",
    }


def refusal_of(verdict: Verdict, message: str = MESSAGE) -> RateLimited:
    """What is raised or shown; it says when to come back."""
    wait = verdict.tightest.wait
    refusal = RateLimited(f"{message} Try again in {_spoken(wait)}.", seconds=wait)
    refusal.headers.update(fields_of(verdict))
    return refusal


def _spoken(seconds: int) -> str:
    size, unit = next((s, u) for most, s, u in SPOKEN if seconds < most)
    count = -(-seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'}"

"""How far a token reaches: `read` and `write` what its member may, and what of their role it lends."""

from collections.abc import Collection
from typing import Literal, get_args

Scope = Literal["read", "write", "moderate", "admin"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
RANKS = ("member", "moderator", "admin")
_LENDS = {"moderate": 1, "admin": 2}


def lent_role(role: str, scopes: Collection[str]) -> str:
    """The member's role, or the lower one that these scopes reach up to."""
    return RANKS[min(RANKS.index(role), reach(scopes))]


def reach(scopes: Collection[str]) -> int:
    """The rank that these scopes reach up to."""
    return max(_LENDS.get(scope, 0) for scope in scopes)

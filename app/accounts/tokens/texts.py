"""What a token looks like, and what of it is stored."""

import hashlib
import re
import secrets

TOKEN = re.compile(r"hub_[A-Za-z0-9_-]{43}\Z")


def new_token() -> str:
    """A text that nobody guesses; only its hash is stored."""
    return f"hub_{secrets.token_urlsafe(32)}"


def hash_of(token: str) -> bytes:
    # A plain hash is enough: there is nothing to try out in 256 random bits.
    return hashlib.sha256(token.encode()).digest()

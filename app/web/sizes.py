"""How large a body may be where nobody writes at length; elsewhere `HUBBUB_BODY_LIMIT_BYTES` says it."""

from app.settings import settings

# Names, addresses, passwords, a bio, each letter of it escaped: what is longer is not read.
FEW_WORDS = min(16_384, settings.body_limit_bytes)

"""What a browser is called, out of what it says of itself."""

BROWSERS = (
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"), ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"), ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"), ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


UNKNOWN = "Unknown device"


def device_name(user_agent: str) -> str:
    """`Firefox on Linux`; a program that is no browser by its own words."""
    known = known_device(user_agent)
    return user_agent[:80] or UNKNOWN if known == UNKNOWN else known


def known_device(user_agent: str) -> str:
    """The same without words that whoever asks could choose, for mails of ours."""
    browser = _first(BROWSERS, user_agent)
    system = _first(SYSTEMS, user_agent)
    if browser is None:
        return UNKNOWN
    return f"{browser} on {system}" if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    """Most browsers claim to be several others too; the first that fits is the most particular."""
    return next((name for mark, name in names if mark in user_agent), None)

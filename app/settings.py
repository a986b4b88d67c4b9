"""Every setting there is: one frozen Struct, read once; nothing else in Hubbub reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
Positive = Annotated[int, Meta(ge=1)]
# So many at once, and as many again in that time, evenly; 0 of them is no limit.
Rate = Annotated[str, Meta(pattern=r"^[0-9]{1,6}/(second|minute|hour|day)$")]


class SettingsError(Exception):
    """One line for the person who starts Hubbub: which variable, and what is wrong with it."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Field `x` is the variable `HUBBUB_X`, but for the names that other tools share (see PLAIN_NAMES)."""

    database_url: str = ""
    redis_url: str = ""
    host: str = "127.0.0.1"
    port: Port = 8000
    env: Literal["development", "production"] = "development"
    name: Annotated[str, Meta(min_length=1, max_length=60)] = "Hubbub"
    description: Annotated[str, Meta(max_length=300)] = ""
    accent: str = ""
    logo: str = ""
    url: str = ""
    origins: list[str] = msgspec.field(default_factory=list)
    trusted_proxies: list[str] = msgspec.field(default_factory=list)
    data_dir: str = "./var"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    pool_size: Annotated[int, Meta(ge=2, le=500)] = 10
    pool_timeout_ms: Positive = 5000
    slow_query_ms: Positive = 100
    slow_request_ms: Positive = 1000
    request_seconds: Positive = 120
    session_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    ping_ms: Annotated[int, Meta(ge=100, le=120_000)] = 10_000
    connections_per_address: Annotated[int, Meta(ge=0)] = 1000
    connections_per_user: Annotated[int, Meta(ge=0)] = 100
    rate_limits: Literal["on", "off"] = "on"
    limit_anonymous: Rate = "100/minute"
    limit_account: Rate = "300/minute"
    limit_address: Rate = "1000/minute"
    limit_posting: Rate = "30/minute"
    limit_flagging: Rate = "20/hour"
    limit_sign_in: Rate = "30/minute"
    limit_registration: Rate = "20/hour"
    limit_mail: Rate = "20/hour"
    limit_password: Rate = "30/hour"  # noqa: S105  # a rate
    limit_failures: Rate = "10/hour"
    limit_failures_account: Rate = "50/hour"
    limit_failures_address: Rate = "50/hour"
    body_limit_bytes: Annotated[int, Meta(ge=1024)] = 262_144
    demo: Literal["on", "off"] = "on"
    demo_password: str = ""
    upload_limit_bytes: Annotated[int, Meta(ge=1024)] = 10_485_760
    event_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    smtp_url: str = ""
    smtp_connections: Annotated[int, Meta(ge=1, le=100)] = 10
    mail_from: str = "hubbub@localhost"

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def demo_allowed(self) -> bool:
        """Whether an empty community may become the demo: on one's own machine only."""
        return self.demo == "on" and not self.production and self.host in LOOPBACK

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS."""
        return urlsplit(self.url).scheme == "https"

    @property
    def address(self) -> str:
        """Where links that leave the site lead, without a slash at the end."""
        here = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host  # noqa: S104  # nosec B104  # read, not bound to
        return self.url.rstrip("/") or f"http://{here}:{self.port}"

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir).expanduser().resolve()


PLAIN_NAMES = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL", "host": "HOST", "port": "PORT"}
URL_SCHEMES = {
    "database_url": ("postgresql", "postgres"),
    "redis_url": ("redis", "rediss", "unix"),
    "url": ("http", "https"),
    "smtp_url": ("smtp", "smtps"),
}


def variable(field: str) -> str:
    """The environment variable that sets this field."""
    return PLAIN_NAMES.get(field, f"HUBBUB_{field.upper()}")


def load(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Settings from a `.env` file and the environment, which wins. Raises SettingsError."""
    given = {**_read_dotenv(dotenv or Path(".env")), **(os.environ if environ is None else environ)}
    fields = {variable(name): name for name in Settings.__struct_fields__}
    _refuse_unknown(given, fields)
    hints = get_type_hints(Settings, include_extras=True)
    values: dict[str, Any] = {
        field: _parse(name, given[name], hints[field]) for name, field in fields.items() if given.get(name)
    }
    for field, schemes in URL_SCHEMES.items():
        _check_url(variable(field), str(values.get(field, "")), schemes)
    _check_accent(str(values.get("accent", "")))
    return Settings(**values)


def child_environment(**fields: object) -> dict[str, str]:
    """This process's environment with some settings replaced, for the processes that we start."""
    return {**os.environ, **{variable(field): str(value) for field, value in fields.items()}}


def _read_dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if _is_assignment(line))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _is_assignment(line: str) -> bool:
    return "=" in line and not line.lstrip().startswith("#")


def _refuse_unknown(given: Mapping[str, str], fields: Mapping[str, str]) -> None:
    for name in sorted(given):
        if name.startswith("HUBBUB_") and name not in fields:
            raise SettingsError(f"{name} is not a setting of Hubbub; the README lists those there are.")


def _parse(name: str, text: str, kind: object) -> object:
    raw = [part.strip() for part in text.split(",")] if _is_list(kind) else text
    try:
        return msgspec.convert(raw, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}={text!r}: {_plain(error)}.") from None


def _is_list(kind: object) -> bool:
    return get_origin(kind) is list or bool(get_args(kind) and get_origin(get_args(kind)[0]) is list)


def _plain(error: msgspec.ValidationError) -> str:
    return str(error).split(" - at ", maxsplit=1)[0].replace("`", "").lower()


def _check_url(name: str, text: str, schemes: tuple[str, ...]) -> None:
    if not text:
        return
    try:
        parts = urlsplit(text)
        usable = parts.scheme in schemes and bool(parts.netloc or parts.path) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            f"{name} is not a URL that starts with {' or '.join(s + '://' for s in schemes)}."
        )


def _check_accent(text: str) -> None:
    if not text:
        return
    # Imported late: only who has a colour of their own waits for what reads it.
    from app.site.colour import parse  # noqa: PLC0415

    try:
        parse(text)
    except ValueError:
        raise SettingsError(
            f"HUBBUB_ACCENT={text!r} is neither a hue from 0 to 360 nor a CSS colour such as #b94400."
        ) from None


def _load_or_stop() -> Settings:
    try:
        return load()
    except SettingsError as error:
        raise SystemExit(f"hubbub: {error}") from None


settings = _load_or_stop()

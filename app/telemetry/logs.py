"""Logs: one line an event, for people in development, JSON for machines."""

import logging
import sys
from typing import Any

import structlog

from app.settings import settings
from app.telemetry.secrecy import conceal, describe

# They tell of every request, job and address at INFO, which is nobody's business.
QUIETER = {
    "uvicorn.error": logging.WARNING,
    "uvicorn.asgi": logging.WARNING,
    "asyncio": logging.WARNING,
    "websockets": logging.WARNING,
    # While Redis is away it tells so with a traceback several times a second; the relay says it once.
    "saq": logging.CRITICAL,
}
SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure() -> None:
    """Send structlog's events and other libraries' warnings to stderr in one format."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=_tail()))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, least in QUIETER.items():
        logging.getLogger(name).setLevel(max(level, least))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _tail() -> list[Any]:
    traced = structlog.processors.ExceptionRenderer(_describe)
    told = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, traced, conceal]
    if settings.log_format == "json":
        return [*told, structlog.processors.JSONRenderer()]
    return [*told, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=24)]


def _describe(exc_info: structlog.typing.ExcInfo) -> str:
    return describe(exc_info[1])

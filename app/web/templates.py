"""Pages out of Jinja templates: one environment, one way to render."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType

from app.settings import settings
from app.web import assets
from app.web.address import root
from app.web.theme import theme_of

FOLDER = Path(__file__).parent.parent / "templates"


def page(
    request: Request[Any, Any, Any], template: str, *, status_code: int = 200, **context: object
) -> Response[str]:
    """Render a template for the one who asks; what they may see is theirs alone to cache."""
    html = environment.get_template(template).render(
        viewer=request.state.viewer,
        here=here(request),
        root=root(request),
        theme=theme_of(request.cookies),
        request_id=request.state.get("request_id", ""),
        **context,
    )
    headers = {"Cache-Control": "private, no-cache", "Vary": "Cookie"}
    return Response(html, status_code=status_code, media_type=MediaType.HTML, headers=headers)


def introduce(site: object) -> None:
    """Tell every page whose it is: `site` in the templates."""
    environment.globals["site"] = site


def here(request: Request[Any, Any, Any]) -> str:
    """What was asked for, as a link to come back to."""
    query = request.scope["query_string"].decode("latin-1")
    return request.url.path + (f"?{query}" if query else "")


def ago(moment: str) -> str:
    """A short time for readers without JavaScript: "5 min", "3 h", "2 d", then the date."""
    then = datetime.fromisoformat(moment)
    seconds = (datetime.now(UTC) - then).total_seconds()
    for least, unit, name in ((86_400, 86_400, "d"), (3600, 3600, "h"), (60, 60, "min")):
        if least <= seconds < 7 * 86_400:
            return f"{int(seconds // unit)} {name} ago"
    return "just now" if seconds < 60 else f"{then:%-d %B %Y}"


def day(moment: str) -> str:
    """The day of a time that is still to come."""
    return f"{datetime.fromisoformat(moment):%-d %B %Y}"


def minute(moment: str) -> str:
    """A time that is still to come, for readers in every zone."""
    return f"{datetime.fromisoformat(moment):%-d %B %Y, %H:%M} UTC"


def lasting(seconds: float) -> str:
    """How long something is: "40 s", "5 min", "3 h", "2 d"."""
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{int(seconds // unit)} {name}"
    return f"{int(seconds)} s"


def plural(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _build() -> Environment:
    built = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=not settings.production,
    )
    built.filters.update(ago=ago, day=day, lasting=lasting, minute=minute, plural=plural)
    built.globals.update(site={"name": settings.name}, asset=assets.address)
    return built


environment = _build()

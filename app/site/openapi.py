"""/api/openapi.json: what Litestar reads off the controllers, and what holds for all of them (API.md)."""

from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from app.settings import settings

METHODS = ("get", "post", "put", "patch", "delete")
REFUSALS = {
    400: "JSON, a query or a field that cannot be understood.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "It may be seen and not be changed, the token's scopes do not reach that far, or another site asked.",
    404: "It does not exist, or it is not for this reader to see.",
    409: "It does not go with how things stand.",
    413: "The body is larger than can be taken.",
    415: "The body is of a kind that is not taken here.",
    422: "Values that cannot be taken, all of them at once.",
    429: "Too much at once; `Retry-After` says when to come back.",
    500: "Our fault; the request id says which.",
    503: "The database does not answer just now.",
}
FAILURE = {
    "type": "object",
    "required": ["success", "message", "errors"],
    "properties": {
        "success": {"const": False},
        "message": {"type": "string"},
        "data": {"description": "Of a draft that was changed meanwhile: the newer one."},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": ["string", "null"]},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}

TOKENS = (
    "A personal access token, made on /settings/tokens. What is asked with it is asked in its member's name, as "
    "far as its scopes reach: `read` for GET, `write` for all other methods, and beside them `moderate` for what "
    "moderators may and `admin` for what admins may, if its member is one. A token wins over the cookie. None "
    "reaches tokens, sessions, password, address and second factor: these are for who is signed in."
)


class Complete(JsonRenderPlugin):
    """Adds to each operation its summary and every way in which it may be refused."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return super().render(request, complete(openapi_schema))


def complete(schema: dict[str, Any]) -> dict[str, Any]:
    schema.setdefault("components", {}).setdefault("schemas", {})["Failure"] = FAILURE
    tags: set[str] = set()
    for path, item in schema["paths"].items():
        for method in METHODS:
            if operation := item.get(method):
                _complete_operation(operation, path, method)
                tags.update(operation.get("tags", []))
    schema["tags"] = [{"name": tag} for tag in sorted(tags)]
    return schema


def _complete_operation(operation: dict[str, Any], path: str, method: str) -> None:
    operation["summary"] = operation["operationId"].partition(".")[2].replace("_", " ").capitalize()
    if method == "get" and "security" not in operation:
        # Who is not signed in may read most of it.
        operation["security"] = [{}, {"cookie": []}, {"bearer": []}]
    responses = operation.setdefault("responses", {})
    # Litestar thinks that there is a body, of the type null, where a Response may be returned.
    responses.get("204", {}).pop("content", None)
    for status in _refusals(path, method, has_body="requestBody" in operation):
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
        responses[str(status)] = {"description": REFUSALS[status], "content": content}


def _refusals(path: str, method: str, *, has_body: bool) -> list[int]:
    found = {400, 401, 403, 422, 429, 500, 503}
    if "{" in path:
        found.add(404)
    if method != "get":
        found.add(409)
    if has_body:
        found |= {413, 415}
    return sorted(found)


def name_of(handler: HTTPRouteHandler, method: Any, path: Any) -> str:
    """`posts.show_post`: the list that it stands in, and what it does."""
    owner = min(handler.tags) if handler.tags else _owner(handler)
    return f"{owner}.{handler.handler_name}"


def _owner(handler: HTTPRouteHandler) -> str:
    tags = getattr(handler.owner, "tags", None)
    return min(tags) if tags else "api"


OPENAPI = OpenAPIConfig(
    title=settings.name,
    version="1",
    description=settings.description or "Everything that the pages do, as JSON.",
    path="/api",
    render_plugins=[Complete(path="/openapi.json")],
    operation_id_creator=name_of,
    components=Components(
        security_schemes={
            "cookie": SecurityScheme(
                type="apiKey",
                name="hubbub_session",
                security_scheme_in="cookie",
                description="What signing in sets.",
            ),
            "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="hub_…", description=TOKENS),
        }
    ),
    security=[{"cookie": []}, {"bearer": []}],
)

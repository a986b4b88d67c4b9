"""Piccolo Admin, put together: our tables, our name, our sessions."""

import logging
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from piccolo_admin.endpoints import AdminRouter, create_admin
from piccolo_admin.translations.data import ENGLISH
from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.requests import HTTPConnection
from starlette.routing import Mount

from app.admin.looks import dress
from app.admin.shown import TABLES
from app.settings import settings


class Admin(SimpleUser):
    """One of our admins, as Piccolo Admin wants to hear of them."""

    def __init__(self, user_id: int, username: str) -> None:
        super().__init__(username)
        self.user_id = user_id


class OurSession(AuthenticationBackend):
    """Who it is has been found out by our door; what comes here has passed the bridge and is an admin's."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, Admin]:
        viewer = conn.scope["state"]["viewer"]
        return AuthCredentials(["authenticated"]), Admin(viewer.id, viewer.username)


@cache
def panel() -> AdminRouter:
    """Made when the first admin comes: it takes half a second that no start should wait for."""
    made: AdminRouter = create_admin(
        TABLES,
        auto_include_related=False,
        site_name=settings.name,
        default_language_code="en",
        translations=[ENGLISH],
        allowed_hosts=[urlsplit(url).hostname or "" for url in (settings.url, *settings.origins)],
        sidebar_links={"Jobs": "/admin/jobs", f"Back to {settings.name}": "/"},
    )
    api: Any = next(
        route for route in made.router.routes if isinstance(route, Mount) and route.path == "/api"
    )
    # Its own would look for a session table and a cookie that do not exist, and let nobody in.
    api.app.backend = OurSession()
    # What it logs as errors are queries that make no sense; real ones reach our own handler, which logs them.
    logging.getLogger("piccolo_admin.endpoints").disabled = True
    dress(made)
    return made

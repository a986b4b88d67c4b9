"""Feeds, files, the admin panel, and what machines ask for."""

from app.permissions.rows import Row, route
from app.permissions.rules import ANYONE, HIDDEN, NOTHING, Rule

# For everybody else there is no such place.
PANEL = Rule(anonymous="not_found", member="not_found", author="not_found", moderator="not_found")

SITE: list[Row] = [
    # Access is the channel's, in `channels.py`.
    route("GET /api/v1/channels/{channel:str}/events", ANYONE),
    route("GET /api/asyncapi.json", ANYONE, tokens="unasked"),
    route("GET /api/openapi.json", ANYONE, tokens="unasked"),
    route("GET /api", ANYONE, tokens="unasked"),
    route("GET /api/{path:str}", NOTHING, tokens="unasked"),
    route("GET /api/docs", ANYONE, tokens="unasked"),
    route("GET /api/docs/{asked:str}/{name:str}", ANYONE, tokens="unasked"),
    route("GET /feed.atom", ANYONE, tokens="unasked"),
    # The same for all, as it is kept on the way: without what anybody may not read.
    route("GET /posts/{post_id:int}/feed.atom", ANYONE, tokens="unasked", removed=HIDDEN),
    route("GET /robots.txt", ANYONE, tokens="unasked"),
    route("GET /sitemap.xml", ANYONE, tokens="unasked"),
    route("GET /sitemaps/{number:int}", ANYONE, tokens="unasked"),
    # Without a setting there is none.
    route("GET /theme.css", NOTHING, tokens="unasked"),
    route("GET /logo", NOTHING, tokens="unasked"),
    route("GET /favicon.svg", ANYONE, tokens="unasked"),
    route("GET /favicon.ico", ANYONE, tokens="unasked"),
    route("GET /apple-touch-icon.png", ANYONE, tokens="unasked"),
    route("GET /icons/{name:str}", ANYONE, tokens="unasked"),
    route("GET /site.webmanifest", ANYONE, tokens="unasked"),
    route("GET /uploads/{file_name:str}", ANYONE, tokens="unasked"),
    route("GET /static/{version:str}/{path:path}", ANYONE, tokens="unasked"),
    # By every method: what is below it is Piccolo Admin's.
    route("GET /admin", PANEL, tokens="within scopes or nobody"),
    route("PATCH /admin", PANEL, tokens="within scopes or nobody", also_suspended=True),
    route("GET /admin/jobs", PANEL),
    route("POST /admin/jobs/retries", PANEL),
    route("POST /admin/jobs/removals", PANEL),
    # Whoever has the link of a mail: it is good for this one thing.
    route(
        "GET /unsubscriptions/{name:str}/{user_id:int}/{signature:str}", ANYONE, tokens="unasked", gone=HIDDEN
    ),
    route(
        "POST /unsubscriptions/{name:str}/{user_id:int}/{signature:str}",
        ANYONE,
        tokens="unasked",
        also_suspended=True,
        gone=HIDDEN,
    ),
    route(
        "POST /unsubscriptions/{name:str}/{user_id:int}/{signature:str}/removal",
        ANYONE,
        tokens="unasked",
        also_suspended=True,
        gone=HIDDEN,
    ),
    # In development, and from the machine itself.
    route("GET /dev/mail", ANYONE, tokens="unasked"),
    route("GET /dev/mail/{mail_id:int}", ANYONE, tokens="unasked"),
    route("GET /dev/mail/{mail_id:int}/html", ANYONE, tokens="unasked"),
    route("GET /health", ANYONE, tokens="unasked"),
    route("GET /health/ready", ANYONE, tokens="unasked"),
    # From the machine itself, or with the token of the settings.
    route("GET /metrics", ANYONE, tokens="unasked"),
]

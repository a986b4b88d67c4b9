"""What the parameters of a path stand for, each made when it is asked for."""

from collections.abc import Awaitable, Callable

from app.accounts import verification
from app.accounts.addresses import links as addresses
from app.accounts.addresses.services import ask_for_email
from app.accounts.mails import REGISTRATIONS
from app.accounts.resets import links as resets
from app.accounts.security.schemas import EmailChange
from app.accounts.tokens.texts import new_token
from app.database.engine import DB
from app.database.transaction import transaction
from app.mail.lists.links import link_to_leave
from app.permissions.rows import SUBJECT, Row
from app.site.reference import VERSION
from app.uploads import images
from app.uploads import services as uploads
from app.web import assets
from tests.cast import PASSWORD
from tests.permissions.world import World
from tests.pictures import picture
from tests.tokens import lend

Place = Callable[[World], Awaitable[object]]


async def address_of(row: Row, world: World) -> str:
    """The path of a row, or the name of its channel, with this world's things in it."""
    if row.address == "/static/{version:str}/{path:path}":
        return assets.address("css/tokens.css")
    if row.address == "/admin":
        return {"GET": "/admin/", "PATCH": f"/admin/api/tables/users/{world.author.id}/"}[row.method]
    path = row.address
    for match in SUBJECT.finditer(row.address):
        place = PLACES.get((row.address, match[1])) or PLACES["", match[1]]
        path = path.replace(match[0], str(await place(world)), 1)
    return path


def _is(value: object) -> Place:
    async def place(world: World) -> object:
        return value

    return place


async def _post(world: World) -> int:
    return world.post


async def _comment(world: World) -> int:
    return world.comment


async def _user(world: World) -> int:
    return world.author.id


async def _handle(world: World) -> str:
    return f"@{world.author.username}"


async def _tag(world: World) -> str:
    await DB.fetch("INSERT INTO tags (name) VALUES ('bread') ON CONFLICT DO NOTHING")
    return "bread"


async def _draft(world: World) -> str:
    """Everybody's own under the same name."""
    if world.asker:
        await DB.fetch(
            """INSERT INTO drafts ("user", subject, body, tags, version) VALUES ($1, 'new', 'Words', '{}', 1)
            ON CONFLICT DO NOTHING""",
            world.asker.id,
        )
    return "new"


async def _notification(world: World) -> int:
    rows = await DB.fetch(
        """INSERT INTO notifications ("user", kind, key, post, cause, seq)
        VALUES ($1, 'post', 'post:' || $2::bigint, $2, 'followed_author', 1)
        ON CONFLICT ("user", key) DO UPDATE SET read_at = NULL RETURNING id""",
        world.author.id, world.thread,
    )  # fmt: skip
    await DB.fetch(
        "INSERT INTO notification_actors (notification, actor) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        rows[0]["id"], world.people["host"].id,
    )  # fmt: skip
    return int(rows[0]["id"])


async def _session(world: World) -> int:
    rows = await DB.fetch(
        """INSERT INTO sessions ("user", token_hash, expires_at)
        VALUES ($1, sha256($2::text::bytea), now() + interval '1 day') RETURNING id""",
        world.author.id, new_token(),
    )  # fmt: skip
    return int(rows[0]["id"])


async def _token(world: World) -> int:
    return (await lend(world.author, "read")).id


async def _confirmation(world: World) -> str:
    return await verification.issue(world.author.id, world.author.email)


async def _email_change(world: World) -> str:
    wanted = EmailChange(password=PASSWORD, email=f"new_{world.number}@example.org")
    await ask_for_email(world.author.viewer, wanted)
    rows = await DB.fetch('SELECT id FROM email_changes WHERE "user" = $1', world.author.id)
    issued = await addresses.issue(rows[0]["id"])
    assert issued
    return issued.token


async def _reset(world: World) -> str:
    issued = await resets.issue(world.author.email, str(world.number))
    assert issued
    return issued.token


async def _set_up(world: World) -> str:
    token = new_token()
    await DB.fetch(
        """INSERT INTO set_up_links (token_hash, expires_at)
        VALUES (sha256($1::text::bytea), now() + interval '1 day')""",
        token,
    )
    return token


async def _mail(world: World) -> int:
    rows = await DB.fetch(
        """INSERT INTO mails (recipient, subject, text, html, message_id)
        VALUES ('a@example.org', 'x', 'x', '<p>x</p>', $1) RETURNING id""",
        f"m{world.number}",
    )
    return int(rows[0]["id"])


async def _file(world: World) -> str:
    pictures = await images.squares(picture())
    async with transaction():
        return (await uploads.keep(world.author.id, pictures)).rpartition("/")[2]


async def _export(world: World) -> int:
    rows = await DB.fetch(
        """WITH export AS (
            INSERT INTO exports ("user", status, progress, size, expires_at)
            VALUES ($1, 'done', 100, 3, now() + interval '1 day') RETURNING id
        ), part AS (INSERT INTO export_parts (export, number, body) SELECT id, 0, 'zip' FROM export)
        SELECT id FROM export""",
        world.author.id,
    )
    return int(rows[0]["id"])


async def _flag(world: World) -> int:
    rows = await DB.fetch(
        "INSERT INTO flags (post, reason) VALUES ($1, 'spam') RETURNING id",
        world.thread,
    )
    return int(rows[0]["id"])


async def _leave(world: World) -> str:
    """The signature of the link in a mail; of one who has gone there is none."""
    return (await link_to_leave(REGISTRATIONS, world.author.id)).rpartition("/")[2] or "none"


UNSUBSCRIPTION = "/unsubscriptions/{name:str}/{user_id:int}/{signature:str}"

# By the path where a name means several things, otherwise by the name alone.
PLACES: dict[tuple[str, str], Place] = {
    ("", "post_id"): _post,
    ("", "comment_id"): _comment,
    ("", "user_id"): _user,
    ("", "session_id"): _session,
    ("", "token_id"): _token,
    ("", "notification_id"): _notification,
    ("", "handle"): _handle,
    ("", "slug"): _is("bread"),
    ("", "kind"): _is("like"),
    ("/tags/{name:str}", "name"): _is("bread"),
    ("/api/v1/tags/{name:str}/follow", "name"): _tag,
    ("/tags/{name:str}/follow", "name"): _tag,
    ("/tags/{name:str}/follow/removal", "name"): _tag,
    ("", "subject"): _draft,
    ("/icons/{name:str}", "name"): _is("192.png"),
    ("/email-verifications/{token:str}", "token"): _confirmation,
    ("/api/v1/email-verifications/{token:str}", "token"): _confirmation,
    ("/email-changes/{token:str}", "token"): _email_change,
    ("/password-resets/{token:str}", "token"): _reset,
    ("/api/v1/password-resets/{token:str}", "token"): _reset,
    ("/set-up/{token:str}", "token"): _set_up,
    (UNSUBSCRIPTION, "name"): _is("registrations"),
    (f"{UNSUBSCRIPTION}/removal", "name"): _is("registrations"),
    ("", "signature"): _leave,
    ("", "export_id"): _export,
    ("", "flag_id"): _flag,
    ("", "mail_id"): _mail,
    ("", "file_name"): _file,
    ("", "number"): _is(1),
    ("", "channel"): _is("posts"),
    ("/api/{path:str}", "path"): _is("nothing"),
    ("", "asked"): _is(VERSION),
    ("/api/docs/{asked:str}/{name:str}", "name"): _is("swagger-ui.css"),
}

"""One of everybody and one thing, in the state that a row is about."""

from dataclasses import dataclass, replace
from itertools import count

from app.accounts.tokens.texts import hash_of, new_token
from app.database.engine import DB
from app.permissions.rows import PEOPLE, TOKENS, Row, holder
from tests.cast import Member, hashed_password

# Beside the author stands another admin always: the last one may not leave.
ROLES = {"author": "member", "host": "admin", "newcomer": "member", "member": "member",
         "moderator": "moderator", "admin": "admin",
         "suspended": "member", "suspended_mod": "moderator"}  # fmt: skip
_number = count(1)

# All but newcomers have been here for long, and have confirmed their address.
_ENTER = """
WITH person AS (
    INSERT INTO users (username, email, password, role, activated_at, created_at)
    SELECT name, name || '@example.org', $3, role, CASE WHEN is_new THEN NULL ELSE now() END,
        CASE WHEN is_new THEN now() ELSE now() - interval '1 year' END
    FROM (
        SELECT name, role, starts_with(name, 'newcomer') AS is_new FROM unnest($1::text[], $2::text[]) AS p (name, role)
    ) AS p
    RETURNING id, username, role
), profile AS (
    INSERT INTO profiles ("user", display_name) SELECT id, initcap(username) FROM person
), channel AS (
    INSERT INTO channels (name) SELECT 'user:' || id FROM person
), suspension AS (
    INSERT INTO suspensions ("user", reason) SELECT id, 'Rude.' FROM person WHERE starts_with(username, 'suspended')
), session AS (
    INSERT INTO sessions ("user", token_hash, expires_at)
    SELECT id, sha256(('token-of-' || username)::bytea), now() + interval '1 day' FROM person RETURNING id, "user"
)
SELECT person.*, session.id AS session FROM person JOIN session ON session."user" = person.id
"""
_LEND = """
INSERT INTO api_tokens ("user", token_hash, name, scopes)
SELECT $1, hash, 'A program', string_to_array(scopes, ' ') FROM unnest($2::bytea[], $3::text[]) AS t (hash, scopes)
"""
_WRITE = """
WITH post AS (
    INSERT INTO posts (author, title, body, body_html, excerpt, tags, comments_count)
    SELECT author, 'Bread', 'x', 'x', 'x', ARRAY['bread'], 1 FROM unnest($1::bigint[]) AS a (author)
    RETURNING id, author
), channel AS (
    INSERT INTO channels (name) SELECT 'post:' || id FROM post
), comment AS (
    INSERT INTO comments (post, author, body, body_html, seq)
    SELECT id, $1[1], 'x', 'x', 0 FROM post WHERE author = $1[2] RETURNING id, post
)
SELECT post.id AS post, comment.post AS thread, comment.id AS comment FROM post, comment WHERE post.author = $1[1]
"""
_REMOVED = "UPDATE {table} SET removed_at = now(), removed_by = '{by}' WHERE id = $1"
_LOCKED = "UPDATE posts SET locked_at = now() WHERE id = ANY($1)"
_GONE = "UPDATE users SET left_at = now(), role = 'member', password = '' WHERE id = $1"


@dataclass(frozen=True)
class World:
    """Everybody by what they are, and who of them asks.

    `post` is the author's; the author's `comment` stands in another's `thread`.
    """

    number: int
    people: dict[str, Member]
    tokens: dict[str, str]
    holder: str
    post: int
    thread: int
    comment: int
    who: str = "anonymous"

    def asked_by(self, who: str) -> "World":
        return replace(self, who=who)

    @property
    def author(self) -> Member:
        return self.people["author"]

    @property
    def asker(self) -> Member | None:
        return self.people.get(self.holder if self.who in TOKENS else self.who)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[self.who]}"} if self.who in TOKENS else {}

    @property
    def cookies(self) -> dict[str, str]:
        return {"hubbub_session": self.people[self.who].token} if self.who in PEOPLE[1:] else {}


async def make_world(row: Row, state: str) -> World:
    number = next(_number)
    people = await _enter(number)
    lender = holder(row.rules[state])
    tokens = {name: new_token() for name in TOKENS}
    await DB.fetch(
        _LEND,
        people[lender].id,
        [hash_of(text) for text in tokens.values()],
        [" ".join(scopes) for scopes in TOKENS.values()],
    )
    (made,) = await DB.fetch(_WRITE, [people["author"].id, people["host"].id])
    world = World(number, people, tokens, lender, *made)
    await _bring_about(world, state)
    return world


async def _enter(number: int) -> dict[str, Member]:
    names = [f"{name}_{number}" for name in ROLES]
    rows = await DB.fetch(_ENTER, names, list(ROLES.values()), hashed_password())
    return {
        row["username"].rpartition("_")[0]:
            Member(row["id"], row["username"], row["role"], f"token-of-{row['username']}", row["session"])
        for row in rows
    }  # fmt: skip


async def _bring_about(world: World, state: str) -> None:
    by = "moderator" if state == "removed_by_moderator" else "author"
    match state:
        case "locked":
            await DB.fetch(_LOCKED, [world.post, world.thread])
        case "removed" | "removed_by_moderator":
            await DB.fetch(_REMOVED.format(table="posts", by=by), world.post)
            await DB.fetch(_REMOVED.format(table="comments", by=by), world.comment)
        case "thread_removed":
            await DB.fetch(_REMOVED.format(table="posts", by=by), world.thread)
        case "gone":
            await DB.fetch(_GONE, world.author.id)
        case "before_the_first_admin":
            await DB.fetch("UPDATE users SET role = 'member'")

"""Whether the reactions that a post or comment shows are those that there are."""

from app.database.engine import DB
from app.database.transaction import transaction
from app.reactions.counting import flusher

# What is dirty is not wrong yet. Kinds that nobody chose are absent, so equal counts are equal objects.
_WRONG = """
SELECT subject, off FROM (
    SELECT '{noun}:' || thing.id AS subject, thing.reactions <> counted.reactions AS wrong,
        (SELECT coalesce(sum(abs(coalesce((thing.reactions ->> kind)::bigint, 0)
            - coalesce((counted.reactions ->> kind)::bigint, 0))), 0)
        FROM (SELECT jsonb_object_keys(thing.reactions || counted.reactions) AS kind) AS kinds) AS off
    FROM {noun}s AS thing, LATERAL (
        SELECT coalesce(jsonb_object_agg(kind, number), '{{}}') AS reactions
        FROM (SELECT kind, count(*) AS number FROM reactions WHERE {noun} = thing.id GROUP BY kind) AS kinds
    ) AS counted
    WHERE thing.id > $1 AND thing.id <= $2
) AS compared
WHERE wrong AND NOT EXISTS (SELECT FROM dirty WHERE dirty.subject = compared.subject)
"""


async def find_wrong_posts(after: int, up_to: int) -> dict[str, int]:
    """Posts in this range of ids that show wrong reactions, and by how many."""
    return await _find("post", after, up_to)


async def find_wrong_comments(after: int, up_to: int) -> dict[str, int]:
    return await _find("comment", after, up_to)


async def recount(subject: str) -> None:
    """Have `post:7` or `comment:7` counted and told as after a reaction."""
    async with transaction():
        await DB.fetch("INSERT INTO dirty (subject) VALUES ($1) ON CONFLICT DO NOTHING", subject)
    flusher.wake()


async def _find(noun: str, after: int, up_to: int) -> dict[str, int]:
    rows = await DB.fetch(_WRONG.format(noun=noun), after, up_to)
    return {row["subject"]: int(row["off"]) for row in rows}

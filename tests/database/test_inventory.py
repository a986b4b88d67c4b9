"""Every column that points at a member is thought of in their archive: a new one fails here until it is."""

from app.database.engine import Engine
from app.exports.sections import SECTIONS, inventory

# What points at `users`, and what would if it had to go with the member.
POINTING = """
SELECT DISTINCT c.relname || '.' || a.attname AS name
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND (
    EXISTS (SELECT FROM pg_constraint AS f WHERE f.contype = 'f' AND f.conrelid = c.oid
        AND f.confrelid = 'users'::regclass AND a.attnum = ANY(f.conkey))
    OR (a.atttypid = 'bigint'::regtype AND a.attname = ANY($1)))
"""
# How such columns are called.
NAMES = (
    "user", "author", "editor", "member", "actor", "owner", "admin", "moderator", "reporter", "resolver",
)  # fmt: skip


async def pointing(database: Engine) -> set[str]:
    return {row["name"] for row in await database.fetch(POINTING, list(NAMES))}


async def test_every_column_that_points_at_a_member_is_told_or_left_out_for_a_reason(
    database: Engine,
) -> None:
    columns = await pointing(database)
    assert {"posts.author", "admin_changes.admin"} <= columns
    assert inventory.TOLD.keys() | inventory.LEFT_OUT.keys() == columns
    assert not inventory.TOLD.keys() & inventory.LEFT_OUT.keys()
    assert all(reason.endswith(".") for reason in inventory.LEFT_OUT.values())


async def test_what_is_told_has_a_section_and_every_section_tells_of_something() -> None:
    names = {section.name for section in SECTIONS}
    assert len(names) == len(SECTIONS)
    assert set(inventory.TOLD.values()) - {inventory.PROFILE} <= names
    beside = {
        "removed-posts", "removed-comments", "post-revisions", "comment-revisions", "decisions",
    }  # fmt: skip
    assert names - set(inventory.TOLD.values()) == beside, (
        "they hang on something of the member's, or name them in other ways"
    )


async def test_a_new_table_with_a_member_in_it_is_noticed(database: Engine) -> None:
    await database.fetch("CREATE TABLE wishes (id bigint, wisher bigint REFERENCES users, owner bigint)")
    try:
        found = await pointing(database) - inventory.TOLD.keys() - inventory.LEFT_OUT.keys()
        assert found == {"wishes.wisher", "wishes.owner"}
    finally:
        await database.fetch("DROP TABLE wishes")

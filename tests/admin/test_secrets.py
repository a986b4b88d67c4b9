"""Nothing secret leaves by the panel's API, whatever is asked for."""

import hashlib
from typing import Any

import httpx
import pytest

from app.admin.shown import TABLES
from app.database.engine import Engine
from app.piccolo_app import APP_CONFIG
from tests.admin.asking import API, rows
from tests.cast import Cast

# Not shown at all: words nobody has published, secrets and their traces, and bookkeeping without meaning
# for a person. `events` and the others with keys of several columns cannot be addressed by Piccolo Admin.
LEFT_OUT = {
    "pending_replies", "mails", "email_verifications", "set_up_links", "pictures", "installation", "dirty",
    "events", "reads", "cron_runs", "second_factors", "recovery_codes", "pending_sign_ins",
    "password_resets", "email_changes", "drafts",
    "known_browsers", "job_keys", "job_tallies", "unsubscriptions", "exports", "export_parts",
    "post_follows", "tag_follows", "member_follows", "follow_settings", "blocks", "mentions",
    "notifications", "notification_actors", "notification_settings", "notification_mails", "digests", "suspensions",
    "moderation_actions", "flags",
}  # fmt: skip
SECRET = {
    "password",
    "email",
    "token_hash",
    "totp_secret",
    "code_hash",
    "fingerprint",
    "payload",
    "key",
    "recipient",
    "html",
    "text",
}

SHOWN: dict[str, Any] = {config.table_class._meta.tablename: config.table_class for config in TABLES}
ALL = {table._meta.tablename: table for table in APP_CONFIG.table_classes}


def test_of_every_table_somebody_decided_whether_it_is_shown() -> None:
    """A new table fails here until it is in `app/admin/shown.py` or above."""
    assert SHOWN.keys() | LEFT_OUT == ALL.keys()
    assert not SHOWN.keys() & LEFT_OUT


def test_no_class_of_the_panel_has_a_secret_column() -> None:
    assert {column._meta.name for table in ALL.values() for column in table._meta.columns} >= SECRET
    for table in SHOWN.values():
        assert not {column._meta.name for column in table._meta.columns} & SECRET


@pytest.fixture
async def traces(cast: Cast, database: Engine) -> list[str]:
    """Something in every table, and all that may not be seen of it."""
    async with database.transaction():
        await database.execute(SOMETHING)
    found = await database.fetch("SELECT password, email FROM users")
    hashed = (cast.alice.token, cast.ada.token, "alice")
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in hashed]
    return [row[name] for row in found for name in ("password", "email")] + hashes + [
        m.token for m in (cast.alice, cast.ada)
    ] + ["$argon2", "@example.org", "secret-payload", "secret-key"]  # fmt: skip


SOMETHING = """
INSERT INTO posts (author, title, body, body_html, excerpt, key, fingerprint)
    SELECT id, 'A title', 'Words', '', '', 'secret-key', sha256('a') FROM users;
INSERT INTO comments (post, author, body, body_html, seq, key)
    SELECT id, author, 'Words', '', 1, 'secret-key' FROM posts;
INSERT INTO api_tokens ("user", token_hash, name, scopes)
    SELECT id, sha256(username::bytea), 'A program', '{read}' FROM users;
INSERT INTO outbox (job, payload) VALUES ('send_welcome', '{"token": "secret-payload"}');
"""


@pytest.mark.parametrize("table", SHOWN)
async def test_no_answer_has_a_hash_a_token_or_an_address(
    ada: httpx.AsyncClient, traces: list[str], table: str
) -> None:
    key = SHOWN[table]._meta.primary_key._meta.name
    some = await rows(ada, table, __page_size=50, __readable="true")
    paths = ["", "?__readable=true", "schema/", "ids/", "new/", "references/", "count/"]
    paths += [f"{row[key]}/?__readable=true" for row in some[:3]]
    for path in paths:
        text = (await ada.get(f"{API}/{table}/{path}")).text
        assert not [trace for trace in traces if trace in text], path
        assert not [name for name in SECRET if f'"{name}"' in text], path


@pytest.mark.parametrize(
    "query",
    ["__order=password", "__order=-email", "__visible_fields=id,password", "__visible_fields=email",
     "email__operator=not_null", "password__match=starts&password=a", "email=alice"],
)  # fmt: skip
async def test_secret_columns_cannot_be_asked_sorted_or_guessed(ada: httpx.AsyncClient, query: str) -> None:
    """By sorting or filtering one could find a hash out letter by letter."""
    assert len(await rows(ada, "users")) == 5
    for path in (f"{API}/users/?{query}", f"{API}/users/1/?{query}"):
        answer = await ada.get(path)
        assert answer.status_code in {400, 404} or "alice" not in answer.text or "password" not in answer.text
    assert (await ada.get(f"{API}/users/?{query}")).status_code == 400


async def test_joins_lead_nowhere(ada: httpx.AsyncClient, traces: list[str]) -> None:
    for field in ("author.password", "author.email", "author.username"):
        answer = await ada.get(f"{API}/posts/?__visible_fields=id,{field}")
        assert answer.status_code == 400


async def test_tables_that_are_left_out_are_not_there(ada: httpx.AsyncClient) -> None:
    listed = (await ada.get("/admin/api/tables/")).json()
    assert set(listed) == SHOWN.keys()
    for table in LEFT_OUT:
        assert (await ada.get(f"{API}/{table}/")).status_code == 404

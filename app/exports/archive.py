"""Writes an archive: a ZIP file with the same things as JSON, for programs, and as Markdown, for people."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from app.database.batches import in_batches
from app.exports import markdown
from app.exports.contents import Owner
from app.exports.sections import SECTIONS
from app.exports.sections.section import Section
from app.exports.sections.words import COMMENTS, POSTS
from app.settings import settings
from app.uploads.queries import get_picture
from app.web.errors import NotFound

FORMAT = 1

# Called with how many more rows were written.
Tell = Callable[[int], Awaitable[None]]


class About(msgspec.Struct, frozen=True, kw_only=True):
    """`about.json`: what the archive is, and whose."""

    format: int
    address: str
    owner: Owner


async def write(file: IO[bytes], owner: Owner, tell: Tell) -> None:
    """Fill the file, which need not be one that can be sought in."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        about = About(format=FORMAT, address=settings.address, owner=owner)
        archive.writestr("about.json", msgspec.json.format(msgspec.json.encode(about), indent=2))
        archive.writestr("README.md", markdown.read_me(owner))
        await _write_picture(archive, owner)
        for section in SECTIONS:
            await _write_json(archive, section, owner, tell)
        await _write_posts(archive, owner, tell)
        await _write_comments(archive, owner, tell)
        await _write_more(archive, owner, tell)


async def _write_picture(archive: ZipFile, owner: Owner) -> None:
    if owner.avatar is None:
        return
    try:
        picture = await get_picture(owner.avatar.rpartition("/")[2])
    except NotFound:
        # Changed a moment ago.
        return
    archive.writestr("avatar.webp", picture)


async def _write_json(archive: ZipFile, section: Section, owner: Owner, tell: Tell) -> None:
    with archive.open(f"{section.name}.json", "w", force_zip64=True) as entry:
        between = b"["
        async for rows in in_batches(section.sql, owner.id):
            text = ",".join("\n" + row["data"] for row in rows)
            await asyncio.to_thread(entry.write, between + text.encode())
            between = b","
            await tell(len(rows))
        entry.write(b"[]\n" if between == b"[" else b"\n]\n")


async def _write_posts(archive: ZipFile, owner: Owner, tell: Tell) -> None:
    async for rows in in_batches(POSTS.sql, owner.id):
        posts = [msgspec.json.decode(row["data"], type=markdown.Post) for row in rows]
        for post in posts:
            await asyncio.to_thread(archive.writestr, markdown.name_of(post), markdown.post(post))
        await tell(len(rows))


async def _write_comments(archive: ZipFile, owner: Owner, tell: Tell) -> None:
    with archive.open("comments.md", "w", force_zip64=True) as entry:
        entry.write(b"# Replies\n")
        async for rows in in_batches(COMMENTS.sql, owner.id):
            text = "".join(
                markdown.comment(msgspec.json.decode(row["data"], type=markdown.Comment)) for row in rows
            )
            await asyncio.to_thread(entry.write, text.encode())
            await tell(len(rows))


async def _write_more(archive: ZipFile, owner: Owner, tell: Tell) -> None:
    with archive.open("more.md", "w", force_zip64=True) as entry:
        entry.write(markdown.profile(owner).encode())
        for section in SECTIONS:
            if section not in {POSTS, COMMENTS}:
                await _write_section(entry, section, owner, tell)


async def _write_section(entry: IO[bytes], section: Section, owner: Owner, tell: Tell) -> None:
    head = f"\n## {section.title}\n\n"
    async for rows in in_batches(section.sql, owner.id):
        text = head + "".join(markdown.row(msgspec.json.decode(row["data"])) for row in rows)
        await asyncio.to_thread(entry.write, text.encode())
        head = ""
        await tell(len(rows))

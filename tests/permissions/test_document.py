"""`docs/permissions.md` is the table."""

from pathlib import Path

from app.permissions.document import document

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "permissions.md"


def test_the_document_is_the_table_of_now() -> None:
    assert DOCUMENT.read_text() == document(), "Run: python -m app.permissions > docs/permissions.md"

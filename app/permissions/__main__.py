"""Writes the table as Markdown to the standard output: `python -m app.permissions > docs/permissions.md`."""

import sys

from app.permissions.document import document

sys.stdout.write(document())

"""Forms that go on with a draft: without JavaScript the words of every device come from here."""

import msgspec

from app.accounts.viewer import Viewer
from app.drafts.queries import find_draft
from app.drafts.schemas import Draft, DraftChange, Subject
from app.web.forms import Form
from app.web.validation import read_fields

FIELDS = ("title", "body", "tags")


async def go_on(viewer: Viewer, subject: str, form: Form) -> Form:
    """The form with the viewer's draft in it, if there is one; `version` is the one that it goes on from."""
    if viewer.id is None:
        return form
    draft = await find_draft(viewer.id, subject)
    if draft is None:
        return with_values(form, version="0", kept="yes")
    words = {name: text for name, text in fields_of(draft).items() if name in form.values}
    return with_values(form, **words, version=str(draft.version), kept="yes", drafted_at=draft.updated_at)


def with_values(form: Form, **values: str) -> Form:
    return msgspec.structs.replace(form, values={**form.values, **values})


def fields_of(draft: Draft) -> dict[str, str]:
    """A draft as the fields of a form."""
    return {"title": draft.title or "", "body": draft.body, "tags": ", ".join(draft.tags)}


def change_of(form: Form) -> DraftChange:
    """What the fields of a form say. Raises Invalid."""
    version = form.values["version"]
    fields = {
        "title": form.values["title"],
        "body": form.values["body"],
        "tags": tags_in(form.values["tags"]),
        "version": int(version) if version.isdecimal() and len(version) < 16 else None,
    }
    return read_fields(DraftChange, fields)


def tags_in(text: str) -> list[str]:
    """Those of a field in which commas stand between them."""
    return [tag.strip() for tag in text.split(",") if tag.strip()]


def both(mine: str, newer: str) -> str:
    """What was kept meanwhile, and after it what was written here."""
    return "\n\n".join(dict.fromkeys(part for part in (newer.strip(), mine.strip()) if part))


def has_title(subject: Subject) -> bool:
    """Replies have only words."""
    return str(subject) == "new" or (subject.verb, subject.noun) == ("edit", "post")

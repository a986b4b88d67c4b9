"""One section of an archive for each kind of thing that is a member's, and which table is told of where."""

from app.exports.sections import access, choices, office, told, words
from app.exports.sections.section import Section

SECTIONS: tuple[Section, ...] = (
    *words.SECTIONS, *choices.SECTIONS, *told.SECTIONS, *access.SECTIONS, *office.SECTIONS,
)  # fmt: skip

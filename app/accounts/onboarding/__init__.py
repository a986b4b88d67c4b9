"""The first steps of a new member, until they are done or skipped."""

"""Mentions: `@name` in what is written."""

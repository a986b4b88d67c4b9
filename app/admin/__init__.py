"""Piccolo Admin at /admin/: what it shows, the bridge to our sessions, and the record of what was changed."""

"""Flags: what members report to the moderators, and what these decide."""

"""Moderation: what moderators do with what others wrote, and the log of it."""

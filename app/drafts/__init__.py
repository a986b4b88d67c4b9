"""Drafts: what members have begun to write and not sent, on all their devices."""

"""Mails that come without being asked for, and how each reader stops them. In reading order: registry, left, links."""

"""Follows: what members want to hear of, and, by mutes and blocks, what they do not."""

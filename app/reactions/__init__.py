"""Reactions: what a reader may say without a word."""

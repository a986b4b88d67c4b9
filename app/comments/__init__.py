"""Comments: the answers in a thread."""

"""Tags: what posts are about."""

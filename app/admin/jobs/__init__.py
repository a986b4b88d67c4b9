"""The jobs, as admins see them: what waits, what failed, and what they decide about it."""

"""PostgreSQL and Valkey out of their wheels, for whoever names no server of their own."""


class LaunchError(Exception):
    """One clear line for the person who starts Hubbub: what did not start, and why."""

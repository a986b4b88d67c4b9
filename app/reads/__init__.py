"""Read positions: how far in each thread a member has read."""

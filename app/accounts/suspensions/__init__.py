"""Suspensions: for a time a member may sign in and read, and not write. They end by themselves."""

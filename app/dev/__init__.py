"""`hubbub dev`: everything on one machine, in one terminal, kept running."""

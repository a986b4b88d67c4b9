"""Leaving for good: at once for everybody to see, and then, in batches, out of all that was written."""

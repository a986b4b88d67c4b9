"""A way back in for members who forgot their password."""

"""Every counter that is kept, compared with a count."""

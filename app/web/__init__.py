"""What every controller shares, and nothing of any domain."""

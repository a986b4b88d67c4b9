"""What members show of themselves, and how others find them."""

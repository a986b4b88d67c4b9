"""What Hubbub tells those who run it."""

"""What admins are told each morning of the day before."""

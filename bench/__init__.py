"""Measures Hubbub's live path beside others, on the same two cores: `make bench`, README.md says how."""

"""How members get in: password, address, and the browsers that are signed in."""

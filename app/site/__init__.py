"""The community's own face: its colour, logo and icons, and what tells other programs where things are."""

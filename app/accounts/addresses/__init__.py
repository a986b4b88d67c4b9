"""A member's move to a new address: asked for with the password, confirmed from the new one, told to the old."""

"""How each member wants to be told: by kind of notification, and whether by a weekly digest."""

"""Personal access tokens: how a program asks in a member's name."""

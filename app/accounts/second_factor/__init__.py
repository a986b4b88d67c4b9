"""The second factor: codes of an app, and recovery codes for when it is lost."""

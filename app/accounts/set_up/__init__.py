"""The first admin: by a link that is printed at the first start, or by a command."""

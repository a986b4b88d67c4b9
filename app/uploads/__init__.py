"""Pictures that members send: read as bytes of strangers, written anew, kept in PostgreSQL."""

"""The background path, in reading order: outbox, relay, queue."""

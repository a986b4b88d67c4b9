"""The background path, in reading order: outbox, queue, relay, performer; cron puts in what the clock wants."""

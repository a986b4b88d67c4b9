"""The realtime path, in reading order: channels, log, broker, hub, protocol, socket (conversation, answers), stream, guard."""

"""The realtime path, in reading order: channels, log, broker, hub, protocol, socket, answers, stream, guard."""

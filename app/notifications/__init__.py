"""What members are told of that concerns them, in the order of telling: recipients, telling, events; then mail."""

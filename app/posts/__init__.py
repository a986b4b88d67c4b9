"""Posts: what threads hang on."""

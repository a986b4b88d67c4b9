"""The pages where members arrange things for themselves."""

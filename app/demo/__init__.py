"""A community to look at on a first start: people, threads, and someone who answers. Never in production."""

# What the community is called while it is the demo, and what `hubbub seed` ends with.
NAME = "The Long Table"
IS_DEMO, IS_NONE = 0, 3

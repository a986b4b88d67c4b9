"""Who may do what: one table of every route and every channel, which the tests walk on a real server.

To add a route: give it a line in the file of its subject (`accounts.py`, `threads.py`, …), the rule that holds first,
then the states of its subject in which another rule holds. States follow from the parameters of its path
(`rows.py`). Then say in `tests/permissions/asking.py` what is sent to it and what a new parameter stands for, and
run `python -m app.permissions > docs/permissions.md`. A route or a channel without a line fails the tests.
"""

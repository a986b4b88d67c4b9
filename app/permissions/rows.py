"""A row of the table: a route or a channel, and the rule that holds in each state of its subject."""

import re
from typing import Literal

import msgspec

from app.permissions.rules import Answer, Rule

# The states of what a parameter of the path names; the first is the usual one.
STATES = {
    "post_id": ("public", "locked", "removed", "removed_by_moderator"),
    "comment_id": ("public", "locked", "removed", "removed_by_moderator", "thread_removed"),
    "user_id": ("here", "gone"),
}
# A state for which nothing is said is like this one.
_LIKE = {"removed_by_moderator": "removed"}
SAFE = {"GET", "HEAD"}
SUBJECT = re.compile(r"{(\w+)(?::\w+)?}")

# What a token may at most: what its member may within its scopes, or nothing; one that is short of a scope may
# also count for nobody. Where it is unasked, it is not even looked at.
Tokens = Literal["within scopes", "within scopes or nobody", "never", "unasked"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """`method` is empty for a channel, and `address` its name. `rules` has one entry for each state."""

    method: str
    address: str
    rules: dict[str, Rule]
    tokens: Tokens = "within scopes"
    # Who is suspended reads; this is not for reading, and open to them all the same.
    also_suspended: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.address}".strip()


def route(
    name: str, rule: Rule, *, tokens: Tokens = "within scopes", also_suspended: bool = False, **in_state: Rule
) -> Row:
    """`name` is `GET /posts/{post_id:int}`; `in_state` says where another rule holds than `rule`."""
    method, _, address = name.partition(" ")
    rules = _rules(address, rule, in_state)
    return Row(method=method, address=address, rules=rules, tokens=tokens, also_suspended=also_suspended)


def channel(name: str, rule: Rule, **in_state: Rule) -> Row:
    """`name` is `post:{post_id}`."""
    return Row(method="", address=name, rules=_rules(name, rule, in_state))


def _rules(address: str, rule: Rule, in_state: dict[str, Rule]) -> dict[str, Rule]:
    states = [state for name in SUBJECT.findall(address) for state in STATES.get(name, ())] or ["any"]
    states += [state for state in in_state if state not in states]
    return {state: in_state.get(state, in_state.get(_LIKE.get(state, ""), rule)) for state in states}


# A token's member is whoever may the most, so that nothing but its scopes can refuse it.
TOKENS: dict[str, tuple[str, ...]] = {
    "token: read": ("read",),
    "token: write": ("write",),
    "token: moderate": ("moderate",),
    "token: admin": ("admin",),
    "token: read write": ("read", "write"),
    "token: read write moderate": ("read", "write", "moderate"),
    "token: read write admin": ("read", "write", "admin"),
}
PEOPLE = ("anonymous", "newcomer", "member", "author", "moderator", "admin", "suspended", "suspended_mod")
EVERYBODY = (*PEOPLE, *TOKENS)


def answer(row: Row, state: str, who: str) -> Answer:
    """What one of EVERYBODY is answered."""
    rule = row.rules[state]
    if who in TOKENS:
        return _answer_to_token(row, rule, TOKENS[who])
    if who == "newcomer":
        return rule.newcomer or rule.member
    if who.startswith("suspended"):
        return _answer_to_suspended(row, rule)
    found: Answer = getattr(rule, who)
    return found


def _answer_to_suspended(row: Row, rule: Rule) -> Answer:
    """Nobody moderates who is suspended."""
    reads = row.method in {*SAFE, ""} or row.also_suspended
    return rule.member if reads else "suspended"


def holder(rule: Rule) -> Literal["author", "admin"]:
    """Whose tokens are tried: an admin's, except where the author may what no admin may."""
    return "author" if rule.author == "may" and rule.admin != "may" else "admin"


def _answer_to_token(row: Row, rule: Rule, scopes: tuple[str, ...]) -> Answer:
    if row.tokens == "unasked":
        return rule.admin
    needed = "read" if row.method in {*SAFE, ""} else "write"
    if row.tokens == "never" or needed not in scopes:
        return rule.anonymous if row.tokens == "within scopes or nobody" else "scope"
    if holder(rule) == "author":
        return rule.author
    return rule.admin if "admin" in scopes else rule.moderator if "moderate" in scopes else rule.member

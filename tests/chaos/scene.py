"""What readers and writers are told of the stage that they play on."""

import msgspec


class Person(msgspec.Struct, frozen=True):
    """Someone with a session."""

    id: int
    name: str
    token: str


class Guests(msgspec.Struct, frozen=True):
    """Who takes part, and the posts they meet in; `leavers` are moderators who will be signed out."""

    threads: list[int]
    writers: list[Person]
    moderators: list[Person]
    leavers: list[Person]


class Scene(msgspec.Struct, frozen=True):
    """`fronts` are the addresses of the webs, `lines` the same through wires that may be cut."""

    seed: int
    fronts: list[str]
    lines: list[str]
    database_url: str
    guests: Guests

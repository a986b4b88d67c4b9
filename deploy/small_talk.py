"""A small town's community: who lives there, and what they said, how many minutes ago."""

from typing import NamedTuple

PASSWORD = "the kettle is always on"  # noqa: S105  # of made-up people in a throw-away database


class Said(NamedTuple):
    by: str
    ago: int
    body: str
    answers: tuple["Said", ...] = ()


class Thread(NamedTuple):
    by: str
    ago: int
    title: str
    tags: tuple[str, ...]
    body: str
    said: tuple[Said, ...] = ()


MEMBERS = {
    "ines": "Ines Moreau",
    "tomas": "Tomás Berg",
    "kofi": "Kofi Mensah",
    "yuki": "Yuki Tanabe",
    "ruth_b": "Ruth Bialik",
    "devika": "Devika Rao",
    "oskar": "Oskar",
    "alice": "Alice Lindqvist",
}

STARTER = """My starter doubles in four hours when the kitchen is warm and does nothing at all below 19 °C. I have \
read that it only sleeps, and that a fridge is fine, but **how cold is too cold** before the yeast gives up and only \
the sour part is left?

What I do now:

- feed it at eight in the evening, 1 : 2 : 2
- leave it on the shelf above the oven, where it is about 21 °C
- bake on the second morning

> A starter is a pet that forgives everything but heat.

That is what my aunt said, and she kept hers for thirty years. Mine is three weeks old and smells of pear drops, \
which I gather is either a good sign or the beginning of the end."""

MEASURED = """I measured it once, out of curiosity:

| °C | hours to double | smell |
|---|---|---|
| 24 | 4 | yoghurt |
| 19 | 9 | yoghurt, a little apple |
| 12 | 31 | vinegar |
| 4 | did not | nothing much |

and this is all that wrote it down:

```
for reading in sensor.readings(every=timedelta(minutes=10), calibration=CALIBRATION_TABLE_2026, averaging=True):
    log.write(reading)
```"""

SHORT = Thread(
    "ines", 190, "How cold is too cold for a sourdough starter?", ("bread", "fermenting"), STARTER,
    (
        Said("tomas", 150, "Mine has lived in the fridge at 4 °C for two years, with a feed every ten days. It needs "
             "two feeds in the warm to get its strength back, and then it raises bread as before.",
             (Said("ines", 141, "Every ten days! I have been getting up at six for this.",
                   (Said("alice", 118, "You can stretch it to three weeks if you feed it stiff, 1 : 1 : 2, with the "
                         "water last. I have done so over two summers."),)),)),
        Said("yuki", 92, "Pear drops is ethyl acetate. It means hungry, not dying. Feed it twice a day for three "
             "days and it goes.", (Said("kofi", 71, MEASURED),)),
        Said("ruth_b", 33, "The oven light alone keeps mine at 25, with the door ajar.",
             (Said("ines", 12, "That is so much better than my shelf. Thank you."),)),
        Said("devika", 4, "Write down what you did on the day that it worked. I never do, and I always wish I had."),
    ),
)  # fmt: skip

_TURNS = (
    ("oskar", "Is it the flour, perhaps?"),
    ("ruth_b", "It is always the flour. I changed mill last winter and had to learn it all again, from the water on."),
    ("kofi", "Which mill?"),
    ("ruth_b", "The one by the weir. They have a door that is open on Fridays, and a cat that is not impressed."),
    ("alice", "I have met the cat."),
    ("kofi", "Do they still stone the rye?"),
    ("ruth_b", "On Thursdays, so that it is fresh on Friday."),
    ("oskar", "Then I know where I am on Friday."),
    ("alice", "Bring a bag of your own. They ran out of paper ones in spring."),
)  # fmt: skip


def _one_below_the_other(turns: tuple[tuple[str, str], ...], ago: int) -> tuple[Said, ...]:
    if not turns:
        return ()
    (by, body), rest = turns[0], turns[1:]
    return (Said(by, ago, body, _one_below_the_other(rest, ago - 8)),)


DEEP = Thread(
    "devika", 60 * 26, "My loaf is flat again, and I have changed nothing", ("bread",),
    "Same tin, same oven, same hour of the morning. The only thing that is new is the bag.",
    _one_below_the_other(_TURNS, 120),
)  # fmt: skip

LONG = Thread(
    "ruth_b", 60 * 30, "What are you reading this week?", ("books",),
    "Same as every Tuesday: a title, and one sentence on whether you would hand it to a friend.",
    tuple(
        Said(tuple(MEMBERS)[number % 7], 1500 - number * 3, body)
        for number, body in enumerate((
            "A history of lighthouses. Yes, to a patient friend.",
            "Nothing but seed catalogues. Yes, to everybody.",
            "The third of three, and I wish I had stopped at the second.",
            "Letters between two people who never met. I read the last ten pages on a bench, in the rain.",
            "A cookbook, in bed, from front to back. It counts.",
        ) * 100)
    ),
)  # fmt: skip

THREADS = (
    Thread("yuki", 60 * 75, "Does your train app show the times of yesterday?", ("town", "trains"),
           "Since the update this morning. The board at the station is right."),
    Thread("oskar", 60 * 50, "Quiet keyboards, again", (),
           "The office has asked me to find out. Requirements: no click, a layout with a real Enter key, and a price "
           "that does not have to be explained.",
           (Said("devika", 60 * 9, "Borrow mine for a week. I am on holiday, and so is it."),)),
    LONG,
    DEEP,
    Thread("kofi", 60 * 27, "A small bench from one plank, without screws", ("wood", "tools"),
           "I had one oak plank, 28 by 240 by 1900, and no wish to buy a second one. Drawings and mistakes inside.",
           (Said("tomas", 300, "The mistakes are the best part. May I ask about the angle of the legs?",
                 (Said("kofi", 280, "12 degrees, found by leaning it against the wall until I liked it."),)),
            Said("alice", 52, "Built it on Sunday. It wobbles a little, and I am very proud."))),
    Thread("tomas", 60 * 8, "The library on Mill Street is closing its reading room in March", ("town",),
           "They announced it on the noticeboard and nowhere else. The reading room has the only large tables in the "
           "quarter, and on weekday evenings half of it is people from the language school.",
           (Said("ines", 400, "Who decides? I would like to write to a person, not to a form."),
            Said("ruth_b", 220, "The council, on the 4th. It is open to the public, and it starts at six."),
            Said("devika", 11, "Six of us are going. We meet at the fountain at half past five."))),
    SHORT,
)  # fmt: skip

# Who felt what about which post.
FELT = {
    SHORT.title: {"like": ("tomas", "kofi", "alice", "ruth_b"), "thanks": ("yuki", "devika")},
    DEEP.title: {"sad": ("ines",), "love": ("oskar", "kofi")},
    LONG.title: {"love": ("ines", "alice", "yuki")},
}

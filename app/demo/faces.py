"""Draws the faces of the demo's people: a head, hair of some cut, eyes, a mouth."""

import hashlib
import random
from io import BytesIO

from PIL import Image, ImageDraw

from app.demo.content import Member

SIDE = 512
INK = "#1d1512"
CURLS = ((104, 96), (160, 62), (236, 56), (306, 92), (96, 176), (316, 176))
WALLS = ("#f2e3cf", "#dfe7dc", "#e3dff0", "#f3dcd6", "#d9e6ea", "#efe6c8")

Box = tuple[float, float, float, float]


def draw_face(member: Member) -> bytes:
    """A PNG of 512 by 512 pixels, the same each time."""
    dice = random.Random(hashlib.sha256(member.username.encode()).digest())  # noqa: S311  # a drawing
    image = Image.new("RGB", (SIDE, SIDE), dice.choice(WALLS))
    pen = ImageDraw.Draw(image)
    _hair_behind(pen, member)
    pen.ellipse((86, 392, 426, 700), fill=member.shirt)
    pen.rounded_rectangle((216, 330, 296, 440), 40, fill=member.skin)
    pen.ellipse((146, 110, 366, 390), fill=member.skin)
    _hair_before(pen, member)
    _features(pen, dice)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _features(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    height = 246 + dice.randint(-8, 8)
    for x in (210, 302):
        pen.ellipse((x - 11, height - 13, x + 11, height + 13), fill=INK)
        pen.arc((x - 28, height - 52, x + 28, height - 16), 200, 340, fill=INK, width=7)
    pen.arc((244, height + 6, 268, height + 42), 20, 160, fill=INK, width=6)
    width = dice.randint(34, 52)
    pen.arc((256 - width, height + 38, 256 + width, height + 96), 25, 155, fill=INK, width=8)
    if dice.random() < 0.35:
        for x in (210, 302):
            pen.ellipse((x - 38, height - 38, x + 38, height + 38), outline=INK, width=7)
        pen.line((248, height - 6, 264, height - 6), fill=INK, width=7)


def _hair_behind(pen: ImageDraw.ImageDraw, member: Member) -> None:
    shapes: dict[str, list[Box]] = {
        "long": [(116, 84, 396, 470)],
        "bob": [(118, 84, 394, 372)],
        "bun": [(206, 26, 306, 126), (132, 86, 380, 300)],
        "curls": [
            (x, y, x + 104, y + 104)
            for x, y in ((104, 96), (160, 62), (236, 56), (306, 92), (96, 176), (316, 176))
        ],
        "scarf": [(112, 78, 400, 430)],
    }
    for box in shapes.get(member.cut, []):
        pen.ellipse(box, fill=member.hair)


def _hair_before(pen: ImageDraw.ImageDraw, member: Member) -> None:
    if member.cut == "bald":
        pen.chord((134, 190, 186, 300), 90, 270, fill=member.hair)
        pen.chord((326, 190, 378, 300), 270, 90, fill=member.hair)
    elif member.cut == "scarf":
        pen.arc((132, 96, 380, 404), 150, 390, fill=member.hair, width=34)
    elif member.cut == "fringe":
        pen.chord((136, 92, 376, 360), 180, 360, fill=member.hair)
        pen.rectangle((146, 196, 366, 222), fill=member.hair)
    else:
        pen.chord((140, 94, 372, 330), 192, 348, fill=member.hair)

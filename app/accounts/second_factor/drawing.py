"""Draws the QR code here: a secret goes to nobody who draws pictures for others."""

from io import BytesIO

import segno


def draw(text: str) -> str:
    """An SVG image, black on white in either theme, as cameras want it."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, nl=False, omitsize=True, svgclass=None, lineclass=None, border=4,
        dark="#000", light="#fff",
    )  # fmt: skip
    return drawn.getvalue().decode()

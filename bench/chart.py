"""The results as a picture: one panel for each number of readers, one line for each contender, in our look."""

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10

from bench.results import Results

WIDTH, LEFT, RIGHT, LINE, HEAD, FOOT, TOP = 860, 300, 90, 30, 56, 44, 84
KINDS = (("single", "one event at a time"), ("burst", "fifty at once"))

# The colours of static/css/tokens.css: a picture by itself cannot read them there.
STYLE = """
:root { --paper: #faf5f0; --ink: #2b211a; --muted: #6a5d52; --line: #e4d9cf; --accent: #b1441b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #171310; --ink: #ebe0d4; --muted: #a99c8f; --line: #352d28; --accent: #f0965f; }
}
svg { background: var(--paper); }
text { font: 15px ui-sans-serif, system-ui, sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums; }
.title { font: 600 22px ui-serif, Georgia, serif; }
.head { font-weight: 600; }
.note { font-size: 13px; fill: var(--muted); }
.grid { stroke: var(--line); }
.reach { stroke: var(--muted); stroke-width: 2; opacity: 0.5; }
.single { fill: var(--muted); }
.burst { fill: var(--paper); stroke: var(--muted); stroke-width: 2; }
.own .single { fill: var(--accent); }
.own .burst, .own .reach { stroke: var(--accent); }
.own text { fill: var(--accent); font-weight: 600; }
"""


def draw(results: Results) -> str:
    """An SVG of CPU a delivery, on a logarithmic axis."""
    scale = Scale([value for row in _rows(results) for value in row.values()])
    parts, y = list(_title(scale)), float(TOP)
    for readers, own in results.fanout.items():
        parts += _panel(results, readers, list(own), scale, y)
        y += HEAD + LINE * len(own) + FOOT
    size = f'width="{WIDTH}" height="{y:.0f}" viewBox="0 0 {WIDTH} {y:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">'
    return "\n".join([head, f"<style>{STYLE}</style>", *parts, "</svg>"]) + "\n"


class Scale:
    """From CPU seconds to places on the axis: whole powers of ten at both ends."""

    def __init__(self, values: list[float]) -> None:
        seen = [value for value in values if value > 0] or [1.0]
        self.low, self.high = (
            floor(log10(min(seen))),
            max(ceil(log10(max(seen))), floor(log10(min(seen))) + 1),
        )

    def x(self, value: float) -> float:
        share = (log10(max(value, 10**self.low)) - self.low) / (self.high - self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def _rows(results: Results) -> Iterator[dict[str, float]]:
    for own in results.fanout.values():
        for figures in own.values():
            yield {kind: figures[kind].cpu_per_100k for kind, _ in KINDS if kind in figures}


def _title(scale: Scale) -> Iterator[str]:
    yield '<text id="title" class="title" x="24" y="38">What a delivery costs the server</text>'
    says = "CPU seconds for 100,000 deliveries, on a scale of tens"
    yield f'<text class="note" x="24" y="60">{says}</text>'
    for number, (kind, name) in enumerate(KINDS):
        x = LEFT + 190 + number * 180
        yield f'<circle class="{kind}" cx="{x}" cy="55" r="6"/><text class="note" x="{x + 14}" y="60">{name}</text>'


def _panel(results: Results, readers: int, names: list[str], scale: Scale, top: float) -> Iterator[str]:
    bottom = top + HEAD - 16 + LINE * len(names)
    yield f'<text class="head" x="24" y="{top + 20:.0f}">{readers:,} readers</text>'
    for tick in scale.ticks:
        x = scale.x(tick)
        yield f'<path class="grid" d="M{x:.1f} {top + 32:.0f}V{bottom:.0f}"/>'
        yield f'<text class="note" x="{x:.1f}" y="{bottom + 18:.0f}" text-anchor="middle">{tick:g}</text>'
    cost = {name: results.cpu(readers, name) or 0.0 for name in names}
    for number, name in enumerate(sorted(names, key=cost.__getitem__)):
        yield from _row(results, readers, name, scale, top + HEAD + LINE * number)


def _row(results: Results, readers: int, name: str, scale: Scale, y: float) -> Iterator[str]:
    costs = {kind: results.cpu(readers, name, kind) for kind, _ in KINDS}
    places = {kind: scale.x(cost) for kind, cost in costs.items() if cost is not None}
    yield '<g class="own">' if name == "hubbub" else "<g>"
    yield f'<text x="{LEFT - 20}" y="{y + 5:.0f}" text-anchor="end">{escape(_short(results.titles[name]))}</text>'
    yield f'<path class="reach" d="M{min(places.values()):.1f} {y:.0f}H{max(places.values()):.1f}"/>'
    for kind, x in places.items():
        yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.0f}" r="6"/>'
    yield f'<text x="{WIDTH - 24}" y="{y + 5:.0f}" text-anchor="end">{costs["single"] or 0:.2f}</text>'
    yield "</g>"


def _short(title: str) -> str:
    return title.replace(" pub/sub", "").replace("Rails ", "").replace(", ready frame", "")

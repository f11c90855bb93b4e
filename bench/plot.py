"""Seconds against rows for each way, both on logarithmic scales, as SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape
from math import ceil, floor, log10

from bench.report import NAMES, Result

_WIDTH, _HEIGHT = 860, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 300, 20, 50
_COLOURS = ("#999999", "#8c6d31", "#d6616b", "#e7969c", "#3182bd", "#6baed6", "#bcbd22", "#2ca02c")


def as_svg(results: Sequence[Result]) -> str:
    """The picture. Needs at least two sizes to show lines."""
    lines: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for result in results:
        lines[result.way].append((log10(result.rows), log10(result.seconds)))
    scale = _Scale([point for line in lines.values() for point in line])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        *_axes(scale),
        *_curves(lines, scale),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Scale:
    """From the logarithms of rows and seconds to places in the picture."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        xs, ys = zip(*points, strict=True)
        self.x_range = floor(min(xs)), ceil(max(xs))
        self.y_range = floor(min(ys)), ceil(max(ys))

    def x(self, value: float) -> float:
        low, high = map(float, self.x_range)
        return _LEFT + (value - low) / max(high - low, 1) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high = map(float, self.y_range)
        return _HEIGHT - _BOTTOM - (value - low) / max(high - low, 1) * (_HEIGHT - _TOP - _BOTTOM)


def _axes(scale: _Scale) -> Iterator[str]:
    left, right = scale.x(scale.x_range[0]), scale.x(scale.x_range[1])
    top, bottom = scale.y(scale.y_range[1]), scale.y(scale.y_range[0])
    for power in range(scale.x_range[0], scale.x_range[1] + 1):
        x = scale.x(power)
        yield _line(x, top, x, bottom)
        yield _text(x, bottom + 18, f"{10**power:,}", "middle")
    for power in range(scale.y_range[0], scale.y_range[1] + 1):
        y = scale.y(power)
        yield _line(left, y, right, y)
        yield _text(left - 6, y + 4, f"{10.0**power:g}", "end")
    yield _text((left + right) / 2, _HEIGHT - 10, "rows", "middle")
    yield _text(left - 45, top - 6, "seconds", "start")


def _curves(lines: dict[str, list[tuple[float, float]]], scale: _Scale) -> Iterator[str]:
    ordered = sorted(lines, key=lambda way: -max(y - x for x, y in lines[way]))
    for place, way in enumerate(ordered):
        colour = _COLOURS[place % len(_COLOURS)]
        points = " ".join(f"{scale.x(x):.1f},{scale.y(y):.1f}" for x, y in sorted(lines[way]))
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        for x, y in lines[way]:
            yield f'<circle cx="{scale.x(x):.1f}" cy="{scale.y(y):.1f}" r="3" fill="{colour}"/>'
        row = _TOP + 16 + 22 * place
        left = _WIDTH - _RIGHT + 16
        yield f'<rect x="{left}" y="{row - 6}" width="14" height="4" fill="{colour}"/>'
        yield _text(left + 20, row, NAMES[way], "start")


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#dddddd"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

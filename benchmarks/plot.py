"""A bar chart of ratios as SVG: how far each case is from its limit."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

_LEFT, _WIDTH, _ROW, _TOP = 330, 420, 30, 46
_INK, _BAR, _LIMIT, _GRID = "#24292f", "#4078c0", "#c0392b", "#d0d7de"


def bars(title: str, values: Sequence[tuple[str, float]]) -> str:
    """Horizontal bars, with a line at 1, where the limit is."""
    longest = max([2.0, *(value for _, value in values)])
    height = _TOP + _ROW * len(values) + 28
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDTH + 70}" height="{height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="24" fill="{_INK}" font-size="15">'
        f"{escape(title)}</text>",
    ]
    bottom = _TOP + _ROW * len(values)
    step = max(1, round(longest / 6))
    for mark in range(0, int(longest) + 1, step):
        x = _LEFT + _WIDTH * mark / longest
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{_GRID}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" fill="{_INK}" text-anchor="middle">{mark}</text>')
    for row, (name, value) in enumerate(values):
        y = _TOP + _ROW * row
        width = _WIDTH * value / longest
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 17}" fill="{_INK}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="{_LEFT}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 10}" fill="{_BAR}"/>')
        parts.append(f'<text x="{_LEFT + width + 6:.1f}" y="{y + 17}" fill="{_INK}">{value:.1f}</text>')
    x = _LEFT + _WIDTH / longest
    parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{_LIMIT}" stroke-width="2"/>')
    return "\n".join([*parts, "</svg>", ""])

"""A timeline as a picture: when each speaker said what, the quotes numbered and listed below. Drawn off the event loop.

Made for a phone: 1,080 pixels wide, quotes in letters of 35 pixels, names and days of 30 or more; its own background
(so that it reads the same in an app's light and dark mode), a dark variant for those who prefer it, no meaning in
colour alone.
"""

from __future__ import annotations

import io
import textwrap
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from bot.asking.answer import Citation
from bot.telegram.words import Words

WIDTH, DPI = 1080, 150
MOST_QUOTES: Final = 6
LONGEST_QUOTE: Final = 130

_drawing = threading.Lock()  # matplotlib's font and text caches are not made for several threads


@dataclass(frozen=True, slots=True)
class _Theme:
    back: str
    ink: str
    faint: str
    line: str
    dots: tuple[str, ...]


# Okabe and Ito's colours, which colour-blind readers can tell apart (https://jfly.uni-koeln.de/color/)
_LIGHT = _Theme("#ffffff", "#15191d", "#59626b", "#c4cad0", ("#0072b2", "#d55e00", "#007a5a", "#a2487f"))
_DARK = _Theme("#17212b", "#f2f5f7", "#a9b6c2", "#465462", ("#56b4e9", "#e69f00", "#4fd0a5", "#e39ac6"))
_MARKERS = ("o", "s", "D", "^")


def day_of(citation: Citation) -> date | None:
    """When it was said, by the first day of its range; else when it was reported."""
    if citation.said_on is not None and not citation.reported:
        return citation.said_on.days.first
    return citation.published


def chosen(citations: Sequence[Citation], most: int = MOST_QUOTES) -> list[Citation]:
    """The statements to number: spread over time, first and last among them; in order of their days."""
    dated = sorted((one for one in citations if day_of(one)), key=lambda one: day_of(one) or date.min)
    if len(dated) <= most:
        return dated
    step = (len(dated) - 1) / (most - 1)
    return [dated[round(place * step)] for place in range(most)]


def timeline_picture(title: str, citations: Sequence[Citation], words: Words, *, dark: bool = False) -> bytes | None:
    """A PNG; None where no statement has a date."""
    numbered = chosen(citations)
    if not numbered:
        return None
    with _drawing:
        return _drawn(title, citations, numbered, words, _DARK if dark else _LIGHT)


def _drawn(
    title: str, citations: Sequence[Citation], numbered: Sequence[Citation], words: Words, theme: _Theme
) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    speakers = list(dict.fromkeys(one.speaker or "" for one in citations if day_of(one)))[:4]
    listed = [_listed(number, one, words) for number, one in enumerate(numbered, 1)]
    heading = textwrap.wrap(_drawable(title), 40)[:3]
    line, gap = 50, 28
    top = 50 + 56 * len(heading)
    chart = 150 + (140 if len(speakers) > 1 else 90) * len(speakers)
    height = top + chart + 56 + sum(line * len(lines) + gap for lines in listed) + 40
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=theme.back)
    FigureCanvasAgg(figure)

    def write(text: str, x: float, y: float, **style: Any) -> None:
        """Text with its top left corner at pixels from the top left."""
        figure.text(x / WIDTH, 1 - y / height, text, va="top", ha="left", **style)

    for place, text in enumerate(heading):
        write(text, 48, 44 + 56 * place, fontsize=20, fontweight="bold", color=theme.ink)
    axes = figure.add_axes((0.075, 1 - (top + chart - 60) / height, 0.85, (chart - 100) / height))
    _draw_chart(axes, citations, numbered, speakers, words, theme)
    y = float(top + chart + 36)
    for lines in listed:
        for place, text in enumerate(lines):
            weight = "bold" if place == 0 else "normal"
            write(
                text,
                48,
                y,
                fontsize=17 if place else 15.5,
                fontweight=weight,
                color=theme.ink if place else theme.faint,
            )
            y += line
        y += gap
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=theme.back)
    return buffer.getvalue()


def _draw_chart(
    axes: Any, citations: Sequence[Citation], numbered: Sequence[Citation], speakers: list[str], words: Words,
    theme: _Theme,
) -> None:  # fmt: skip
    days = [day.toordinal() for one in citations if (day := day_of(one))]
    first, last = min(days), max(days)
    room = (last - first) * 0.06 or 1.0
    axes.set_xlim(first - room, last + room)
    axes.set_ylim(len(speakers) - 0.35, -0.75)
    axes.set_facecolor(theme.back)
    axes.set_yticks([])
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(theme.line)
    for row, speaker in enumerate(speakers):
        colour = theme.dots[row % len(theme.dots)]
        mine = [one for one in citations if (one.speaker or "") == speaker and day_of(one)]
        axes.axhline(row, color=theme.line, linewidth=1, zorder=1)
        places = [day.toordinal() for one in mine if (day := day_of(one))]
        axes.scatter(
            places, [row] * len(places), s=70, color=colour, marker=_MARKERS[row % 4], zorder=3, edgecolors=theme.back
        )
        if len(speakers) > 1:
            name = _drawable(speaker) or "?"
            axes.text(first - room, row - 0.28, name[:40], fontsize=14.5, color=colour, fontweight="bold", va="bottom")
    above = 11 if len(speakers) == 1 else -24  # the names stand above the lines
    for row, x, label in _labels(numbered, speakers, (last - first + 2 * room) * 0.04):
        axes.annotate(
            label, (x, row), xytext=(0, above), textcoords="offset points", ha="center", fontsize=15,
            fontweight="bold", color=theme.ink, zorder=4,
        )  # fmt: skip
    ticks = sorted({first, (first + last) // 2, last}) if last - first > 60 else sorted({first, last})
    axes.set_xticks(ticks)
    shown_days = [words.day(date.fromordinal(tick)) for tick in ticks]
    axes.set_xticklabels(shown_days, fontsize=14, color=theme.faint)
    labels = axes.get_xticklabels()
    if len(labels) > 1:
        labels[0].set_horizontalalignment("left")
        labels[-1].set_horizontalalignment("right")
    axes.tick_params(axis="x", color=theme.line, length=6, pad=8)


def _labels(numbered: Sequence[Citation], speakers: list[str], near: float) -> list[tuple[int, float, str]]:
    """Row, place and text of the numbers; those that would stand on each other are one: "2-4", "2, 5"."""
    rows: dict[int, list[tuple[int, list[int]]]] = {}
    for number, one in enumerate(numbered, 1):
        row = speakers.index(one.speaker or "") if (one.speaker or "") in speakers else 0
        x = (day_of(one) or date.min).toordinal()
        groups = rows.setdefault(row, [])
        if groups and x - groups[-1][0] < near:
            groups[-1][1].append(number)
        else:
            groups.append((x, [number]))
    labels = []
    for row, groups in rows.items():
        for x, numbers in groups:
            whole = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
            text = f"{numbers[0]}–{numbers[-1]}" if whole else ", ".join(map(str, numbers))
            labels.append((row, float(x), text))
    return labels


def _listed(number: int, citation: Citation, words: Words) -> list[str]:
    """A numbered statement in lines: who and when, then the quote, shortened."""
    day = day_of(citation)
    teller = words.say("as told by {name}", name=citation.told_by) if citation.told_by else None
    who = " · ".join(part for part in (citation.speaker, teller, words.day(day) if day else None) if part)
    quote = _drawable(" ".join(citation.quote.split()))
    return [
        *textwrap.wrap(f"{number}  {_drawable(who)}", 50)[:2],
        *textwrap.wrap(textwrap.shorten(quote, LONGEST_QUOTE, placeholder=" …"), 50),
    ]


def _drawable(text: str) -> str:
    """A text without what the font has no letters for (it holds Latin, Greek, Cyrillic, Arabic and Hebrew)."""
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", text)
        if character <= "\u2fff" and unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
    )
    return kept.replace("$", r"\$")

"""A text's paragraphs, as spans of it. The text itself is never touched.

Blank lines part paragraphs; a lone "." counts as a blank line (some archives are exported so). Only a text without any
blank line is parted by its line ends, unless those are the hard wraps of a text set to a fixed width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from data.model import Span

_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_WORD = re.compile(r"\w")
_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*\s*\Z")

WRAP_COLUMNS = 100
"""Lines longer than this are no hard wraps: mail and wire copy are set at 65 to 80 columns."""


def lines(text: str) -> Iterator[Span]:
    """The spans of the text's lines, without their ends."""
    start = 0
    for end in _LINE_END.finditer(text):
        yield start, end.start()
        start = end.end()
    yield start, len(text)


def strip(text: str, start: int, end: int) -> Span:
    """The span without white space and invisible characters at either side; ``(start, start)`` when nothing is left."""
    while start < end and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    return start, end


def blocks(text: str, start: int = 0) -> list[list[Span]]:
    """Runs of lines between blank lines, each line stripped; from ``start`` on, which may lie within a line."""
    runs: list[list[Span]] = []
    run: list[Span] = []
    for line_start, line_end in lines(text):
        if line_end < start:
            continue
        line = strip(text, max(line_start, start), line_end)
        if line[0] == line[1] or text[line[0] : line[1]] == ".":
            if run:
                runs.append(run)
            run = []
        else:
            run.append(line)
    if run:
        runs.append(run)
    return runs


def split(text: str, start: int = 0) -> list[Span]:
    """The paragraphs of ``text`` from ``start`` on: ordered, stripped spans that hold at least one letter or digit."""
    runs = blocks(text, start)
    if len(runs) == 1 and len(runs[0]) > 1:
        runs = _parted_by_lines(text, runs[0])
    return [(run[0][0], run[-1][1]) for run in runs if _WORD.search(text, run[0][0], run[-1][1])]


def parted(text: str, run: list[Span]) -> list[list[Span]]:
    """One block as the paragraphs it is made of: long lines that end their sentences are a paragraph each."""
    lengths = [end - start for start, end in run]
    ended = sum(bool(_SENTENCE_END.search(text, start, end)) for start, end in run)
    repeated = len({text[start:end] for start, end in run}) < len(run)  # a caption copied twice stays one block
    if len(run) > 1 and not repeated and median(lengths) > WRAP_COLUMNS and ended >= 0.8 * len(run):
        return [[line] for line in run]
    return [run]


def _parted_by_lines(text: str, run: list[Span]) -> list[list[Span]]:
    """A text without blank lines: every line is a paragraph, unless the lines are hard wraps."""
    if not _is_wrapped(text, run):
        return [[line] for line in run]
    width = max(end - start for start, end in run)
    paragraphs: list[list[Span]] = [[run[0]]]
    for before, line in pairwise(run):
        indented = text[line[0] - 2 : line[0]] in ("  ", "\n\t", " \t", "\t\t")
        short = before[1] - before[0] < 0.75 * width and _SENTENCE_END.search(text, *before)
        if indented or short:
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return paragraphs


def _is_wrapped(text: str, run: Sequence[Span]) -> bool:
    """Hard wraps: no line is long, and most lines break off in mid-sentence near the same width."""
    width = max(end - start for start, end in run)
    if not 30 <= width <= WRAP_COLUMNS or len(run) < 3:
        return False
    broken = [not _SENTENCE_END.search(text, *line) for line in run[:-1]]
    near = [end - start >= 0.7 * width for start, end in run[:-1]]
    return sum(b and n for b, n in zip(broken, near, strict=True)) >= 0.5 * len(broken)

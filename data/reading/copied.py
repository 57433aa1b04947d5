"""Text copied from a web page: what stands before the article's first sentence and after its last.

Before it: menu words, the headline, byline, date, a caption copied twice (once from the picture's description).
After it: the author's card, "about us", links to other articles. All of it is judged by form and place; a block is
left out only on clear
grounds, and never when it quotes someone or says that someone said something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from data.model import Span
from data.reading.fields import Fields
from data.reading.furniture import has_quotation, is_furniture
from data.reading.notices import notice_in
from data.reading.paragraphs import lines

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]」]*\Z")
_SAYING = re.compile(r"\b(?:said|says|say|told|tells|according to|added|wrote|claimed|warned|announced|stated)\b", re.I)
_BYLINE = re.compile(
    r"(?:by|автор:)\s+((?:[^\W\d_][\w.'’-]*)(?:[ \t]+[^\W\d_][\w.'’-]*){1,5})(?:\s*[,|].{0,60})?", re.I
)
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*)")
_STAMP = re.compile(
    r"(?:(?P<label>published|posted|updated|last updated|first published|modified)\s*(?:on|at)?:?\s*)?"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+|(?:mon|tue|wed|thu|fri|sat|sun)[.,]*\s+)?"
    r"(?P<day>\d{4}-\d{2}-\d{2}|[A-Z][a-z]{2,8}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}\.?\s+[A-Z][a-z]{2,8}\.?,?\s+\d{4})"
    r"(?:\s*(?:[,|·•T-]|at)?\s*\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:[A-Z]{2,5}|[+-]\d{2}:?\d{2})?)?",
    re.I,
)
_ABOUT = re.compile(
    r"\breports?\b.{0,80}\b(?:languages|countries)\b|\bwe (?:provide|publish|are committed|deliver)\b|"
    r"\bis an? (?:[\w-]+ ){0,4}(?:correspondent|reporter|journalist|writer|editor|columnist|freelancer|contributor)\b|"
    r"\b(?:reports|writes|covers)\b.{1,60}\bfor\b|"
    r"\b(?:support|donate to) (?:our|independent) (?:journalism|work|reporting)|"
    r"\bis (?:a|an|the) .{0,60}\b(?:news (?:agency|organi[sz]ation|outlet|site|service)|newspaper|broadcaster)\b",
    re.I | re.S,
)
_IMAGE = re.compile(r"\A\W*\d+ ?[x×] ?\d+ image\W*\Z", re.I)
_LIST_HEAD = re.compile(
    r"(?:related|more|most|recommended|you (?:may|might) also|editors?['’]?s? |trending|latest|"
    r"read (?:more|next)|also on|"
    r"don['’]t miss|"
    r"читайте также|смотрите также|mehr zum thema|lire aussi|lea también)\b.{0,40}",
    re.I,
)
_DAY_FORMATS = ("%Y-%m-%d", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y")

HEADLINE_WORDS = range(3, 31)
MENU_WORDS = 4
"""Words of a menu entry at most: longer lines before the headline are kept."""


@dataclass(frozen=True, slots=True)
class Page:
    """A text without its furniture: the paragraphs kept, what the furniture said of the article, and the legal
    notice."""

    paragraphs: list[Span]
    fields: Fields
    notice: str | None


def of_page(text: str, spans: Sequence[Span], *, title: str | None = None) -> Page:
    """The article among the blocks of a page's text.

    Args:
        text: the whole text.
        spans: its blocks.
        title: the headline, if it is known already; a block that repeats it is left out.
    """
    parts = [text[start:end] for start, end in spans]
    notice = notice_in(text, spans)
    left_out = {i for i, part in enumerate(parts) if is_furniture(part) or _is_doubled(part)}
    left_out |= notice.ordinals if notice else set()
    fields = Fields(title=title, outlet=notice.outlet if notice else None)
    body = next((i for i, part in enumerate(parts) if i not in left_out and _is_prose(part)), None)
    if body is not None:
        front, front_out = _front(parts, body, left_out, title)
        fields = fields.or_else(front)
        left_out |= front_out
        left_out |= _back(parts, body, left_out)
    kept = [span for i, span in enumerate(spans) if i not in left_out]
    return Page(kept, fields, notice.text if notice else None)


def _front(parts: Sequence[str], body: int, known: set[int], title: str | None) -> tuple[Fields, set[int]]:
    """What the blocks before the first sentence say, and which of them are no paragraphs."""
    left_out: set[int] = set()
    authors: list[str] = []
    days: set[date] = set()
    candidates = []
    for i, part in enumerate(parts[:body]):
        if i in known:
            continue
        if i + 1 < len(parts) and parts[i + 1] == part:
            left_out |= {i, i + 1}  # a caption copied twice, as two blocks
        elif stamp := _stamp(part):
            left_out.add(i)
            authors += stamp.authors
            days |= stamp.days
        elif i not in left_out and len(part.split()) in HEADLINE_WORDS and len(part) <= 250:
            candidates.append(i)
    headline = next((i for i in candidates if len(parts[i].split()) > MENU_WORDS), None)
    if headline is None and candidates:
        headline = max(candidates, key=lambda i: len(parts[i]))
    if title is not None:
        headline = next((i for i in candidates if _same_line(parts[i], title)), None)
    if headline is not None:
        left_out.add(headline)
        left_out |= {i for i in range(headline) if i not in known and len(parts[i].split()) <= MENU_WORDS}
    # The byline and date may also follow the standfirst, the first sentence that a page has.
    for i in range(body + 1, min(body + 3, len(parts))):
        if i not in known and (stamp := _stamp(parts[i])):
            left_out.add(i)
            authors += stamp.authors
            days |= stamp.days
    return (
        Fields(
            title=" ".join(parts[headline].split()) if headline is not None and title is None else None,
            author=authors[0] if authors else None,
            published=days.pop() if len(days) == 1 else None,
        ),
        left_out,
    )


def _back(parts: Sequence[str], body: int, known: set[int]) -> set[int]:
    """Blocks after the article's end: link lists under their heading, and what outlet or author say of themselves."""
    left_out: set[int] = set()
    listing = False
    for i in range(body + 1, len(parts)):
        part = parts[i]
        if _LIST_HEAD.fullmatch(part) and not _SENTENCE_END.search(part):
            listing = is_furniture(part)
        elif listing and not _is_prose(part) and not has_quotation(part) and not _SENTENCE_END.search(part):
            left_out.add(i)
        elif i not in known:
            listing = False
        if _IMAGE.search(parts[i - 1]) and not has_quotation(part) and not _SAYING.search(part):
            left_out.add(i)  # the card of the author or the outlet, after its picture
    gone = known | left_out
    for i in range(len(parts) - 1, body, -1):
        if i in gone:
            continue
        if not _ABOUT.search(parts[i]) or has_quotation(parts[i]) or _SAYING.search(parts[i]):
            break
        left_out.add(i)
    return left_out


@dataclass(frozen=True, slots=True)
class _Stamp:
    authors: list[str]
    days: set[date]


def _stamp(part: str) -> _Stamp | None:
    """Who wrote it and when, if each line of the block says only that."""
    authors: list[str] = []
    days: set[date] = set()
    for start, end in lines(part):
        line = part[start:end].strip(" \t|·•")
        if not line or is_furniture(line):
            continue
        if (byline := _BYLINE.fullmatch(line)) and _capitalised(byline.group(1)):
            authors.append(" ".join(byline.group(1).split()))
        elif (stamp := _STAMP.fullmatch(line)) and (day := _day(stamp["day"])):
            if (stamp["label"] or "").lower() not in ("updated", "last updated", "modified"):
                days.add(day)
        else:
            return None
    return _Stamp(authors, days)


def _day(words: str) -> date | None:
    plain = " ".join(words.replace(",", " ").replace(".", " ").split()).replace("Sept ", "Sep ")
    for form in _DAY_FORMATS:
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    return None


def _capitalised(name: str) -> bool:
    words = [word for word in _NAME.findall(name) if word.lower() not in ("and", "de", "van", "von", "bin", "al", "и")]
    return 2 <= len(words) <= 6 and all(word[0].isupper() for word in words)


def _is_doubled(part: str) -> bool:
    """A caption copied twice: two lines that say the same."""
    said = [part[start:end].strip() for start, end in lines(part)]
    said = [line for line in said if line]
    return len(said) == 2 and said[0] == said[1]


def _is_prose(part: str) -> bool:
    """A sentence of the article: it ends as one and is long enough for one."""
    words = len(part.split())
    if _SENTENCE_END.search(part):
        return words >= 8 or (words <= 2 and len(part) >= 30)  # scripts without spaces
    return words >= 35


def _same_line(one: str, other: str) -> bool:
    return re.findall(r"\w+", one.casefold()) == re.findall(r"\w+", other.casefold())

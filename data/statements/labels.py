"""Interviews and transcripts: paragraphs that open with the speaker's label ("TANNER: ...", "Q: ...", "JW: ...")."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

from data.model import Article, Span, overlap
from data.statements.joining import Marked
from data.statements.passages import strip
from data.statements.proposals import Proposal

SURE = 0.9
"""Confidence of a labelled turn."""

_TITLES = r"(?:(?:Mr|Mrs|Ms|Dr|Sen|Rep|Gov|Prof|Rev|Gen|Lt|Col|Capt|Sgt)\.? )?"
_NAME = r"[^\W\d_][\w.'’\-]*(?: [^\W\d_][\w.'’\-]*){0,4}(?: \([^()\n]{1,60}\))?(?:, [^:\n]{1,60})?"
_LABEL = re.compile(rf"\s*[*_]{{0,2}}(?P<label>{_TITLES}{_NAME})[*_]{{0,2}}(?P<cue> ?[:：])[*_]{{0,2}}(?=\s|$)")
_MARKED = re.compile(r"\s*(?P<label>\(\([^()\n]{1,60}\)\))(?P<cue>)(?=\s)")
_INTERVIEWER = re.compile(r"\(\((?:WN|Wikinews)\)\)", re.IGNORECASE)
_SIGNATURE = re.compile(r"\s*(?P<cue>--|[-–—―])\s*(?P<name>(?:the )?[A-Z@][^\n\"“”:;!?]{1,100}?)[.\s]*$")
_CAPITALS = re.compile(r"(?:[A-Z][A-Z.'’\-]*|Ma?c[A-Z]+)(?: (?:[A-Z][A-Z.'’\-]*|Ma?c[A-Z]+|[a-z]{2}))*\.?$")
_FURNITURE = frozenset(
    [
        "advertisement", "also", "also read", "analysis", "by", "caption", "contact", "contributing", "copyright",
        "correction", "credit", "credits", "date", "disclaimer", "disclosure", "editor's note", "editors' note",
        "email", "exclusive", "fact", "fact check", "file", "follow", "graphic", "http", "https", "image",
        "images", "info", "listen", "live", "location", "map", "more", "more info", "name", "note", "opinion",
        "photo", "photos", "phone", "picture", "pictures", "poll", "price", "read", "read more", "related",
        "report", "reporting", "review", "score", "see", "see also", "sidenote", "source", "sources", "sponsored",
        "story", "subject", "summary", "tags", "tickets", "time", "timeline", "tip", "topics", "update", "updated",
        "url", "video", "warning", "watch", "web", "website", "when", "where", "who", "why", "how", "what",
    ]
)  # fmt: skip
_SMALL = frozenset("al bin da de del den der di dos du el for in la le of the van von y".split())  # noqa: SIM905
_HEADINGS = frozenset(
    [
        "address", "age", "ages", "answers", "award", "background", "best", "capacity", "cast", "category",
        "cause", "charges", "city", "class", "company", "cons", "context", "cost", "county", "course",
        "deadline", "deaths", "details", "directions", "director", "distance", "event", "final", "finalist",
        "finalists", "founded", "genre", "grade", "height", "hometown", "hours", "impact", "ingredients", "key",
        "length", "next", "nominees", "notable", "odds", "party", "pick", "plot", "population", "position",
        "prediction", "premise", "profile", "pros", "purse", "rank", "rating", "record", "region", "release",
        "result", "results", "runner-up", "runners-up", "salary", "school", "season", "sentence", "series",
        "situation", "size", "sport", "starring", "state", "status", "team", "term", "title", "total", "tv",
        "venue", "verdict", "weight", "winner", "winners", "worst", "year",
    ]
)  # fmt: skip
"""Single words that head the parts of a list, time after time."""
_TURNS = 12  # paragraphs of one answer


def labelled(article: Article) -> list[Proposal]:
    """The turns of an interview or transcript that stands in the article.

    A label must open two paragraphs; beside such a one, a label in capitals, or the name that initials stand for,
    counts even once. A turn runs on over unlabelled paragraphs up to the next label, but not past the last.
    """
    labels: dict[int, re.Match[str]] = {}
    for ordinal, (start, end) in enumerate(article.paragraphs):
        match = _LABEL.match(article.text, start, end) or _MARKED.match(article.text, start, end)
        if match and not is_furniture(match.group("label")) and _may_speak(match):
            labels[ordinal] = match
    counts = Counter(_folded(match.group("label")) for match in labels.values())
    again = {i for i, match in labels.items() if counts[_folded(match.group("label"))] > 1}
    if not again:
        return []  # headings in capitals ("CURRENCIES: ...") stand once each; people who talk do so again
    common = {_folded(labels[i].group("label")) for i in again}
    sure = sorted(
        i for i, match in labels.items()
        if i in again or _is_plain(match) or _initials(match.group("label")) in common
    )  # fmt: skip
    found = []
    for ordinal, following in zip(sure, [*sure[1:], sure[-1] + 1], strict=True):
        turn = _turn(article, labels[ordinal], ordinal, following)
        if turn:
            found.append(turn)
    return found


def _may_speak(match: re.Match[str]) -> bool:
    """Whether a label may be somebody's name: "Why it matters: ..." and "Winner: ..." head the parts of a list."""
    if _is_plain(match):
        return True
    words = _bare(match).split()
    if not all(word[0].isupper() or word in _SMALL for word in words):
        return False
    return len(words) > 1 or words[0].casefold() not in _HEADINGS


def _turn(article: Article, label: re.Match[str], ordinal: int, following: int) -> Proposal | None:
    """The words after a label, with the paragraphs up to the next one.

    After a question nothing runs on: an unlabelled answer must not be put in the mouth of who asked. Nor does an answer
    run on over an unlabelled question ("'''Why now?'''"): that is the interviewer again.
    """
    first = strip(article.text, (label.end(), article.paragraphs[ordinal][1]))
    asks = article.text[slice(*first)].endswith("?") or _INTERVIEWER.fullmatch(label.group("label")) is not None
    last = ordinal + 1 if asks or following - ordinal > _TURNS else following
    more = takewhile(lambda span: not _asks(article.text[slice(*span)]), article.paragraphs[ordinal + 1 : last])
    spans: list[Span] = [first, *more]
    content = tuple(span for span in spans if any(c.isalnum() for c in article.text[slice(*span)]))
    if not content:
        return None
    cue = label.span("cue") if label.group("cue") else label.span("label")
    return Proposal(ordinal, None, label.span("label"), strip(article.text, cue), content, SURE)


def _asks(paragraph: str) -> bool:
    return paragraph.rstrip(" *_'’\"”").endswith("?")


def signed(marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    """Quotes with a signature: '"We have run out of time" - Jane Roe, mayor', the signature in their paragraph or next.

    Only quotes that are a paragraph but for the signature, and that no proposal has taken.
    """
    found = []
    for ordinal, (start, end) in enumerate(marked.spans):
        if len(marked.quotes[ordinal]) != 1 or not marked.quotes[ordinal][0].closed:
            continue
        quote = marked.quotes[ordinal][0].outer
        if marked.text[start : quote[0]].strip() or any(overlap(quote, s) for p in proposals for s in p.content):
            continue
        rest = (quote[1], end)
        if not marked.text[slice(*rest)].strip() and ordinal + 1 < len(marked.spans):
            rest = marked.spans[ordinal + 1]
        signature = _SIGNATURE.match(marked.text, *rest)
        if signature:
            name = strip(marked.text, signature.span("name"))
            found.append(Proposal(ordinal, None, name, signature.span("cue"), (quote,), SURE))
    return found


def _initials(label: str) -> str:
    """ "nt" of "Nora Tamm": interviews name who speaks once and go on with the initials."""
    return "".join(word[0] for word in label.split() if word[0].isupper()).casefold()


def is_furniture(label: str) -> bool:
    """Whether a label names a part of the page ("Photo: ...") and nobody who speaks."""
    return _folded(label) in _FURNITURE


def _folded(label: str) -> str:
    return label.casefold().replace("’", "'").strip()


def _is_plain(match: re.Match[str]) -> bool:
    """Whether a label can be nothing else: capitals, initials, Q and A, or a magazine's own mark."""
    return not match.group("cue") or _CAPITALS.match(_bare(match)) is not None


def _bare(match: re.Match[str]) -> str:
    """A label without the office or place behind it: "Ines Falk" of "Ines Falk (D-Me.)"."""
    return re.sub(r" \(.*|,.*", "", match.group("label"))

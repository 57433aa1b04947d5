"""The archive: articles and their versions, paragraphs, statements, speakers, corrections. The source of truth.

``data.archive.writer`` is not imported here: whoever only reads the archive doesn't pay for what changes it.
"""

from data.archive.archive import FILE, Archive, Snapshot
from data.archive.generations import Generation, Overtaken, Pending, Segment
from data.archive.records import (
    Counts,
    Outcome,
    Put,
    SpeakerRow,
    StoredArticle,
    StoredParagraph,
    StoredStatement,
)

__all__ = [
    "FILE",
    "Archive",
    "Counts",
    "Generation",
    "Outcome",
    "Overtaken",
    "Pending",
    "Put",
    "Segment",
    "Snapshot",
    "SpeakerRow",
    "StoredArticle",
    "StoredParagraph",
    "StoredStatement",
]

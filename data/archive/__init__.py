"""The archive: articles and their versions, paragraphs, statements, speakers, corrections. The source of truth."""

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
from data.archive.removal import Purged
from data.archive.writer import Writer

__all__ = [
    "FILE",
    "Archive",
    "Counts",
    "Generation",
    "Outcome",
    "Overtaken",
    "Pending",
    "Purged",
    "Put",
    "Segment",
    "Snapshot",
    "SpeakerRow",
    "StoredArticle",
    "StoredParagraph",
    "StoredStatement",
    "Writer",
]

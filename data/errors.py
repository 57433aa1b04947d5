"""The one exception tree. A message says what is wrong and where; ``hint`` says what to do about it."""

from __future__ import annotations


class OnRecordError(Exception):
    """Anything a user can mend. Shown as one line, never as a traceback; the command ends with ``exit_code``."""

    exit_code = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}: {self.hint}" if self.hint else message


class UnreadableSource(OnRecordError):
    """A file, page or line that can't be read as an article."""


class ArchiveError(OnRecordError):
    """The archive is missing, locked, damaged or from another version."""


class ArchiveLocked(ArchiveError):
    """Another process is writing."""


class IndexFault(OnRecordError):
    """The index is missing, damaged, or does not fit the archive or the model."""


class ModelError(OnRecordError):
    """The encoder's weights are missing or are not what they should be."""


class BadQuestion(OnRecordError):
    """A question that is empty, too long, or asks for an impossible date.

    ``kind`` ("empty", "long", "no day", "year 0") and ``given`` (the day or the length) say the same as data, for
    shells that speak their reader's language.
    """

    def __init__(self, message: str, *, hint: str | None = None, kind: str = "", given: str = "") -> None:
        super().__init__(message, hint=hint)
        self.kind = kind
        self.given = given


class SettingsError(OnRecordError):
    """A setting that can't be used."""

"""JSON logs that can't tell on a reader: no question, no id, no token, whatever goes wrong.

Our own messages are fixed words with counted fields. Of other libraries' records (httpx logs each URL, and so the
token; an exception may carry a question) only the logger's name, the place and the exception's type are written, never
the message.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Final, TextIO

OURS: Final = ("bot", "data", "embeddings")
FIELDS: Final = ("count", "seconds", "method", "kind", "attempt", "generation", "outcome", "update", "address")
"""What a record of ours may carry beside its words (``extra={...}``); anything else is left out."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, event, a few counted fields, and the frames of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.split(".")[0] in OURS
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # the words before any arguments are put in: those could be anything
            "event": str(record.msg) if ours and not record.args else f"{record.module}:{record.lineno}",
        }
        for name in FIELDS:
            value = getattr(record, name, None)
            if ours and value is not None:
                line[name] = value
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["at"] = [
                f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-8:]
            ]
        return json.dumps(line, ensure_ascii=False)


def set_up(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Send every record of this process through ``JsonLines``; other libraries from WARNING up only."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    # its warnings at every 429 say nothing that the delivery's own record does not
    logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
    logging.captureWarnings(True)

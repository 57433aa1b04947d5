"""What is kept of a reader: their settings and alerts, nothing else, sealed with the operator's key.

A row's key is an HMAC of the chat's id and its content a Fernet token (AES-128-CBC with HMAC-SHA256,
https://github.com/fernet/spec), both under keys derived from the operator's secret: the file says nothing to whoever
has it without the secret. Without a secret nothing is written: settings last until the process ends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from zlib import crc32

from cryptography.fernet import Fernet, InvalidToken

from data.errors import SettingsError

MOST_ALERTS: Final = 20
SHORTEST_SECRET: Final = 16

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS readers (name BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS check_value (sealed BLOB NOT NULL);
"""


@dataclass(slots=True)
class Alert:
    """Tell me when a speaker speaks, or about a topic. ``after`` is the archive's key of the newest article that was
    there when it was last told: keys only rise, so a statement is told once."""

    kind: Literal["speaker", "topic"]
    words: str
    paused: bool = False
    after: int = 0

    @property
    def mark(self) -> str:
        """How a button names it (CRC-32: told apart, not kept secret)."""
        return f"{crc32(f'{self.kind} {self.words}'.encode()):08x}"


@dataclass(slots=True)
class Reader:
    """A chat's settings. ``language`` is None where the app's own language is followed."""

    chat: int
    language: str | None = None
    citations: int = 3
    dark: bool = False
    nights: bool = False
    offset_minutes: int = 0
    alerts: list[Alert] = field(default_factory=list)

    @property
    def is_default(self) -> bool:
        return self == Reader(self.chat)


class Readers:
    """The readers that have settings or alerts. Thread-safe."""

    def __init__(self, home: Path, secret: str | None) -> None:
        """Open (and create) ``readers.sqlite`` in the home folder.

        Raises:
            SettingsError: the secret is short, or is not the one that the file was sealed with.
        """
        self._lock = threading.Lock()
        self.kept = secret is not None
        if secret is not None and len(secret) < SHORTEST_SECRET:
            raise SettingsError(
                "ONRECORD_TELEGRAM_READER_KEY is too short",
                hint=f"use {SHORTEST_SECRET} characters or more, such as the output of: openssl rand -hex 32",
            )
        material = secret or base64.b64encode(Fernet.generate_key()).decode()
        self._naming = _derived(material, "names")
        self._seal = Fernet(base64.urlsafe_b64encode(_derived(material, "contents")))
        if secret is not None:
            home.mkdir(parents=True, exist_ok=True)
        place = str(home / "readers.sqlite") if secret is not None else ":memory:"
        self._database = sqlite3.connect(place, check_same_thread=False, timeout=10)
        with self._lock, self._database:
            self._database.executescript("PRAGMA secure_delete = ON;" + _SCHEMA)
            self._check()

    def of(self, chat: int) -> Reader:
        """A chat's settings; the defaults where it has none."""
        with self._lock:
            row = self._database.execute("SELECT sealed FROM readers WHERE name = ?", (self._name(chat),)).fetchone()
        return self._open(row[0]) if row else Reader(chat)

    def keep(self, reader: Reader) -> None:
        """Keep a chat's settings; defaults are not kept at all."""
        if reader.is_default:
            self.forget(reader.chat)
            return
        sealed = self._seal.encrypt(json.dumps(asdict(reader)).encode())
        with self._lock, self._database:
            self._database.execute("INSERT OR REPLACE INTO readers VALUES (?, ?)", (self._name(reader.chat), sealed))

    def forget(self, chat: int) -> bool:
        """Delete all that is kept of a chat; whether there was anything."""
        with self._lock, self._database:
            gone = self._database.execute("DELETE FROM readers WHERE name = ?", (self._name(chat),)).rowcount
        return gone > 0

    def move(self, chat: int, to: int) -> None:
        """Keep under a chat's new id what was kept under the old one (a group that became a supergroup)."""
        reader = self.of(chat)
        if not reader.is_default:
            self.forget(chat)
            reader.chat = to
            self.keep(reader)

    def with_alerts(self) -> Iterator[Reader]:
        """The readers with an alert that is not paused."""
        with self._lock:
            rows = self._database.execute("SELECT sealed FROM readers").fetchall()
        for (sealed,) in rows:
            reader = self._open(sealed)
            if any(not alert.paused for alert in reader.alerts):
                yield reader

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _name(self, chat: int) -> bytes:
        return hmac.digest(self._naming, str(chat).encode(), "sha256")

    def _open(self, sealed: bytes) -> Reader:
        fields: dict[str, Any] = json.loads(self._seal.decrypt(sealed))
        alerts = [Alert(**alert) for alert in fields.pop("alerts", [])]
        return Reader(**fields, alerts=alerts)

    def _check(self) -> None:
        """The secret must be the one that the file was first opened with: otherwise nothing in it could be read."""
        row = self._database.execute("SELECT sealed FROM check_value").fetchone()
        if row is None:
            self._database.execute("INSERT INTO check_value VALUES (?)", (self._seal.encrypt(b"on record"),))
            return
        try:
            self._seal.decrypt(row[0])
        except InvalidToken:
            raise SettingsError(
                "ONRECORD_TELEGRAM_READER_KEY is not the key that readers.sqlite was sealed with",
                hint="set the earlier key, or delete readers.sqlite (readers lose their settings and alerts)",
            ) from None


def _derived(secret: str, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose (HMAC-SHA256 as a key derivation function over a high-entropy secret)."""
    return hmac.digest(hashlib.sha256(secret.encode()).digest(), b"on record readers: " + purpose.encode(), "sha256")

"""What is encoded: a paragraph under its headline, a statement with who says it.

A news paragraph leans on what stands above it ("The senator said he would not"). With the headline before it, the gold
passage is among the first 20 for 95 % of questions instead of 88 % (``benchmarks/retrieval.py``).
"""

from __future__ import annotations

import hashlib

HASH_BYTES = 16


def paragraph_text(title: str | None, paragraph: str) -> str:
    """The text that stands for a paragraph in the vectors."""
    return f"{_sentence(title)} {paragraph}" if title and title.strip() else paragraph


def statement_text(speaker: str | None, content: str) -> str:
    """The text that stands for a statement in the vectors: ``speaker: content``."""
    return f"{speaker}: {content}" if speaker else content


def text_hash(text: str) -> bytes:
    """16 bytes that name an encoded text: with the same model, the same hash means the same vector."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=HASH_BYTES).digest()


def _sentence(title: str) -> str:
    title = title.strip()
    return title if title[-1] in ".?!:;" else f"{title}."

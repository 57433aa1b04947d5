"""The language of a text, by py3langid (langid.py's naive Bayes over byte n-grams, Lui and Baldwin 2012), offline."""

from __future__ import annotations

import re

ENOUGH_LETTERS = 60
"""Fewer letters than this (a dozen words) are no ground for a guess."""

BULK = 2000
"""Characters looked at, from the middle of the text on: more do not change the result."""

_LETTER = re.compile(r"[^\W\d_]")
_WIDE = re.compile("[\u3040-\u9fff\uac00-\ud7a3]")


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of the text's language ("en", "ru"), or None when the text is too short to tell.

    Long texts are judged by ``BULK`` characters from the middle, where boilerplate in another language is rarest.
    """
    if len(text) > BULK:
        middle = (len(text) - BULK) // 2
        text = text[middle : middle + BULK]
    # A Chinese, Japanese or Korean character says as much as a few Latin letters.
    if len(_LETTER.findall(text)) + 4 * len(_WIDE.findall(text)) < ENOUGH_LETTERS:
        return None
    # Imported here: it loads numpy and a model.
    import py3langid

    # Lower case, since the model has hardly seen text in capitals and takes it for another language.
    code: str = py3langid.classify(text.lower())[0]
    return code

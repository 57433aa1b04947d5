"""The language of a question: enough to say politely, in that language, that the coverage searched is English."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any, Final

from bot.asking.verbs import FORMS

_ENGLISH: Final = frozenset(
    str.split(
        "the a an of to in on for and or is was were are be been that this it as at by with from what who whom "
        "whose which when "
        "where why how did does do has have had will would say said says tell told about according he she they "
        "his her their him "
        "them not any anybody anyone someone quotes statements think thinks make made"
    )
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_SURE: Final = 0.8

POLITE: Final = {
    "ar": "التغطية التي يُبحث فيها هنا بالإنجليزية.",
    "de": "Die hier durchsuchte Berichterstattung ist auf Englisch.",
    "es": "La cobertura que se consulta aquí está en inglés.",
    "fa": "پوششی که اینجا جست‌وجو می‌شود به زبان انگلیسی است.",
    "fr": "Les articles consultés ici sont en anglais.",
    "it": "La copertura consultata qui è in inglese.",
    "ja": "ここで検索される記事は英語です。",
    "nl": "De berichtgeving die hier wordt doorzocht is in het Engels.",
    "pl": "Przeszukiwane tu materiały są w języku angielskim.",
    "pt": "A cobertura consultada aqui está em inglês.",
    "ru": "Материалы, в которых идёт поиск, — на английском языке.",
    "tr": "Burada aranan haberler İngilizcedir.",
    "uk": "Матеріали, у яких ведеться пошук, — англійською мовою.",
    "zh": "此处检索的报道为英文。",
}
ENGLISH_ONLY: Final = "The coverage searched here is in English."


def language_of(text: str) -> str:
    """The language of a question as an ISO 639-1 code; "en" in every case of doubt.

    A few words with names in them tell a statistical detector little, so it is only asked where no English function
    word or verb of saying occurs, or where most letters are not Latin (py3langid, Lui and Baldwin 2012).
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "en"
    foreign = sum(not unicodedata.name(c, "LATIN").startswith("LATIN") for c in letters) / len(letters)
    english = sum(word in _ENGLISH or word in FORMS for word in words)
    # "die", "was" and "in" are German too: in a longer question with accents one such word settles nothing
    if foreign < 0.3 and (len(words) < 3 or english > (1 if _accented(text) else 0)):
        return "en"
    language, probability = _identify(text)
    return language if probability >= _SURE or foreign >= 0.3 else "en"


def polite_word(language: str) -> str:
    """ "The coverage searched here is in English", in the reader's language where we know how, and in English."""
    word = POLITE.get(language)
    return f"{word} ({ENGLISH_ONLY})" if word else ENGLISH_ONLY


def _accented(text: str) -> bool:
    return any(ord(c) > 127 and c.isalpha() for c in text)


def _identify(text: str) -> tuple[str, float]:
    language, probability = _identifier().classify(text)
    return str(language), float(probability)


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

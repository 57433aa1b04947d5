"""A claim inside a claim: "Hall said that the contractor had claimed that the cranes were new".

The annotated articles mark only the outer claim, so the network knows nothing of the inner one. It is read off the
tree, and only where the tree is plain: a finite verb of speech with a noun of its own for a subject and a clause for
an object.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from data.model import Span
from data.statements.parsing import ParsedArticle, extent
from data.statements.passages import strip
from data.statements.proposals import Proposal
from data.statements.speech import WORDS, is_speech

if TYPE_CHECKING:
    from spacy.tokens import Token

CONFIDENCE = 0.6
"""A plain tree is right more often than not; the parser of a small pipeline is not always."""

_FINITE = frozenset(["VBD", "VBZ", "VBP", "VBN"])
_SUPPOSED = frozenset(["if", "unless", "whether", "would", "could", "can", "ca"])
_SUBJECTS = frozenset(["nsubj", "nsubjpass", "csubj", "csubjpass", "expl"])
_COMMITTING = frozenset(["threatened", "promised", "vowed", "pledged", "threatens", "promises", "vows", "pledges"])


def nested(parsed: ParsedArticle, outer: Iterable[Proposal]) -> list[Proposal]:
    """The claims within the contents of ``outer``, each with its own speaker."""
    found: list[Proposal] = []
    taken: set[tuple[int, int]] = set()
    for proposal in outer:
        doc = parsed.docs.get(proposal.ordinal)
        if doc is None:
            continue
        base = parsed.article.paragraphs[proposal.ordinal][0]
        for start, end in proposal.content:
            span = doc.char_span(start - base, end - base, alignment_mode="contract")
            for token in span or ():
                if token.lower_ in WORDS and (proposal.ordinal, token.i) not in taken:
                    inner = _read(token, base, (start, end), parsed.article.text, proposal.ordinal)
                    if inner:
                        taken.add((proposal.ordinal, token.i))
                        found.append(inner)
    return found


def _read(verb: Token, base: int, within: Span, text: str, ordinal: int) -> Proposal | None:
    """The claim that a verb within a content makes, if it plainly makes one."""
    if verb.tag_ not in _FINITE or any(child.lower_ in _SUPPOSED for child in verb.children):
        return None
    subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < verb.i), None)
    claims = {"ccomp", "xcomp"} if verb.lower_ in _COMMITTING else {"ccomp"}
    clause = next((c for c in verb.children if c.dep_ in claims and c.i > verb.i), None)
    if subject is None or clause is None or subject.tag_ not in {"NN", "NNS", "NNP", "NNPS"}:
        return None
    if clause.dep_ == "ccomp" and not any(child.dep_ in _SUBJECTS for child in clause.children):
        return None  # "attacks that, he noted, the mayor said were wrong": the clause's subject stands elsewhere
    content = strip(text, extent(clause, base))
    speaker = strip(text, extent(subject, base))
    cue = base + verb.idx, base + verb.idx + len(verb)
    if not (within[0] <= speaker[0] < speaker[1] <= cue[0] and cue[1] <= content[0] < content[1] <= within[1]):
        return None
    if not is_speech(verb.text, text[slice(*speaker)], verb):
        return None
    return Proposal(ordinal, verb.i, speaker, cue, (content,), CONFIDENCE)

"""Measure the naming of speakers: Gender Gap Tracker's articles, and the speakers of the question set.

    python benchmarks/names.py names                 gold speaker spans in: right names, strictly
    python benchmarks/names.py names --end-to-end    statements found by data.statements: writes a file for the scorer
    python benchmarks/names.py questions             the speakers of the gold passages over news-1095
    python benchmarks/names.py sample --seed 7       40 random attributions of news-1095 to judge by eye
    python benchmarks/names.py fit                   antecedent weights by conditional logit, and their folds' accuracy

Needs the shared evaluation data (``ONRECORD_SHARED``, default ``../shared``), which is not part of the repository.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import os
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from data.model import Article, Attribution, SpeakerName
from data.speakers.resolving import name_speakers
from data.statements.parsing import ParsedArticle, Parser

SHARED = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSONL file, gzipped or not."""
    if not path.exists():
        sys.exit(f"{path}: not here; set ONRECORD_SHARED to the folder of the evaluation data")
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in content.decode().split("\n") if line.strip()]


def scorer(name: str) -> ModuleType:
    """One of the shared scorers as a module."""
    spec = importlib.util.spec_from_file_location(name, SHARED / "score" / f"{name}.py")
    if spec is None or spec.loader is None or not (SHARED / "score").exists():
        sys.exit(f"{SHARED / 'score'}: not here; set ONRECORD_SHARED to the folder of the evaluation data")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def article_of(row: dict[str, Any]) -> Article:
    """An article of the evaluation data, a paragraph a line."""
    text = row["text"]
    paragraphs = tuple((m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", text))
    published = date.fromisoformat(row["published"][:10]) if row.get("published") else None
    return Article(
        row["id"],
        text,
        paragraphs,
        title=row.get("title") or None,
        author=row.get("author") or None,
        published=published,
    )


def attribution_of(row: dict[str, Any]) -> Attribution:
    """A gold statement as an attribution."""
    span = tuple(row["speaker"]) if row["speaker"] else None
    return Attribution(span, tuple(row["cue"]) if row["cue"] else None, tuple(map(tuple, row["content"])), "mixed")  # type: ignore[arg-type]


def parsed(articles: Iterable[dict[str, Any]]) -> Iterator[ParsedArticle]:
    """Parse the articles of the evaluation data, in order."""
    return Parser().parse_many(article_of(row) for row in articles)


PRONOUN = re.compile(r"(?:he|she|they|it|i|we|his|her|him|them|their|its|who)$", re.I)


def category(row: dict[str, Any]) -> str:
    """What kind of speaker a gold row has: none, pronoun, as named, other."""
    if not row["speaker"]:
        return "no span"
    if PRONOUN.match(row["speaker_text"]):
        return "pronoun"
    return "as named" if row["speaker_text"] == row["speaker_name"] else "other"


def measure_names(misses: int, end_to_end: Path | None) -> None:
    """Gold spans in (or found statements, written to a file for ``score_statements.py --gendergap``)."""
    articles = rows(SHARED / "names" / "articles.jsonl.gz")
    gold = defaultdict(list)
    for row in rows(SHARED / "names" / "gold.jsonl.gz"):
        gold[row["article"]].append(row)
    match = scorer("score_statements").name_match
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    shown = 0
    written: list[dict[str, Any]] = []
    for row, article in zip(articles, parsed(articles), strict=True):
        if end_to_end:
            from data.statements import find

            found = find(article)
            for attribution, name in zip(found, name_speakers(article, found), strict=True):
                written.append(statement_row(article.article, attribution, name))
            continue
        wanted = gold[row["id"]]
        names = name_speakers(article, [attribution_of(g) for g in wanted])
        for g, name in zip(wanted, names, strict=True):
            kind = category(g)
            ok = match(g["speaker_name"], name.name if name else g["speaker_text"])[0]
            for key in (kind, "all"):
                count[key] += 1
                right[key] += ok
            if name and name.resolved:
                count["resolved"] += 1
                right["resolved"] += ok
            if not ok and shown < misses:
                shown += 1
                where = g["content"][0][0] if not g["speaker"] else g["speaker"][0]
                around = row["text"][max(0, where - 160) : where + 40].replace("\n", "/")
                print(f"{row['id'][-6:]} {g['speaker_text']!r} gold {g['speaker_name']!r} got {name}\n      {around}")
    if end_to_end:
        end_to_end.write_text("".join(json.dumps(w) + "\n" for w in written), encoding="utf-8")
        print(f"{len(written)} statements in {end_to_end}")
        return
    for key in sorted(count):
        print(f"{key:10s} {right[key]:4d} of {count[key]:4d}  {100 * right[key] / count[key]:5.1f} %")


def statement_row(article: Article, attribution: Attribution, name: SpeakerName | None) -> dict[str, Any]:
    """A found statement as the scorers read it."""
    speaker = attribution.speaker
    return {
        "article": article.id,
        "speaker": speaker,
        "speaker_text": article.text[slice(*speaker)] if speaker else "",
        "speaker_name": name.name if name else None,
        "speaker_role": name.role if name else None,
        "resolved": bool(name and name.resolved),
        "cue": attribution.cue,
        "content": attribution.content,
        "kind": attribution.kind,
    }


def measure_questions(misses: int) -> None:
    """Name the statements inside the gold passages of the question set and compare with the gold speaker."""
    from data.statements import find

    agrees = scorer("score_answers").same_speaker
    wanted: dict[str, dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    for question in rows(SHARED / "questions" / "dev.jsonl"):
        for g in question["gold"]:
            wanted[g["article"]][g["passage"], g["speaker"]] = g
    articles = [row for row in rows(SHARED / "coverage" / "news-1095.jsonl.gz") if row["id"] in wanted]
    count: Counter[str] = Counter()
    for row, article in zip(articles, parsed(articles), strict=True):
        found = find(article)
        names = name_speakers(article, found)
        for g in wanted[row["id"]].values():
            start = row["text"].find(g["passage"])
            inside = [
                (a, n)
                for a, n in zip(found, names, strict=True)
                if any(s < start + len(g["passage"]) and e > start for s, e in a.content)
            ]
            ok = any(n is not None and agrees(n.name, g) for _, n in inside)
            count["passages"] += 1
            count["nothing found"] += not inside
            count["right"] += ok
            if inside and not ok and misses:
                misses -= 1
                shown = [
                    (row["text"][slice(*a.speaker)] if a.speaker else None, n.name if n else None) for a, n in inside
                ]
                print(f"{row['id']} gold {g['speaker']!r} got {shown}\n      {g['passage'][:200]}")
    print(dict(count), f"{100 * count['right'] / count['passages']:.1f} % right")


def sample(size: int, seed: int) -> None:
    """Print random attributions with their names, to be judged by eye."""
    from data.statements import find

    articles = random.Random(seed).sample(rows(SHARED / "coverage" / "news-1095.jsonl.gz"), size)
    for row, article in zip(articles, parsed(articles), strict=True):
        found = [a for a in find(article) if a.speech]
        if not found:
            continue
        names = name_speakers(article, found)
        index = random.Random(seed).randrange(len(found))
        attribution, name = found[index], names[index]
        anchor = attribution.speaker or attribution.content[0]
        around = row["text"][max(0, anchor[0] - 250) : anchor[1] + 80].replace("\n", "/")
        written = row["text"][slice(*attribution.speaker)] if attribution.speaker else None
        print(f"{row['id']}\n   {written!r} -> {name}\n   ...{around}...")


def pronouns(articles: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, float]], int]]:
    """Each "he" and "she" of the gold: the article, its candidates' features, and which candidate is the gold one."""
    from data.speakers import antecedents
    from data.speakers.resolving import Resolver

    gold = defaultdict(list)
    for row in rows(SHARED / "names" / "gold.jsonl.gz"):
        gold[row["article"]].append(row)
    match = scorer("score_statements").name_match
    found = []
    for row, article in zip(articles, parsed(articles), strict=True):
        wanted = sorted(gold[row["id"]], key=lambda g: (g["speaker"] or g["content"][0])[0])
        resolver = Resolver(article, [tuple(g["speaker"]) for g in wanted if g["speaker"]])
        for g in wanted:
            gender: Any = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f"}.get(g["speaker_text"].lower())
            if gender:
                cast, offset = resolver.cast, g["speaker"][0]
                resolver.hear(attribution_of(g))
                sought = resolver.sought(offset, gender)
                people = [c for c in antecedents.candidates(cast, gender) if c not in sought.never]
                right = [i for i, c in enumerate(people) if match(g["speaker_name"], c.name)[0]]
                if len(right) == 1 and len(people) > 1:
                    before = antecedents.people_before(cast, sought)
                    values = [antecedents.features(cast, sought, c, resolver.said, before) for c in people]
                    found.append((row["id"], values, right[0]))
            resolver.name(attribution_of(g))
    return found


PRIOR = {
    "same_sentence": 0.0,
    "same_paragraph": 1.0,
    "paragraphs": -1.0,
    "subject": 1.0,
    "opens_paragraph": 0.5,
    "last_speaker": 1.0,
    "last_speaker_here": 1.0,
    "spoke_near": 0.5,
    "latest": 0.7,
    "after_latest": -0.5,
    "possessive": -0.5,
    "quoted_only": -2.0,
    "gender_told": 1.0,
    "mentions": 0.6,
    "bare_name": -1.0,
    "never_before": -3.0,
    "owns_saying": 0.5,
    "own_content": -2.5,
    "goes_on": 1.0,
}
"""What the weights are taken to be where the few pronouns of the gold say nothing: the penalty pulls towards it."""

STRENGTH = {"mentions": 40.0}
"""How hard the penalty pulls, 1 for the others. The gold's local news has one person an article; where everybody speaks
of one politician, mentions must not outweigh whoever is the subject right before."""


def fit(folds: int) -> None:
    """Fit the antecedent weights (conditional logit, a small L2 penalty); accuracy by folds of articles."""
    import numpy as np
    from scipy.optimize import minimize

    from data.speakers.antecedents import WEIGHTS

    names = list(PRIOR)
    prior = np.array([PRIOR[n] for n in names])
    strength = np.array([STRENGTH.get(n, 1.0) for n in names])
    cases = [
        (article, np.array([[v.get(n, 0.0) for n in names] for v in values]), right)
        for article, values, right in pronouns(rows(SHARED / "names" / "articles.jsonl.gz"))
    ]

    def fitted(train: list[Any]) -> Any:
        def loss(weights: Any) -> tuple[float, Any]:
            slope = strength * (weights - prior)
            total = float(slope @ (weights - prior)) * 0.5
            for _, matrix, right in train:
                scores = matrix @ weights
                odds = np.exp(scores - scores.max())
                odds /= odds.sum()
                total -= float(np.log(odds[right] + 1e-12))
                slope += odds @ matrix - matrix[right]
            return total, slope

        return minimize(loss, prior, jac=True, method="L-BFGS-B").x

    articles = sorted({article for article, _, _ in cases})
    random.Random(0).shuffle(articles)
    outcomes: list[tuple[float, bool]] = []
    for fold in range(folds):
        held = set(articles[fold::folds])
        weights = fitted([case for case in cases if case[0] not in held])
        for article, matrix, right in cases:
            if article in held:
                odds = np.exp(matrix @ weights - (matrix @ weights).max())
                outcomes.append((float(odds.max() / odds.sum()), int(odds.argmax()) == right))
    ours = np.array([WEIGHTS[n] for n in names])
    print(
        f"{len(cases)} pronouns; present weights right {np.mean([(m @ ours).argmax() == r for _, m, r in cases]):.3f}"
    )
    print(f"out of fold right {np.mean([ok for _, ok in outcomes]):.3f}")
    for low, high in ((0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 1.01)):
        inside = [ok for share, ok in outcomes if low <= share < high]
        if inside:
            print(f"  share {low:.1f} to {min(high, 1):.1f}: right {np.mean(inside):.2f} of {len(inside)}")
    print("WEIGHTS =", json.dumps({n: round(float(w), 2) for n, w in zip(names, fitted(cases), strict=True)}, indent=4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["names", "questions", "sample", "fit"])
    parser.add_argument("--misses", type=int, default=0, help="how many failures to print")
    parser.add_argument(
        "--end-to-end", type=Path, metavar="FILE", help="write found and named statements for the scorer"
    )
    parser.add_argument("--size", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    if arguments.what == "names":
        measure_names(arguments.misses, arguments.end_to_end)
    elif arguments.what == "questions":
        measure_questions(arguments.misses)
    elif arguments.what == "sample":
        sample(arguments.size, arguments.seed)
    else:
        fit(7)


if __name__ == "__main__":
    main()

"""Draw statements at random for checking by hand, and count what the check found.

    python benchmarks/handcheck.py draw --seed 2203 --out FOLDER    100 statements of 120 articles, in their context
    python benchmarks/handcheck.py draw --seed 2203 --out FOLDER --folds FOLDS    also of articles dated by hand
    python benchmarks/handcheck.py count                            totals of handcheck.jsonl, failures by kind

``handcheck.jsonl`` has a line a statement: the article's id, the content's offsets, the verdicts (``name``: full and
right; ``said_on``: right, or rightly null; ``quote``: the content's span is what was said) and the kinds of failure.
Only articles are drawn that no statement was checked or dated in by hand before. With ``--folds``, the folder that
``python -m benchmarks.fit_dates --folds FOLDS`` wrote, those are drawn too that were only dated: by networks that were
trained without them.
The articles are those of the shared evaluation data (``ONRECORD_SHARED``, default ``../shared``); their text isn't in
the repository.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.names import SHARED, article_of, rows
from data.analysis import analyse
from data.contract import statement_object
from data.dates.choosing import Chooser
from data.dates.saying import prepared
from data.model import Article, Statement
from data.statements import Parser

VERDICTS = Path(__file__).with_suffix(".jsonl")
ASKED = ("name", "said_on", "quote")


def draw(seed: int, articles: int, size: int, out: Path, folds: Path | None, coverage: str) -> None:
    """Write ``size`` random statements (speech only) of ``articles`` random articles, each beside its article."""
    chance = random.Random(seed)
    dated = HeldOut(folds) if folds else None
    from benchmarks.fit_dates import GOLD  # which loads torch

    seen = {row["article"] for file in ((VERDICTS,) if dated else (VERDICTS, GOLD)) for row in rows(file)}
    fresh = [row for row in rows(SHARED / "coverage" / f"{coverage}.jsonl.gz") if row["id"] not in seen]
    if len(fresh) < articles:
        sys.exit(f"only {len(fresh)} articles are left that nothing was checked or dated in: ask for so many at most")
    drawn = chance.sample(fresh, articles)
    read = [article_of(row) for row in drawn]
    found: list[tuple[Article, Statement]] = []
    for article, analysis in zip(read, analyse(read), strict=True):
        statements = dated.again(article, analysis.statements) if dated else analysis.statements
        found += [(article, statement) for statement in statements if statement.attribution.speech]
    picked = sorted(chance.sample(found, size), key=lambda pair: (pair[0].id, pair[1].attribution.content))
    out.mkdir(parents=True, exist_ok=True)
    with (out / f"items-{seed}.txt").open("w", encoding="utf-8") as file:
        for number, (article, statement) in enumerate(picked, 1):
            file.write(shown(number, article, statement))
    (out / f"items-{seed}.jsonl").write_text(
        "".join(json.dumps(statement_object(statement, article)) + "\n" for article, statement in picked),
        encoding="utf-8",
    )
    (out / f"articles-{seed}.txt").write_text(
        "".join(f"##### {a.id} {a.published}\n{a.title}\n{a.text}\n\n" for a in read if a in {p for p, _ in picked}),
        encoding="utf-8",
    )
    print(f"{len(found)} statements in {articles} articles; {size} of them in {out}")


class HeldOut:
    """Dates the statements of articles that were dated by hand by the networks that were trained without them."""

    def __init__(self, folds: Path) -> None:
        self.fold: dict[str, int] = json.loads((folds / "folds.json").read_text(encoding="utf-8"))
        self.choosers = [Chooser(dict(np.load(folds / f"{n}.npz"))) for n in range(max(self.fold.values()) + 1)]
        self.parser = Parser()

    def again(self, article: Article, statements: Sequence[Statement]) -> Sequence[Statement]:
        """The statements with the dates of those networks; as they are where the article was never dated by hand."""
        if article.id not in self.fold:
            return statements
        parsed = self.parser.parse(article)
        attributions = [statement.attribution for statement in statements]
        chain = prepared(parsed, attributions, [statement.speaker for statement in statements])
        said = chain.all(self.choosers[self.fold[article.id]].chances)
        return [replace(statement, said_on=one) for statement, one in zip(statements, said, strict=True)]


def shown(number: int, article: Article, statement: Statement) -> str:
    """A statement for a reader: what was found, and the text around it with the content in brackets."""
    one = statement_object(statement, article)
    first, last = statement.attribution.content[0][0], statement.attribution.content[-1][1]
    text = article.text
    around = f"{text[max(0, first - 900) : first]}[[{text[first:last]}]]{text[last : last + 350]}"
    dated = (
        f"{one['said_on']['from']} to {one['said_on']['to']} ({one['said_on']['text']!r})" if one["said_on"] else None
    )
    return (
        f"=== {number} {article.id} published {article.published}: {article.title}\n"
        f"speaker {one['speaker_text']!r} -> {one['speaker_name']!r} ({one['speaker_role']!r}), "
        f"resolved {one['resolved']}\nsaid_on {dated}; kind {one['kind']}; confidence {one['confidence']}\n"
        f"content {[text[slice(*span)] for span in one['content']]}\n--- {around}\n\n"
    )


def count() -> None:
    """Print how many names, dates and quotes are right, and the failures by kind."""
    verdicts: list[dict[str, Any]] = rows(VERDICTS)
    for sample in sorted({one["seed"] for one in verdicts}):
        mine = [one for one in verdicts if one["seed"] == sample]
        kinds = Counter(kind for one in mine for kind in one["failures"])
        totals = ", ".join(f"{asked} {sum(one[asked] for one in mine)}" for asked in ASKED)
        print(f"seed {sample}: of {len(mine)} right: {totals}")
        for kind, times in kinds.most_common():
            print(f"  {times:3d} {kind}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["draw", "count"])
    parser.add_argument("--seed", type=int, default=2203)
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--size", type=int, default=100)
    parser.add_argument("--out", type=Path, help="folder to write to, outside the repository")
    parser.add_argument("--folds", type=Path, help="the folder that benchmarks.fit_dates --folds wrote")
    parser.add_argument("--coverage", default="news-1095", choices=["news-1095", "news-2022"])
    arguments = parser.parse_args()
    if arguments.what == "count":
        count()
    elif arguments.out is None:
        parser.error("draw needs --out: the articles' text stays out of the repository")
    else:
        draw(arguments.seed, arguments.articles, arguments.size, arguments.out, arguments.folds, arguments.coverage)


if __name__ == "__main__":
    main()

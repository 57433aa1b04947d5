"""Measure the ranges of the activations of multilingual-e5-small on the sample coverage: ``embeddings/ranges.npz``.

    python -m benchmarks.calibrate [--out embeddings/ranges.npz] [--check N]

The texts are the sample's paragraphs under their headlines, its questions, and seven Russian sentences: all fiction.
Needs nothing else; takes half a minute. ``--check N`` then compares N paragraphs of ``coverage/news-1095.jsonl.gz`` of
``$ONRECORD_SHARED`` (default ``../shared``) in each way of multiplying with torch: least and mean cosine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.reading import read
from embeddings import converting, models, native
from embeddings.compiled import Compiled, Graph, padded
from embeddings.eightbit import Point, points
from embeddings.texts import paragraph_text

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
SHARED = Path(os.environ.get("ONRECORD_SHARED", ROOT.parent / "shared"))

MARGIN, GELU_MARGIN, HEAD_MARGIN = 1.15, 1.3, 1.1
"""Other texts go beyond what few texts show."""

GELU_LOW = -0.17
"""GELU's least value."""

RUSSIAN = (
    "passage: Министр сообщил журналистам, что комиссия закончит проверку до конца месяца.",
    "passage: «Мы не обещали, что завод откроют весной», — сказала глава профсоюза Анна Верова.",
    "passage: По словам представителя мэрии, ремонт моста обойдётся городу в 40 млн рублей.",
    "passage: Депутат отказался отвечать на вопрос о том, кто оплатил поездку.",
    "passage: Паводок. «Воды было по колено, а насосы так и не привезли», — рассказал житель села.",
    "passage: Суд перенёс заседание на 12 марта, заявил адвокат.",
    "query: Кто сказал, что насосы не привезли?",
)


def texts() -> Iterator[str]:
    """The texts to measure on."""
    for result in read([str(SAMPLE / "articles")]):
        if result.article is not None:
            article = result.article
            for start, end in article.paragraphs:
                yield "passage: " + paragraph_text(article.title, article.text[start:end])
    for line in (SAMPLE / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines():
        yield "query: " + " ".join(json.loads(line)["turns"])
    yield from RUSSIAN


def measured(graph: Any, encode: Any, packed: Any) -> dict[str, NDArray[np.float64]]:
    """Least, greatest and mean value of every channel of every point, and the greatest query and key of each layer."""
    found = points(graph)
    heads = [bias.output(0) for point in found if len(point.matmuls) == 3 for bias in point.biases[:2]]
    graph.add_outputs([point.source for point in found] + heads)
    compiled = native.openvino().Core().compile_model(graph, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    request = compiled.create_infer_request()
    width = sum(_channels(point) for point in found)
    low, high, total = np.full(width, np.inf), np.full(width, -np.inf), np.zeros(width)
    top, tokens = np.zeros(len(heads)), 0
    for text in dict.fromkeys(texts()):
        ids = np.array([encode(text)], dtype=np.int64)
        outputs = request.infer([packed.word_vectors(ids), np.ones_like(ids)])
        values = np.concatenate([outputs[1 + k][0] for k in range(len(found))], axis=1)
        low, high, total = np.minimum(low, values.min(0)), np.maximum(high, values.max(0)), total + values.sum(0)
        top = np.maximum(top, [np.abs(outputs[1 + len(found) + k]).max() for k in range(len(heads))])
        tokens += ids.size
    _widen(low, high, found)
    return {"low": low, "high": high, "mean": total / tokens, "heads": top.reshape(-1, 2) * HEAD_MARGIN}


def check(pipeline: Any, model: models.InTorch, packed: Any, number: int) -> None:
    """Print least and mean cosine with torch of some news paragraphs, for each way of multiplying."""
    with gzip.open(SHARED / "coverage" / "news-1095.jsonl.gz", "rt", encoding="utf-8") as stream:
        rows = [json.loads(line) for line in stream]
    found = ["passage: " + paragraph_text(row.get("title"), text) for row in rows for text in row["text"].split("\n\n")]
    sample = random.Random(1).sample(found, number)
    right = pipeline.encode(sample, prompt="", normalize_embeddings=True, show_progress_bar=False)
    exact = converting._graph(pipeline[0], model.about, packed)
    for way in converting.precisions(packed):
        graph = Graph(converting._multiplied(exact.clone(), way, packed), way)
        cosines = _cosines(Compiled(graph, graph, model.tokenizer, model.about, packed, 0), sample, right)
        print(f"{way:5} least {cosines.min():.5f}   mean {cosines.mean():.5f}   ({number} paragraphs)")


def _cosines(compiled: Compiled, sample: Sequence[str], right: Any) -> NDArray[np.float64]:
    cosines = np.zeros(len(sample))
    for place, text in enumerate(sample):
        ids, mask = padded([compiled.tokenizer.encode(text).ids], compiled.about.padding)
        states = compiled.states(ids, mask)[0][: int(mask.sum())].sum(axis=0)
        cosines[place] = states @ right[place] / np.linalg.norm(states)
    return cosines


def _channels(point: Point) -> int:
    return int(point.weights[0].shape[1])


def _widen(low: NDArray[np.float64], high: NDArray[np.float64], found: Sequence[Point]) -> None:
    """Make the ranges wider by the margins; none narrower than the median of its point, since a channel that was quiet
    here may be loud elsewhere."""
    start = 0
    for point in found:
        part = slice(start, start := start + _channels(point))
        if point.kind == "Gelu":
            reach = (high[part] - GELU_LOW) * GELU_MARGIN / 2
            reach = np.maximum(reach, np.median(reach))
            low[part], high[part] = GELU_LOW, GELU_LOW + 2 * reach
        else:
            centre, reach = (low[part] + high[part]) / 2, (high[part] - low[part]) / 2 * MARGIN
            reach = np.maximum(reach, np.median(reach))
            low[part], high[part] = centre - reach, centre + reach


def main() -> None:
    """Measure and write, or only check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "embeddings" / "ranges.npz")
    parser.add_argument("--check", type=int, default=0)
    given = parser.parse_args()
    packed = models.find("e5").packed
    model = models.load("e5", "torch", None, 0)
    assert isinstance(model, models.InTorch)
    if given.check:
        check(model.pipeline, model, packed, given.check)
        return
    graph = converting._graph(model.pipeline[0], model.about, packed)
    ranges = measured(graph, lambda text: model.tokenizer.encode(text).ids, packed)
    np.savez_compressed(given.out, allow_pickle=False, **{name: one.astype(np.float16) for name, one in ranges.items()})
    print(f"{given.out}: {len(ranges['low'])} channels")


if __name__ == "__main__":
    main()

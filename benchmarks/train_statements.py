"""Train the network that finds statements, on the annotated articles of ``ONRECORD_SHARED/statements/train``.

    python -m benchmarks.word_vectors words.npz
    python -m benchmarks.train_statements --words words.npz --out data/statements/network.npz

The seed is fixed; torch on another machine may differ in the last digits.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from data.statements.features import (
    BRANCHES,
    DISTANCES,
    HASHED,
    PLACES,
    QUOTE_STATES,
    TENSOR,
    Relations,
    Tokens,
    children_of,
    relations_of,
)  # fmt: skip
from data.statements.network import ALLOWED, CONTENT, CONTENT_FIRST, CUE, DILATIONS, PADDING, SOURCE, SOURCE_FIRST

WIDTHS = {"word": 40, "word2": 40, "suffix": 16, "shape": 12, "tag": 20, "dep": 20, "entity": 8}
WIDTH, PAIR = 128, 80


@dataclass
class Example:
    """A paragraph, its gold anchors, and the labels of its tokens for each."""

    article: str
    ordinal: int
    tokens: Tokens
    anchors: dict[int, np.ndarray]
    related: dict[int, Relations]
    children: list[list[int]]

    def relations(self, anchor: int) -> Relations:
        if anchor not in self.related:
            self.related[anchor] = relations_of(self.tokens, anchor, self.children)
        return self.related[anchor]


def anchor_of(tokens: Tokens, tags: list[str], span: tuple[int, int]) -> int | None:
    """The token of a cue that stands for it: the highest in the tree, a verb rather than another, the first."""
    inside = np.flatnonzero((tokens.start < span[1]) & (span[0] < tokens.end)).tolist()
    if not inside:
        return None
    top = [i for i in inside if tokens.head[i] == i or not inside[0] <= tokens.head[i] <= inside[-1]]
    return min(top or inside, key=lambda i: (not tags[i].startswith("V"), i))


def labels_of(tokens: Tokens, base: int, row: dict[str, Any]) -> np.ndarray:
    """One label a token of a paragraph that starts at ``base``, for one annotated attribution."""
    labels = np.zeros(len(tokens), dtype=np.int64)

    def covered(start: int, end: int) -> list[int]:
        low, high = np.maximum(tokens.start, start - base), np.minimum(tokens.end, end - base)
        return np.flatnonzero((high - low) * 2 > tokens.end - tokens.start).tolist()

    for start, end in row["content"]:
        span = covered(start, end)
        labels[span] = CONTENT
        labels[span[:1]] = CONTENT_FIRST
    if row["speaker"]:
        span = covered(*row["speaker"])
        labels[span] = SOURCE
        labels[span[:1]] = SOURCE_FIRST
    labels[covered(*row["cue"])] = CUE
    for first, later in ((SOURCE_FIRST, SOURCE), (CONTENT_FIRST, CONTENT)):
        for i in np.flatnonzero(labels == later):
            if i == 0 or labels[i - 1] not in (first, later):
                labels[i] = first
    return labels


def examples(part: Path) -> list[Example]:
    """Every parsed paragraph of a part (``.../train``) with its annotations."""
    from benchmarks.statements import read_articles
    from data.statements import Parser
    from data.statements.proposals import tokens_of_article

    gold = defaultdict(list)
    with gzip.open(part.with_name(part.name + ".gold.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            gold[row["article"]].append(row)
    found = []
    for parsed in Parser().parse_many(read_articles(part.with_name(part.name + ".articles.jsonl.gz"))):
        for ordinal, tokens in tokens_of_article(parsed).items():
            base, end = parsed.article.paragraphs[ordinal]
            tags = [token.tag_ for token in parsed.docs[ordinal]]
            anchors = {}
            for row in gold[parsed.article.id]:
                if row["cue"] and base <= row["cue"][0] < end:
                    anchor = anchor_of(tokens, tags, (row["cue"][0] - base, row["cue"][1] - base))
                    if anchor is not None and anchor not in anchors:
                        anchors[anchor] = labels_of(tokens, base, row)
            found.append(Example(parsed.article.id, ordinal, tokens, anchors, {}, children_of(tokens.head)))
    return found


class Trained(nn.Module):
    """The forward pass of ``data.statements.network.Network`` again, with gradients; parameters share its names."""

    def __init__(self, words: dict[str, np.ndarray], use_tensor: bool = True) -> None:
        super().__init__()
        self.use_tensor = use_tensor
        self.register_buffer("word_vectors", torch.tensor(words["vectors"].astype(np.float32) / 32))
        sizes = {**HASHED, "quote": QUOTE_STATES}
        widths = {**WIDTHS, "quote": 8}
        self.embeds = nn.ModuleDict({name: nn.Embedding(sizes[name], widths[name]) for name in sizes})
        for embedding in self.embeds.values():
            nn.init.normal_(embedding.weight, std=0.1)
        inputs = sum(widths.values()) + words["vectors"].shape[1] + TENSOR + 5
        self.input = nn.Linear(inputs, WIDTH)
        self.blocks = nn.ModuleList([nn.Linear(5 * WIDTH, WIDTH) for _ in DILATIONS])
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH) for _ in DILATIONS])
        self.anchor = nn.Linear(WIDTH, 64)
        self.anchor_out = nn.Linear(64, 1)
        self.token = nn.Linear(WIDTH, PAIR, bias=False)
        self.cue = nn.Linear(WIDTH, PAIR)
        pair_sizes = {"branch": BRANCHES, "distance": DISTANCES, "place": PLACES}
        self.pair_embeds = nn.ModuleDict({name: nn.Embedding(size, PAIR) for name, size in pair_sizes.items()})
        for embedding in self.pair_embeds.values():
            nn.init.normal_(embedding.weight, std=0.1)
        self.around = nn.Linear(3 * PAIR, PAIR)
        self.labels = nn.Linear(PAIR, 6)
        self.transitions = nn.Parameter(torch.zeros(6, 6))
        self.starts = nn.Parameter(torch.zeros(6))
        self.drop = nn.Dropout(0.25)

    def encode(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        parts = []
        for i, name in enumerate(HASHED):
            part = self.embeds[name](batch["hashed"][:, i])
            if self.training and name in {"word", "word2"}:
                part = part * (torch.rand(len(part), 1) > 0.15)
            parts.append(part)
        parts.append(self.embeds["quote"](batch["quote"]))
        static = self.word_vectors[batch["word"].clamp(min=0)] * (batch["word"] >= 0)[:, None]
        tensor = batch["tensor"]
        if self.training:  # a pipeline whose tensors are unknown gives zeros: learn to do without, too
            tensor = tensor * (torch.rand(()) > 0.15)
        mask = batch["mask"]
        x = torch.cat([*parts, static, tensor * self.use_tensor, batch["flags"]], dim=1)
        h = functional.relu(self.input(self.drop(x))) * mask
        heads, counts = batch["heads"], batch["counts"]
        for block, norm, dilation in zip(self.blocks, self.norms, DILATIONS, strict=True):
            children = torch.zeros_like(h).index_add(0, heads, h) / counts
            z = torch.cat([h.roll(dilation, 0), h, h.roll(-dilation, 0), h[heads], children], dim=1)
            h = norm(h + self.drop(functional.relu(block(z)))) * mask
        return h, self.anchor_out(functional.relu(self.anchor(self.drop(h))))[:, 0]

    def emissions(self, h: Tensor, pairs: dict[str, Tensor]) -> Tensor:
        """(cases, longest, 6) scores. The cases are run through flat, a row of zeros between them, and padded last."""
        h = self.drop(h)
        u = self.token(h)[pairs["rows"]] + self.cue(h[pairs["anchors"]])[pairs["owner"]]
        for name, embedding in self.pair_embeds.items():
            u = u + embedding(pairs[name])
        u = functional.relu(u) * pairs["inside"]
        u = u + functional.relu(self.around(torch.cat([u.roll(1, 0), u, u.roll(-1, 0)], dim=1)))
        return self.labels(u)[pairs["padded"]]

    def loss(self, scores: Tensor, gold: Tensor, mask: Tensor) -> Tensor:
        """The negative log likelihood of the gold label sequences, one a case."""
        barred = torch.tensor(~ALLOWED)
        transitions = self.transitions.masked_fill(barred, -1e4)
        first = torch.zeros(6, dtype=torch.bool)
        first[[SOURCE, CONTENT]] = True
        starts = self.starts.masked_fill(first, -1e4)
        total = scores[:, 0] + starts
        right = starts[gold[:, 0]] + scores[:, 0].gather(1, gold[:, :1])[:, 0]
        emitted = scores.gather(2, gold[:, :, None])[:, :, 0]
        right = right + ((emitted[:, 1:] + transitions[gold[:, :-1], gold[:, 1:]]) * mask[:, 1:]).sum(1)
        for t in range(1, scores.shape[1]):
            step = torch.logsumexp(total[:, :, None] + transitions, dim=1) + scores[:, t]
            total = torch.where(mask[:, t, None] > 0, step, total)
        return torch.logsumexp(total, dim=1) - right

    def arrays(self, words: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The parameters under the names and in the layout that ``Network`` reads, in half precision."""
        kept: dict[str, Tensor] = {f"embed_{name}": e.weight for name, e in self.embeds.items()}
        kept |= {f"embed_{name}": e.weight for name, e in self.pair_embeds.items()}
        for i, (block, norm) in enumerate(zip(self.blocks, self.norms, strict=True)):
            kept |= {
                f"block{i}": block.weight.T,
                f"block{i}_bias": block.bias,
                f"scale{i}": norm.weight,
                f"shift{i}": norm.bias,
            }
        for name in ("input", "anchor", "anchor_out", "cue", "around", "labels"):
            layer = getattr(self, name)
            kept |= {name: layer.weight.T, f"{name}_bias": layer.bias}
        kept |= {"token": self.token.weight.T, "transitions": self.transitions, "starts": self.starts}
        arrays = {name: value.detach().numpy().astype(np.float16) for name, value in kept.items()}
        return arrays | {"word_keys": words["keys"], "word_vectors": words["vectors"]}


def batch_of(part: list[Example], word_rows: Any) -> dict[str, Tensor]:
    """The paragraphs of a batch in one run of rows, parted by padding."""
    total = PADDING + sum(len(example.tokens) + PADDING for example in part)
    hashed = np.zeros((total, len(HASHED)), dtype=np.int64)
    quote, gold, heads = np.zeros(total, dtype=np.int64), np.zeros(total, dtype=np.float32), np.arange(total)
    word = np.full(total, -1)
    tensor, flags = np.zeros((total, TENSOR), dtype=np.float32), np.zeros((total, 5), dtype=np.float32)
    mask = np.zeros((total, 1), dtype=np.float32)
    at = PADDING
    for example in part:
        tokens = example.tokens
        rows = slice(at, at + len(tokens))
        hashed[rows], quote[rows], tensor[rows], flags[rows] = tokens.hashed, tokens.quote, tokens.tensor, tokens.flags
        heads[rows], mask[rows], word[rows] = at + tokens.head, 1, word_rows(tokens.keys)
        gold[[at + anchor for anchor in example.anchors]] = 1
        at += len(tokens) + PADDING
    counts = np.maximum(np.bincount(heads, minlength=total), 1).astype(np.float32)[:, None]
    named = {"hashed": hashed, "quote": quote, "word": word, "tensor": tensor, "flags": flags, "mask": mask,
             "heads": heads, "counts": counts, "gold": gold}  # fmt: skip
    return {name: torch.from_numpy(array) for name, array in named.items()}


def pairs_of(part: list[Example], anchor_scores: Tensor | None) -> dict[str, Tensor] | None:
    """Every gold anchor with its labels, and the likeliest-looking false ones, at most as many, with none."""
    cases: list[tuple[int, int, Relations, np.ndarray | None]] = []
    at = PADDING
    false: list[tuple[float, int, int, Example]] = []
    for example in part:
        for anchor, labels in example.anchors.items():
            cases.append((at, anchor, example.relations(anchor), labels))
        if anchor_scores is not None:
            own = anchor_scores[at : at + len(example.tokens)].tolist()
            false += [(s, at, i, example) for i, s in enumerate(own) if s > -2 and i not in example.anchors]
        at += len(example.tokens) + PADDING
    false.sort(key=lambda case: (-case[0], case[1], case[2]))
    cases += [(at, i, example.relations(i), None) for _, at, i, example in false[: len(cases) * 3 // 4]]
    if not cases:
        return None
    lengths = [case[2].last - case[2].first for case in cases]
    size, longest = sum(lengths) + len(cases) + 1, max(lengths)
    flat = {name: np.zeros(size, dtype=np.int64) for name in ("rows", "owner", "branch", "distance", "place")}
    inside = np.zeros((size, 1), dtype=np.float32)
    padded = np.zeros((len(cases), longest), dtype=np.int64)
    gold, mask = padded.copy(), padded.astype(np.float32)
    at = 1
    for number, ((offset, _, relations, labels), length) in enumerate(zip(cases, lengths, strict=True)):
        run = slice(at, at + length)
        flat["rows"][run] = np.arange(offset + relations.first, offset + relations.last)
        flat["owner"][run] = number
        for name in ("branch", "distance", "place"):
            flat[name][run] = getattr(relations, name)
        inside[run] = 1
        padded[number, :length] = np.arange(at, at + length)
        mask[number, :length] = 1
        if labels is not None:
            gold[number, :length] = labels[relations.first : relations.last]
            gold[number, 0] = {SOURCE: SOURCE_FIRST, CONTENT: CONTENT_FIRST}.get(int(gold[number, 0]), gold[number, 0])
        at += length + 1
    named = flat | {"inside": inside, "padded": padded, "gold": gold, "mask": mask}
    anchors = torch.tensor([offset + anchor for offset, anchor, _, _ in cases])
    return {name: torch.from_numpy(array) for name, array in named.items()} | {"anchors": anchors}


def train(
    data: list[Example],
    words: dict[str, np.ndarray],
    *,
    epochs: int,
    seed: int,
    use_tensor: bool = True,
    after: Any = None,
) -> Trained:
    """Fit the network; the weights kept are a running mean over the last steps."""
    torch.manual_seed(seed)
    generator = random.Random(seed)
    model = Trained(words, use_tensor)

    def word_rows(keys: np.ndarray) -> np.ndarray:
        low = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        rows = np.minimum(np.searchsorted(words["keys"], low), len(words["keys"]) - 1)
        return np.where(words["keys"][rows] == low, rows, -1)

    usable = [example for example in data if 2 < len(example.tokens) <= 600]
    size = 24
    steps = epochs * (len(usable) // size + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1, s / 200) * max(0.02, 1 - s / steps))
    mean = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998))
    for epoch in range(epochs):
        started, losses = time.time(), [0.0, 0.0]
        order = sorted(usable, key=lambda example: len(example.tokens) * generator.uniform(0.8, 1.25))
        batches = [order[i : i + size] for i in range(0, len(order), size)]
        generator.shuffle(batches)
        model.train()
        for part in batches:
            batch = batch_of(part, word_rows)
            h, anchor_scores = model.encode(batch)
            weight = batch["mask"][:, 0]
            loss = functional.binary_cross_entropy_with_logits(anchor_scores, batch["gold"], weight, reduction="sum")
            losses[0] += loss.item()
            pairs = pairs_of(part, anchor_scores.detach() if epoch else None)
            if pairs:
                scores = model.emissions(h, pairs)
                nll = model.loss(scores, pairs["gold"], pairs["mask"]).sum()
                losses[1] += nll.item()
                loss = loss * 2 + nll
            optimizer.zero_grad()
            (loss / 50).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            schedule.step()
            mean.update_parameters(model)
        report = ", ".join(f"{loss / len(usable):.3f}" for loss in losses)
        print(f"epoch {epoch + 1}: losses a paragraph {report}, {time.time() - started:.0f} s", flush=True)
        if after and (epoch + 1 == epochs or epoch % 3 == 2):
            mean.module.eval()
            after(mean.module)
    mean.module.eval()
    return mean.module


def main() -> None:
    from benchmarks.statements import SHARED

    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--words", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--epochs", type=int, default=10)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    with np.load(chosen.words) as loaded:
        words = {"keys": loaded["keys"], "vectors": loaded["vectors"]}
    model = train(examples(SHARED / "statements/train"), words, epochs=chosen.epochs, seed=chosen.seed)
    np.savez_compressed(chosen.out, **model.arrays(words))
    print(f"{chosen.out}: {chosen.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

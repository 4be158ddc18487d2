"""Fit the temperature of zero-label confidences, on tasks made of pages' own keywords.

    python benchmarks/calibration.py wcxb_dev.jsonl.xz

A task: a page, its keywords (up to m of them) as one category, and those of k - 1 other pages as its rivals. For each m
and k it prints the accuracy, the temperature at which the truth is likeliest, and the calibration error there.
docmill/classify/similarity.py takes its TEMPERATURE from this. WCXB's development pages are CC-BY-4.0.
"""

import json
import lzma
import re
import sys
from pathlib import Path

import numpy as np
from lxml import html

from docmill.classify.clouds import Clouds, Nearness
from docmill.classify.embed import UniversalSentenceEncoder, unit
from docmill.classify.excerpt import excerpt, subject
from docmill.classify.similarity import softmax
from schemas.document import Block, BlockKind

FIELDS = {"keywords", "news_keywords", "article:tag", "article:section"}
FORMS = ("{}", "news about {}", "this text is about {}")
TASKS = 3000
TEMPERATURES = np.geomspace(0.02, 0.3, 28)


def keywords(page: str) -> list[str]:
    """What the page's head says it is about."""
    found = []
    for meta in html.fromstring(page.encode()).iter("meta"):
        if (meta.get("name") or meta.get("property") or "").lower() in FIELDS:
            found += [part.strip() for part in re.split("[,;|]", meta.get("content") or "")]
    return list(dict.fromkeys(word for word in found if 3 <= len(word) <= 60))[:12]


def main() -> None:
    """Run it."""
    embedder, vectors, clouds = UniversalSentenceEncoder(), [], []
    for row in map(json.loads, lzma.decompress(Path(sys.argv[1]).read_bytes()).splitlines()):
        words = keywords(row["html"])
        piece = excerpt(row["title"], [Block(kind=BlockKind.PARAGRAPH, text=row["main_content"] or "")])
        if words and piece:
            rows = embedder.embed([form.format(word) for word in words for form in FORMS])
            clouds.append(unit(rows.reshape(len(words), len(FORMS), -1).mean(axis=1)))
            vectors.append(subject(piece, "en", embedder).expanded)
    moved = np.stack(vectors)
    random = np.random.default_rng(0)
    for most in (1, 3, 6):
        usable = [n for n, cloud in enumerate(clouds) if len(cloud) >= most]
        for rivals in (2, 4, 7, 16):
            scores = []
            for _ in range(TASKS):
                drawn = random.choice(usable, rivals, replace=False)
                parts = [clouds[n][random.choice(len(clouds[n]), most, replace=False)] for n in drawn]
                common = np.stack([part.mean(axis=0) for part in parts]).mean(axis=0)
                apart = Clouds(unit(np.concatenate(parts) - common), np.full(rivals, most))
                scores.append(Nearness(apart)(moved[drawn[:1]])[0])
            table = np.stack(scores)
            losses = [-np.log(softmax(table / t)[:, 0] + 1e-9).mean() for t in TEMPERATURES]
            best = TEMPERATURES[int(np.argmin(losses))]
            confidence, right = softmax(table / best).max(axis=1), table.argmax(axis=1) == 0
            bins = np.minimum((confidence * 10).astype(int), 9)
            error = sum(
                (bins == b).mean() * abs(confidence[bins == b].mean() - right[bins == b].mean()) for b in set(bins)
            )
            print(
                f"m {most}  k {rivals:2}  accuracy {right.mean():.3f}  temperature {best:.3f}  ECE {error:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

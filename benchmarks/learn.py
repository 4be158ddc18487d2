"""What learning brings: accuracy, calibration error and accuracy of the more confident half, before and after.

    python benchmarks/learn.py TEXTS.jsonl TAXONOMY.toml [--labels N]

TEXTS: JSONL of `text`, `label` and perhaps `lang`. The labels are for scoring, but for N a category, drawn three times,
which then train and do not count.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from docmill import Pipeline, RawDocument, Settings
from docmill.classify.embed import load_embedder
from docmill.classify.taxonomies import load_taxonomy
from docmill.learn.assessment import figures
from docmill.learn.learning import see
from docmill.learn.training import prepare, train
from schemas.document import EnrichedDocument

DRAWS = 3


def line(name: str, found: np.ndarray, truth: np.ndarray, languages: np.ndarray) -> None:
    """Print one row of figures."""
    right = found.argmax(axis=1) == truth.argmax(axis=1)
    half = np.argsort(-found.max(axis=1), kind="stable")[: len(found) // 2]
    by = {str(code): round(float(right[languages == code].mean()), 3) for code in sorted(set(languages))}
    scores = figures(found, truth)
    print(
        f"{name:12} n {len(found)}  accuracy {scores['accuracy']:.3f}  ECE {scores['calibration_error']:.3f}"
        f"  confident half {right[half].mean():.3f}" + (f"  {by}" if len(by) > 1 else ""),
        flush=True,
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("taxonomy", type=Path)
    parser.add_argument("--labels", type=int, default=0)
    arguments = parser.parse_args()
    embedder, pipeline = load_embedder(), Pipeline(Settings(taxonomies=()))
    taxonomy = load_taxonomy(arguments.taxonomy).taxonomy
    index = {category.id: n for n, category in enumerate(taxonomy.category)}
    subjects, labels, languages = [], [], []
    for n, row in enumerate(map(json.loads, arguments.texts.read_text(encoding="utf-8").splitlines())):
        outcome = pipeline.refine(RawDocument(data=row["text"].encode(), key=f"{n}.txt"))
        seen = see(outcome, embedder) if isinstance(outcome, EnrichedDocument) else None
        if seen is not None:
            subjects.append(seen.subject)
            labels.append(index[row["label"]])
            languages.append(row.get("lang", ""))
    truth, spoken = np.eye(len(index), dtype=np.float32)[labels], np.array(languages)
    corpus = prepare(subjects, taxonomy, embedder)
    line("zero-label", corpus.prior, truth, spoken)
    line("learned", train(corpus, {})[1], truth, spoken)
    for draw in range(DRAWS if arguments.labels else 0):
        random = np.random.default_rng(draw)
        members = [np.flatnonzero(truth[:, n]) for n in range(len(index))]
        known = np.concatenate([random.choice(m, arguments.labels, replace=False) for m in members])
        rest = np.setdiff1d(np.arange(len(truth)), known)
        _, found = train(corpus, {int(n): truth[n] for n in known})
        line(f"{arguments.labels} labels", found[rest], truth[rest], spoken[rest])


if __name__ == "__main__":
    main()

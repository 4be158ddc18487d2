"""How good a trained model is, as far as can be told, and what it changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from docmill.classify.embed import Vectors
from docmill.learn.neighbours import Places, nearest_among
from docmill.learn.training import Corpus, Known, train
from schemas.taxonomy import Taxonomy

__all__ = ["best_temperature", "changes", "cross_validate", "figures", "per_category"]

FOLDS = 5
_TEMPERATURES = np.geomspace(0.5, 4, 37)


def cross_validate(corpus: Corpus, known: Known, final: Vectors) -> tuple[Vectors, Vectors, Sequence[int]]:
    """Confidences for documents the model did not train on, what they should be, and which documents these are.

    With labels, each fifth of them is hidden in turn. Without, each fifth of the corpus is, and the final model's own
    labels stand in for the truth: that is its agreement with itself, not its accuracy.
    """
    positions = sorted(known) if known else list(range(len(final)))
    fold = {position: n % FOLDS for n, position in enumerate(_mixed(positions, corpus, known))}
    found = np.zeros((len(positions), final.shape[1]), np.float32)
    for number in range(FOLDS):
        hidden = [n for n, position in enumerate(positions) if fold[position] == number]
        if not hidden:
            continue
        if known:
            shown = {position: shares for position, shares in known.items() if fold[position] != number}
            _, believed = train(corpus, shown)
            found[hidden] = believed[[positions[n] for n in hidden]]
        else:
            kept = np.setdiff1d(np.arange(len(final)), hidden)
            model, _ = train(_part(corpus, kept), {})
            found[hidden] = model.confidences(corpus.rows[hidden], corpus.prior[hidden])
    truth = np.stack([known[p] for p in positions]) if known else np.eye(final.shape[1])[final.argmax(axis=1)]
    return found, np.asarray(truth, np.float32), positions


def figures(found: Vectors, truth: Vectors) -> dict[str, Any]:
    """Accuracy (the best category is one of the true ones), macro-F1 and the expected calibration error, 10 bins."""
    right = truth[np.arange(len(found)), found.argmax(axis=1)] > 0
    confidence = found.max(axis=1)
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [abs(confidence[bins == n].mean() - right[bins == n].mean()) * (bins == n).mean() for n in set(bins)]
    scores = [f1 for *_, f1 in _precision_recall(found, truth) if f1 is not None]
    return {
        "accuracy": round(float(right.mean()), 4),
        "macro_f1": round(float(np.mean(scores)), 4) if scores else None,
        "calibration_error": round(float(sum(gaps)), 4),
    }


def per_category(taxonomy: Taxonomy, final: Vectors, found: Vectors, truth: Vectors) -> list[dict[str, Any]]:
    """For each category: documents it is best for, and precision, recall and F1 in cross-validation."""
    counts = Counter(final.argmax(axis=1).tolist())
    rows = zip(taxonomy.category, _precision_recall(found, truth), strict=True)
    return [
        {
            "id": category.id,
            "documents": counts[n],
            "tested": int((truth[:, n] > 0).sum()),
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }
        for n, (category, (precision, recall, f1)) in enumerate(rows)
    ]


def changes(taxonomy: Taxonomy, before: Vectors, after: Vectors) -> dict[str, Any]:
    """How many documents' best category is another one than the model before gave, and the commonest moves."""
    pairs = Counter(zip(before.argmax(axis=1).tolist(), after.argmax(axis=1).tolist(), strict=True))
    moves = [(count, a, b) for (a, b), count in pairs.items() if a != b]
    moves.sort(key=lambda move: (-move[0], move[1:]))
    ids = [category.id for category in taxonomy.category]
    moved = sum(count for count, *_ in moves)
    return {
        "documents": moved,
        "share": round(moved / len(after), 4),
        "moves": [{"from": ids[a], "to": ids[b], "documents": count} for count, a, b in moves[:10]],
    }


def best_temperature(found: Vectors, truth: Vectors) -> float:
    """What to divide log-confidences by so that the truth is likeliest (Guo et al., "On Calibration", ICML 2017)."""
    logs = np.log(found + 1e-9)

    def loss(temperature: float) -> float:
        scaled = logs / temperature
        scaled -= np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return float(-(truth * scaled).sum(axis=1).mean())

    return float(min(_TEMPERATURES, key=loss))


def _mixed(positions: Sequence[int], corpus: Corpus, known: Known) -> list[int]:
    """In an order in which neighbours are of one category, so that each fold gets its share of every one."""
    best = {p: int((known[p] if known else corpus.start[p]).argmax()) for p in positions}
    return sorted(positions, key=lambda position: (best[position], position))


def _part(corpus: Corpus, kept: Places) -> Corpus:
    return replace(
        corpus,
        rows=corpus.rows[kept],
        prior=corpus.prior[kept],
        start=corpus.start[kept],
        near=nearest_among(kept, corpus.rows, corpus.near),
    )


def _precision_recall(found: Vectors, truth: Vectors) -> list[tuple[float | None, float | None, float | None]]:
    best = np.eye(found.shape[1])[found.argmax(axis=1)] > 0
    true = truth > 0
    rows = []
    for n in range(found.shape[1]):
        hits, given, wanted = (best[:, n] & true[:, n]).sum(), best[:, n].sum(), true[:, n].sum()
        precision = round(float(hits / given), 4) if given else None
        recall = round(float(hits / wanted), 4) if wanted else None
        f1 = round(float(2 * hits / (given + wanted)), 4) if given + wanted else None
        rows.append((precision, recall, f1))
    return rows

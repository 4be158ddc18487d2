"""From documents and labels to a trained taxonomy and a report on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from docmill.classify import scorer
from docmill.classify.embed import Embedder, Vectors
from docmill.classify.excerpt import Subject, excerpt, subject
from docmill.classify.taxonomies import LoadedTaxonomy
from docmill.classify.trained import TrainedModel
from docmill.errors import ConfigError
from docmill.learn.assessment import best_temperature, changes, cross_validate, figures, per_category
from docmill.learn.labels import KnownLabel
from docmill.learn.training import prepare, train
from schemas.document import EnrichedDocument
from schemas.taxonomy import Taxonomy

__all__ = ["Learned", "Seen", "learn", "see"]

LEAST_DOCUMENTS = 5  # a category: fewer teach nothing
LEAST_LABELS = 50  # for a temperature fitted to them


@dataclass(frozen=True, slots=True)
class Seen:
    """A document's key and what classifiers see of it."""

    key: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Learned:
    """The trained taxonomy and what can be said of it."""

    taxonomy: Taxonomy
    model: TrainedModel
    report: dict[str, Any]


def see(document: EnrichedDocument, embedder: Embedder) -> Seen | None:
    """Embed a document; none if it has no text."""
    piece = excerpt(document.title, document.blocks)
    return Seen(document.source.key, subject(piece, document.language.code, embedder)) if piece else None


def learn(
    loaded: LoadedTaxonomy, corpus: Sequence[Seen], labelled: Sequence[tuple[Seen, KnownLabel]], embedder: Embedder
) -> Learned:
    """Train on a corpus and on documents with known labels, which need not be of it. Of two labels the last counts.

    Raises:
        ConfigError: There are too few documents.
    """
    taxonomy = loaded.taxonomy
    subjects, known = _merge(corpus, labelled, taxonomy)
    least = LEAST_DOCUMENTS * len(taxonomy.category)
    if len(subjects) < least:
        raise ConfigError(
            f"{len(subjects)} documents are too few to train {len(taxonomy.category)} categories on",
            hint=f"give at least {least}",
        )
    before = scorer(loaded, embedder)
    prepared = prepare(subjects, taxonomy, embedder, before if loaded.model else None)
    model, after = train(prepared, known)
    found, truth, _ = cross_validate(prepared, known, after)
    temperature = best_temperature(found, truth) if len(known) >= LEAST_LABELS else 1.0
    model = replace(model, temperature=temperature)
    after = model.confidences(prepared.rows, prepared.prior)
    found = _sharpened(found, temperature)
    was = before.probabilities(subjects) if loaded.model else prepared.prior
    report = {
        "taxonomy": taxonomy.id,
        "documents": len(subjects),
        "labelled": len(known),
        "tested_against": "labels" if known else "its own labels on the whole corpus (agreement, not accuracy)",
        "cross_validation": figures(found, truth),
        "categories": per_category(taxonomy, after, found, truth),
        "changed": changes(taxonomy, was, after),
    }
    if known:
        report["before"] = figures(was[sorted(known)], truth)
    return Learned(taxonomy, replace(model, report=report), report)


def _merge(
    corpus: Iterable[Seen], labelled: Iterable[tuple[Seen, KnownLabel]], taxonomy: Taxonomy
) -> tuple[list[Subject], dict[int, Vectors]]:
    index = {category.id: n for n, category in enumerate(taxonomy.category)}
    documents = {seen.key: seen.subject for seen in corpus}
    shares: dict[str, Vectors] = {}
    for seen, label in labelled:
        documents[seen.key] = seen.subject
        row = np.zeros(len(index), np.float32)
        row[[index[category] for category in label.categories]] = 1 / len(set(label.categories))
        shares[seen.key] = row
    positions = {key: n for n, key in enumerate(documents)}
    return list(documents.values()), {positions[key]: row for key, row in shares.items()}


def _sharpened(confidences: Vectors, temperature: float) -> Vectors:
    powers = np.power(confidences, 1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

"""Classify: content type and topics, with evidence, or an abstention that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from docmill.classify.choice import Hierarchy
from docmill.classify.embed import Embedder, Vectors
from docmill.classify.excerpt import Subject, excerpt, subject
from docmill.classify.similarity import SimilarityScorer
from docmill.classify.taxonomies import LoadedTaxonomy
from docmill.classify.trained import TrainedScorer
from docmill.threads import one_thread
from schemas.document import Block, Evidence, Label, Language
from schemas.taxonomy import Category, Taxonomy

__all__ = ["VERSION", "Classification", "Classifier", "Scorer", "scorer"]

VERSION = "14"


class Scorer(Protocol):
    """Gives documents confidences in the categories of one taxonomy."""

    taxonomy: Taxonomy

    def probabilities(self, subjects: Sequence[Subject]) -> Vectors:
        """Shape (documents, categories)."""
        ...

    def evidence(self, index: int, subject: Subject) -> tuple[Evidence, ...]:
        """What speaks for the category of this index."""
        ...


@dataclass(frozen=True, slots=True)
class Classification:
    """What the document was found to be."""

    content_type: Label | None
    topics: tuple[Label, ...]
    warnings: tuple[str, ...]


class Classifier:
    """Classifies by any number of taxonomies; embeds each document once."""

    def __init__(
        self,
        taxonomies: Sequence[LoadedTaxonomy],
        embedder: Embedder,
        *,
        topic_threshold: float,
        content_type_threshold: float,
    ) -> None:
        self._embedder = embedder
        thresholds = {"topics": topic_threshold, "content_type": content_type_threshold}
        self._judges = [_Judge(scorer(one, embedder), thresholds[one.taxonomy.kind]) for one in taxonomies]

    def classify(
        self, title: str | None, blocks: Sequence[Block], language: Language, signs: Vectors | None = None
    ) -> Classification:
        """Content type and topics of a cleaned document; `signs` are a web page's (signs.py)."""
        piece = excerpt(title, blocks)
        if piece is None or not self._judges:
            return Classification(None, (), ())
        with one_thread():
            seen = subject(piece, language.code, self._embedder, signs)
            return self._judged(seen)

    def _judged(self, seen: Subject) -> Classification:
        content_type: Label | None = None
        topics: list[Label] = []
        warnings = []
        for judge in self._judges:
            labels, warning = judge.labels(seen)
            if warning:
                warnings.append(warning)
            elif judge.kind == "topics":
                topics.extend(labels)
            else:
                content_type = content_type or labels[0]
        return Classification(content_type, tuple(topics), tuple(warnings))


def scorer(loaded: LoadedTaxonomy, embedder: Embedder) -> Scorer:
    """The trained model where the taxonomy has one, else similarity.

    Raises:
        ConfigError: The model was trained with another embedder.
    """
    if loaded.model is not None:
        return TrainedScorer(loaded.taxonomy, loaded.model, embedder)
    return SimilarityScorer(loaded.taxonomy, embedder)


class _Judge:
    """Gives or withholds the labels of one taxonomy."""

    def __init__(self, by: Scorer, threshold: float) -> None:
        self.kind = by.taxonomy.kind
        self._scorer = by
        self._threshold = threshold
        self._hierarchy = Hierarchy(by.taxonomy)

    def labels(self, seen: Subject) -> tuple[list[Label], str | None]:
        """Labels, or none and why."""
        confidences = [float(value) for value in self._scorer.probabilities([seen])[0]]
        chosen = self._hierarchy.choose(confidences, self._threshold)
        if chosen:
            return [self._label(index, confidence, seen) for index, confidence in chosen], None
        totals = self._hierarchy.totals(confidences)
        best = max(range(len(totals)), key=totals.__getitem__)
        taxonomy = self._scorer.taxonomy
        return [], (
            f"abstained: the best category of {taxonomy.id}, {taxonomy.category[best].id}, has confidence"
            f" {totals[best]:.2f}, under {self._threshold:.2f}"
        )

    def _label(self, index: int, confidence: float, seen: Subject) -> Label:
        taxonomy = self._scorer.taxonomy
        category = taxonomy.category[index]
        return Label(
            taxonomy=taxonomy.id,
            id=category.id,
            label=_name(category, seen.language),
            confidence=round(confidence, 3),
            evidence=self._scorer.evidence(index, seen),
        )


def _name(category: Category, language: str) -> str:
    return category.labels.get(language) or category.labels.get("en") or next(iter(category.labels.values()))

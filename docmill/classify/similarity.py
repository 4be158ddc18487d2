"""Zero-label classification: how alike are a document and a category's names and descriptions.

Each category is one vector, the mean over its names, its descriptions and the single terms of these, in all
languages; the embedding space is multilingual, so they agree. What all categories have in common is taken out, so that
they differ by what tells them apart. A document is the mean of the vectors of its title and leading sentences. To their
dot product come the words they share (lexicon.py) and, for content types, structural cues (cues.py). The sums become
confidences by a softmax whose temperature was fitted on labelled news (docs/quality.md).
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docmill.classify.embed import Embedder, Vectors
from docmill.classify.lexicon import Lexicon, stem_counts
from schemas.document import Evidence, Label
from schemas.taxonomy import Category, Taxonomy

__all__ = ["Document", "SimilarityClassifier"]

TEMPERATURE = 0.06
NAME_WEIGHT = 0.5  # of a category's names against its descriptions
WORD_WEIGHT = 0.15  # of shared words against embeddings
FORM_WEIGHT = 0.6  # of what a text is about, where its form is asked for
EVIDENCE = 2  # sentences shown for a label
EVIDENCE_WORDS = 5
_TERM_END = re.compile(r"[,;:.，；：。、،؛]")


@dataclass(frozen=True, slots=True)
class Document:
    """What the classifier looks at. `vectors` are the sentences' embeddings, a row each."""

    sentences: Sequence[str]
    vectors: Vectors
    stems: Counter[str]
    language: str
    cues: Sequence[tuple[str, Evidence]]

    @classmethod
    def of(
        cls,
        sentences: Sequence[str],
        text: str,
        language: str,
        cues: Sequence[tuple[str, Evidence]],
        embedder: Embedder,
    ) -> "Document":
        """Embed the sentences and count the text's stems."""
        return cls(sentences, embedder.embed(sentences), stem_counts(text), language, cues)


class SimilarityClassifier:
    """Classifies by one taxonomy."""

    def __init__(self, taxonomy: Taxonomy, embedder: Embedder, threshold: float) -> None:
        self.taxonomy = taxonomy
        self.threshold = threshold
        self._vectors = _taxonomy_vectors(taxonomy, embedder)
        self._lexicon = Lexicon(taxonomy)

    def classify(self, document: Document) -> tuple[Label, ...]:
        """The labels that reach the threshold, most confident first; at most one unless the taxonomy is `multi`."""
        confidences = self._confidences(document)
        ranking = np.argsort(-confidences, kind="stable")
        chosen = [int(n) for n in ranking if confidences[n] >= self.threshold]
        return tuple(
            self._label(n, float(confidences[n]), document) for n in (chosen if self.taxonomy.multi else chosen[:1])
        )

    def best(self, document: Document) -> tuple[str, float]:
        """The category nearest to being given, and its confidence."""
        confidences = self._confidences(document)
        return self.taxonomy.category[int(confidences.argmax())].id, float(confidences.max())

    def _confidences(self, document: Document) -> Vectors:
        scores = self._vectors @ _unit(document.vectors.mean(axis=0))
        if self.taxonomy.kind == "content_type":
            scores = FORM_WEIGHT * scores + self._cue_weights(document)
        else:
            scores = scores + WORD_WEIGHT * self._lexicon.scores(document.stems)
        exponents = np.exp((scores - scores.max()) / TEMPERATURE)
        return np.asarray(exponents / exponents.sum(), dtype=np.float32)

    def _cue_weights(self, document: Document) -> Vectors:
        weights = Counter[str]()
        for category_id, cue in document.cues:
            weights[category_id] += cue.weight  # type: ignore[assignment]  # a Counter adds floats as well
        return np.array([weights[category.id] for category in self.taxonomy.category], dtype=np.float32)

    def _label(self, index: int, confidence: float, document: Document) -> Label:
        category = self.taxonomy.category[index]
        return Label(
            taxonomy=self.taxonomy.id,
            id=category.id,
            label=_name(category, document.language),
            confidence=round(confidence, 3),
            evidence=(*self._cue_evidence(index, document), *self._sentence_evidence(index, document)),
        )

    def _cue_evidence(self, index: int, document: Document) -> list[Evidence]:
        if self.taxonomy.kind == "content_type":
            return [cue for category_id, cue in document.cues if category_id == self.taxonomy.category[index].id]
        words = self._lexicon.shared(index, document.stems, EVIDENCE_WORDS)
        weight = WORD_WEIGHT * float(self._lexicon.scores(document.stems)[index])
        return [Evidence(kind="cue", text=f"words: {', '.join(words)}", weight=round(weight, 3))] if words else []

    def _sentence_evidence(self, index: int, document: Document) -> list[Evidence]:
        weights = document.vectors @ self._vectors[index]
        nearest = np.argsort(-weights, kind="stable")[:EVIDENCE]
        return [
            Evidence(kind="sentence", text=document.sentences[n], weight=round(float(weights[n]), 3)) for n in nearest
        ]


def _name(category: Category, language: str) -> str:
    return category.labels.get(language) or category.labels.get("en") or next(iter(category.labels.values()))


# Of every taxonomy this process, or the one it was forked from, has embedded, by embedder and content.
_KNOWN: dict[tuple[str, str], Vectors] = {}


def _taxonomy_vectors(taxonomy: Taxonomy, embedder: Embedder) -> Vectors:
    """A row a category."""
    key = (embedder.name, taxonomy.model_dump_json())
    if key not in _KNOWN:
        _KNOWN[key] = _apart(np.stack([_category_vector(category, embedder) for category in taxonomy.category]))
    return _KNOWN[key]


def _category_vector(category: Category, embedder: Embedder) -> Vectors:
    descriptions = list(category.description.values())
    terms = [term.strip() for text in descriptions for term in _TERM_END.split(text) if len(term.strip()) > 1]
    return _unit(
        NAME_WEIGHT * embedder.embed(list(category.labels.values())).mean(axis=0)
        + _unit(embedder.embed([*descriptions, *category.seeds, *category.examples]).mean(axis=0))
        + _unit(embedder.embed([*terms, *category.seeds]).mean(axis=0))
    )


def _apart(vectors: Vectors) -> Vectors:
    if len(vectors) < 2:  # noqa: PLR2004  a single category has nothing in common with others
        return vectors
    return np.stack([_unit(vector) for vector in vectors - vectors.mean(axis=0)])


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / (np.linalg.norm(vector) or 1.0), dtype=np.float32)

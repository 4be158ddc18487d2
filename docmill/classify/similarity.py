"""Zero-label classification: how alike are a document and a category's names and descriptions.

A document is its telling sentences in one piece, moved towards the background passages it resembles (background.py).
Its score for a category is its nearness to the category's cloud (clouds.py), plus the words they share (lexicon.py) or,
for content types, structural cues (cues.py) and its wording and signs (forms.py). A softmax makes confidences of the
scores; its temperature was fitted on tasks made of keywords of WCXB's development pages (benchmarks/calibration.py).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from docmill.classify.background import background
from docmill.classify.clouds import nearness, spread
from docmill.classify.embed import Embedder, Vectors
from docmill.classify.excerpt import Subject, size_of
from docmill.classify.forms import form_rows, form_rows_of, form_weights, sign_evidence
from docmill.classify.lexicon import Lexicon
from schemas.document import Evidence
from schemas.taxonomy import Taxonomy

__all__ = ["SimilarityScorer", "cue_weights", "softmax"]

TEMPERATURE = (0.034, 0.044)  # the first, plus the second for one over a category's mean number of vectors a language
WORD_WEIGHT = 0.1  # of shared words against embeddings
FORM_WEIGHT = 0.45  # of what a text is about, where its form is asked for
WORDING_WEIGHT = 0.1  # of its wording (forms.py)
WORDING_TEMPERATURE = 2.0  # times as much where it counts: few pages are as clear as texts written to be
FEW = 30.0  # characters that show no form: of so many, scores count half (as calibrated on texts cut short)
FEWER = 15.0  # characters that hardly tell a topic: of so many, scores count half, of twice as many four fifths
EVIDENCE_WORDS = 5
EVIDENCE_SIGNS = 3
RIVAL_QUANTILE = 0.9  # a single category competes with the background passage nine in ten are farther from it than


class SimilarityScorer:
    """Scores documents against one taxonomy, without any labelled example.

    Args:
        taxonomy: What to tell apart.
        embedder: Of documents and descriptions.
        wording: Weights as `form_weights` has them, in place of those that are shipped.
    """

    def __init__(self, taxonomy: Taxonomy, embedder: Embedder, wording: Vectors | None = None) -> None:
        self.taxonomy = taxonomy
        self._embedder = embedder
        self._nearness = nearness(taxonomy, embedder)
        self._many = len(taxonomy.category) > 1
        self._wording = form_weights(taxonomy, embedder.name) if wording is None else wording
        self._lexicon = Lexicon(taxonomy)
        first, second = TEMPERATURE
        self._temperature = (first + second / self._vectors_a_language()) * spread(embedder)
        if self._wording is not None:
            self._temperature *= WORDING_TEMPERATURE
        self._rival = self._background_rival()
        self._last: tuple[Subject | None, Vectors] = None, np.empty((0, 0), np.float32)
        self._last_words: tuple[Subject | None, Mapping[str, float]] = None, {}

    def probabilities(self, subjects: Sequence[Subject]) -> Vectors:
        """Confidences, shape (documents, categories); rows sum to 1 unless there is but one category."""
        return self.normalise(self._scores(subjects, np.stack([self._near(subject)[-1] for subject in subjects])))

    def normalise(self, scores: Vectors) -> Vectors:
        """Scores as confidences."""
        if self._many:
            return softmax(scores / self._temperature)
        rivals = np.full_like(scores, self._rival)
        return softmax(np.asarray(np.hstack([scores, rivals]) / self._temperature, np.float32))[:, :1]

    def scores(self, subjects: Sequence[Subject], vectors: Vectors) -> Vectors:
        """Shape (documents, categories), of documents with these `vectors`, a row each."""
        return self._scores(subjects, self._nearness(vectors))

    def _near(self, subject: Subject) -> Vectors:
        """Nearness of each of its sentences to each cloud, then the whole's; the last subject's is at hand."""
        if self._last[0] is not subject:
            self._last = subject, self._nearness(np.vstack([subject.vectors, subject.expanded]))
        return self._last[1]

    def _shared(self, subject: Subject) -> Mapping[str, float]:
        """The words it shares with the taxonomy; the last subject's are at hand."""
        if self._last_words[0] is not subject:
            self._last_words = subject, self._lexicon.shared(subject.stems)
        return self._last_words[1]

    def _scores(self, subjects: Sequence[Subject], near: Vectors) -> Vectors:
        sizes = np.array([[sum(map(size_of, subject.sentences))] for subject in subjects])
        if self.taxonomy.kind == "content_type":
            cues = np.stack([cue_weights(subject, self.taxonomy) for subject in subjects])
            wording = 0.0 if self._wording is None else WORDING_WEIGHT * (form_rows(subjects) @ self._wording)
            return np.asarray((FORM_WEIGHT * near + cues + wording) / (1 + FEW / sizes), np.float32)
        words = np.stack([self._lexicon.scores(self._shared(s), s.stems.total()) for s in subjects])
        return np.asarray((near + WORD_WEIGHT * words) / (1 + (FEWER / sizes) ** 2), np.float32)

    def evidence(self, index: int, subject: Subject) -> tuple[Evidence, ...]:
        """The cues or words, then the sentences that speak for a category more than for the others."""
        return (*self._cue_evidence(index, subject), *self._sentence_evidence(index, subject))

    def _vectors_a_language(self) -> float:
        languages = sum(len(category.description) for category in self.taxonomy.category)
        return max(1.0, int(self._nearness.sizes.sum()) / languages)

    def _background_rival(self) -> float:
        passages = background(self._embedder.name)
        if self._many or passages is None:
            return 0.0
        return float(np.quantile(self._nearness(passages), RIVAL_QUANTILE))

    def _cue_evidence(self, index: int, subject: Subject) -> list[Evidence]:
        if self.taxonomy.kind == "content_type":
            return subject.cues_for(self.taxonomy.category[index].id) + self._signs(index, subject)
        shared = self._shared(subject)
        words = self._lexicon.telling(index, shared, EVIDENCE_WORDS, subject.text)
        weight = WORD_WEIGHT * float(self._lexicon.scores(shared, subject.stems.total())[index])
        return [Evidence(kind="cue", text=f"words: {', '.join(words)}", weight=round(weight, 3))] if words else []

    def _signs(self, index: int, subject: Subject) -> list[Evidence]:
        """What a web page bears that speaks for the category."""
        if self._wording is None or not subject.signs.any():
            return []
        signs = sign_evidence(subject, self._wording, index)[:EVIDENCE_SIGNS]
        if not signs:
            return []
        weight = round(WORDING_WEIGHT * sum(value for value, _ in signs), 3)
        return [Evidence(kind="cue", text=f"page: {', '.join(name for _, name in signs)}", weight=weight)]

    def _sentence_evidence(self, index: int, subject: Subject) -> list[Evidence]:
        near = self._near(subject)[:-1]
        if self._wording is not None:
            wording = form_rows_of(subject.vectors) @ self._wording
            near = FORM_WEIGHT * near + WORDING_WEIGHT * wording
        weights = near[:, index] - (near.mean(axis=1) if self._many else 0.0)
        return subject.strongest(weights)


def cue_weights(subject: Subject, taxonomy: Taxonomy) -> Vectors:
    """What the document's structural cues add to each category: shape (categories,)."""
    weights: dict[str, float] = {}
    for category_id, cue in subject.cues:
        weights[category_id] = weights.get(category_id, 0.0) + cue.weight
    return np.array([weights.get(category.id, 0.0) for category in taxonomy.category], dtype=np.float32)


def softmax(scores: Vectors) -> Vectors:
    """Along the last axis."""
    exponents = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=-1, keepdims=True), dtype=np.float32)

"""Self-training with labels where there are some.

The model before (similarity, or an earlier trained one) labels the corpus; the most confident documents of each
category train a softmax regression; it labels the corpus again, neighbours vote (neighbours.py), and so on, with more
documents each round (self-training: Yarowsky, "Unsupervised word sense disambiguation rivaling supervised methods",
ACL 1995). At last all train, sure or not, on the share each has in every category after the vote: so the model comes to
know what neighbours said, as it is applied without them. Documents that no category was likely for at the beginning
never train: they may belong to none, and would teach the model to be sure of what it does not know. Known labels stay
as they are and always train.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmill.classify import Scorer
from docmill.classify.background import towards
from docmill.classify.embed import Embedder, Vectors
from docmill.classify.excerpt import Subject
from docmill.classify.similarity import SimilarityScorer, softmax
from docmill.classify.trained import Features, TrainedModel, embedded, log_softmax
from docmill.learn.neighbours import NEIGHBOURS, SPARE, Places, agreed, nearest
from docmill.learn.regression import RIDGE, fit
from schemas.taxonomy import Taxonomy

__all__ = ["Corpus", "prepare", "train"]

ROUNDS = (0.5, 0.7, 0.9)  # share of each category's documents that trains, the most confident first
LAST_RIDGE = 7e-4  # of the last round, whose soft labels cannot be learnt by heart as hard ones can
LEAST = 3  # documents of a category that train, if it has them
CLEAR = 2.0  # a document trains if its best category is so many times as likely as the next
DECIDED = 0.4  # confidence from which on a document is taken to belong to the taxonomy at all
VOTES = 6.0  # of all neighbours together, in log-odds, where there are documents enough
KNOWN_WEIGHT = 4.0  # of a document with a known label against one without
PRIOR_DOCUMENTS = 40  # documents a category whose evidence weighs as much as the zero-label scorer's
MAX_STEMS = 4096
MAX_NEIGHBOURS = 4096  # documents of the corpus that others are moved towards

Known = Mapping[int, Vectors]  # by position in the corpus: share in each category, summing to 1


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents to learn from, as numbers. Rows of every array are documents."""

    taxonomy: Taxonomy
    embedder: str
    features: Features
    rows: Vectors  # features
    prior: Vectors  # zero-label confidences
    start: Vectors  # confidences of the model to start from
    near: Places  # each document's neighbours, the nearest first, and more than vote: some may be hidden


def prepare(
    subjects: Sequence[Subject], taxonomy: Taxonomy, embedder: Embedder, before: Scorer | None = None
) -> Corpus:
    """Features and first guesses. Without a model before, documents lend each other context for the first guess."""
    zero_label = SimilarityScorer(taxonomy, embedder)
    vectors = np.stack([subject.expanded for subject in subjects])
    prior = zero_label.normalise(zero_label.scores(subjects, vectors))
    if before is not None:
        start = before.probabilities(subjects)
    else:
        start = zero_label.normalise(zero_label.scores(subjects, _among_themselves(vectors)))
    features = _features(subjects)
    rows = features.rows(subjects, taxonomy)
    return Corpus(taxonomy, embedder.name, features, rows, prior, start, nearest(rows, SPARE * NEIGHBOURS))


def train(corpus: Corpus, known: Known) -> tuple[TrainedModel, Vectors]:
    """The model and its confidences over the corpus, shape (documents, categories)."""
    categories = corpus.prior.shape[1]
    votes = VOTES * (1 - _say(corpus)) ** 2  # the fewer documents a category has, the farther off are neighbours
    believed = corpus.start
    if len(known) >= LEAST * categories:
        believed = softmax(log_softmax(corpus.rows @ _fit_known(corpus, known)) + np.log(corpus.prior + 1e-6))
    believed = _with(known, believed)
    decided = believed.max(axis=1) >= DECIDED
    decided[list(known)] = True
    for share in ROUNDS:
        best = np.eye(categories, dtype=np.float32)[believed.argmax(axis=1)]
        model = _round(corpus, best, known, _confident(believed, share) & decided, RIDGE)
        found = _with(known, model.confidences(corpus.rows, corpus.prior))
        believed = agreed(np.log(found + 1e-6), corpus.near[:, :NEIGHBOURS], decided, votes)
    model = _round(corpus, believed, known, decided, LAST_RIDGE)
    return model, model.confidences(corpus.rows, corpus.prior)


def _with(known: Known, confidences: Vectors) -> Vectors:
    """Confidences, with known labels in place of what was found."""
    told = confidences.copy()
    for position, shares in known.items():
        told[position] = shares
    return told


def _say(corpus: Corpus) -> float:
    """Of the zero-label scorer, against the model."""
    count, categories = corpus.prior.shape
    return float(PRIOR_DOCUMENTS / (PRIOR_DOCUMENTS + count / categories))


def _round(corpus: Corpus, believed: Vectors, known: Known, chosen: NDArray[np.bool_], ridge: float) -> TrainedModel:
    chosen[list(known)] = True
    targets, counts = _with(known, believed), np.ones(len(believed), np.float32)
    counts[list(known)] = KNOWN_WEIGHT
    # Between "every document counts the same" and "every category does": rare categories must not vanish.
    sizes = np.maximum(targets[chosen].sum(axis=0), 1.0)
    counts = counts / np.sqrt(targets @ sizes)
    weights = fit(corpus.rows[chosen], targets[chosen], counts[chosen], ridge)
    return TrainedModel(corpus.features, _as_stored(weights), _say(corpus), 1.0, corpus.embedder, {})


def _confident(believed: Vectors, share: float) -> NDArray[np.bool_]:
    """Of the documents each category is best for, the most confident; none that is in two minds."""
    best, confidence = believed.argmax(axis=1), believed.max(axis=1)
    runner_up = np.sort(believed, axis=1)[:, -2] if believed.shape[1] > 1 else np.zeros_like(confidence)
    chosen = np.zeros(len(believed), bool)
    for category in range(believed.shape[1]):
        members = np.flatnonzero(best == category)
        members = members[np.argsort(-confidence[members], kind="stable")]
        chosen[members[: max(LEAST, int(np.ceil(share * len(members))))]] = True
    return np.asarray(chosen & (confidence >= CLEAR * runner_up))


def _fit_known(corpus: Corpus, known: Known) -> Vectors:
    positions = list(known)
    targets = np.stack([known[position] for position in positions])
    return fit(corpus.rows[positions], targets, np.ones(len(positions), np.float32))


def _among_themselves(vectors: Vectors) -> Vectors:
    if len(vectors) <= 1:
        return vectors
    if len(vectors) <= MAX_NEIGHBOURS:
        return towards(vectors, vectors, themselves=True)
    step = -(-len(vectors) // MAX_NEIGHBOURS)
    return towards(vectors, vectors[::step])


def _features(subjects: Sequence[Subject]) -> Features:
    """The stems in two documents or more, but not in half of them; the commonest of these."""
    users = Counter(stem for subject in subjects for stem in subject.stems)
    count = len(subjects)
    kept = [(stem, n) for stem, n in users.items() if 2 <= n <= max(2, count // 2)]  # noqa: PLR2004
    kept = sorted(sorted(kept, key=lambda pair: (-pair[1], pair[0]))[:MAX_STEMS])
    rarity = np.array([np.log(1 + count / n) for _, n in kept], np.float32)
    middle = _as_stored(embedded(subjects).mean(axis=0))
    return Features({stem: n for n, (stem, _) in enumerate(kept)}, _as_stored(rarity), middle)


def _as_stored(numbers: Vectors) -> Vectors:
    """Rounded to the half precision of the file: what is reported is what will be applied."""
    return numbers.astype(np.float16).astype(np.float32)

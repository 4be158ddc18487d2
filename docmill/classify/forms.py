"""What wording and signs say of a text's form: a softmax regression over its vectors, for the shipped content types.

A description of "news" is near to texts about the press rather than to news; texts of a form have their tone in
common, and web pages bear signs of it (signs.py). The weights (forms.npz, by training/forms.py) count beside
descriptions and cues, for the categories of a content-type taxonomy whose ids they all know, with the default embedder.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np

from docmill.classify.embed import Vectors
from docmill.classify.excerpt import Subject
from docmill.classify.signs import borne, sign_names
from schemas.taxonomy import Taxonomy

__all__ = ["form_rows", "form_rows_of", "form_weights", "sign_evidence"]

_BIAS = 0.3
_SIGN = 0.7  # of a sign that is borne, where the vectors are of length 1


def form_rows(subjects: Sequence[Subject]) -> Vectors:
    """Features, shape (documents, 2 x dimensions + 1 + signs)."""
    means, wholes = np.stack([s.mean for s in subjects]), np.stack([s.vector for s in subjects])
    return _rows(means, wholes, np.stack([s.signs for s in subjects]))


def form_rows_of(sentences: Vectors) -> Vectors:
    """The same of single sentences, given as vectors: how the form shows in each."""
    return _rows(sentences, sentences, np.zeros((len(sentences), len(sign_names())), np.float32))


def sign_evidence(subject: Subject, weights: Vectors, index: int) -> list[tuple[float, str]]:
    """What each sign that speaks for a category more than for the others adds to its score, the strongest first."""
    own = _SIGN * weights[-len(subject.signs) :]
    ahead = own[:, index] - own.mean(axis=1)
    return sorted(((float(ahead[n]), sign_names()[n]) for n in borne(subject.signs) if ahead[n] > 0), reverse=True)


def _rows(means: Vectors, wholes: Vectors, signs: Vectors) -> Vectors:
    bias = np.full((len(means), 1), _BIAS)
    return np.hstack([means / np.sqrt(2), wholes / np.sqrt(2), bias, _SIGN * signs], dtype=np.float32)


def form_weights(taxonomy: Taxonomy, embedder_name: str) -> Vectors | None:
    """Shape (features, categories); none for topics, other embedders, and taxonomies with categories of their own."""
    if taxonomy.kind != "content_type":
        return None
    name, ids, weights = _stored()
    known = [category.id in ids for category in taxonomy.category]
    if name != embedder_name or not all(known):
        return None
    return weights[:, [ids.index(category.id) for category in taxonomy.category]]


@lru_cache(maxsize=1)
def _stored() -> tuple[str, list[str], Vectors]:
    with as_file(files("docmill.classify") / "forms.npz") as path, np.load(path, allow_pickle=False) as stored:
        return str(stored["embedder"]), stored["ids"].tolist(), stored["weights"].astype(np.float32)

"""Categories as clouds of vectors: names, descriptions, their terms, seeds and examples, in every language given.

Terms are averaged over a few carrier sentences (templates.toml). What all categories have in common is taken out, so
that they differ by what tells them apart. The clouds of the shipped taxonomies in the default embedder's space are
kept in clouds.npz, made by benchmarks/clouds.py.
"""

import hashlib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from docmill.classify.background import background
from docmill.classify.embed import Embedder, UniversalSentenceEncoder, Vectors, unit
from docmill.classify.product import CoarseProduct
from schemas.taxonomy import Category, Taxonomy

__all__ = ["Clouds", "Nearness", "clouds", "digest", "embedded", "nearness", "spread"]

_SOURCE = (files("docmill.classify") / "templates.toml").read_text(encoding="utf-8")
SOFTNESS = 0.1  # of the maximum over a category's vectors: 0 would take the nearest, infinity the mean
_TERM_END = re.compile(r"[,;:.，；：。、،؛]")
_DEFAULT_SPREAD = 0.08  # `spread` as measured with the default embedder


@dataclass(frozen=True, slots=True)
class Clouds:
    """For each category, unit vectors, a row a name, term, seed, description or example.

    `rows` are those of all categories below one another; `sizes` tells how many each category has.
    """

    rows: Vectors
    sizes: NDArray[np.int64]


class Nearness:
    """How near vectors are to each category's cloud."""

    def __init__(self, found: Clouds) -> None:
        self.sizes = found.sizes
        self._starts = np.cumsum(found.sizes) - found.sizes
        self._likeness = CoarseProduct(found.rows.T)

    def __call__(self, vectors: Vectors) -> Vectors:
        """The soft maximum of each vector's similarities to each cloud: shape (vectors, clouds)."""
        likeness = self._likeness(vectors)
        likeness /= SOFTNESS
        summed = np.add.reduceat(np.exp(likeness, out=likeness), self._starts, axis=1)
        return np.asarray(SOFTNESS * np.log(summed / self.sizes), np.float32)


# To the clouds of every taxonomy this process, or the one it was forked from, has met, by embedder and content.
_KNOWN: dict[tuple[str, str], Nearness] = {}


def nearness(taxonomy: Taxonomy, embedder: Embedder) -> Nearness:
    """That to a taxonomy's clouds, kept or made anew."""
    key = (embedder.name, digest(taxonomy))
    if key not in _KNOWN:
        _KNOWN[key] = Nearness(clouds(taxonomy, embedder))
    return _KNOWN[key]


def clouds(taxonomy: Taxonomy, embedder: Embedder) -> Clouds:
    """A taxonomy's clouds, those stored for this embedder or made anew."""
    return _stored(embedder.name, digest(taxonomy)) or embedded(taxonomy, embedder)


def embedded(taxonomy: Taxonomy, embedder: Embedder) -> Clouds:
    """The clouds, made anew."""
    return _apart([_cloud(category, embedder) for category in taxonomy.category], embedder)


def digest(taxonomy: Taxonomy) -> str:
    """What a taxonomy's clouds are stored under."""
    return hashlib.sha256(taxonomy.model_dump_json().encode()).hexdigest()


def _stored(embedder_name: str, taxonomy_digest: str) -> Clouds | None:
    """From clouds.npz: a taxonomy's vectors, category by category, and how many each category has."""
    with as_file(files("docmill.classify") / "clouds.npz") as path, np.load(path, allow_pickle=False) as stored:
        if str(stored["embedder"]) != embedder_name or taxonomy_digest not in stored:
            return None
        sizes = stored[f"{taxonomy_digest}-sizes"].astype(np.int64)
        return Clouds(unit(stored[taxonomy_digest].astype(np.float32)), sizes)


def spread(embedder: Embedder) -> float:
    """How far apart an embedder's scores lie, for one with the default: temperatures go along with it."""
    if embedder.name == UniversalSentenceEncoder.name:
        return 1.0
    return max(_spread(embedder), 1e-3) / _DEFAULT_SPREAD


def _spread(embedder: Embedder) -> float:
    """Measured on what media-topics says of its categories in English, each sentence among the others' categories."""
    source = tomllib.loads((files("taxonomies") / "media-topics.toml").read_text(encoding="utf-8"))
    whole = Taxonomy.model_validate(source)
    english = [
        Category(id=c.id, labels={"en": c.labels["en"]}, description={"en": c.description["en"]})
        for c in whole.category
    ]
    near = nearness(whole.model_copy(update={"category": tuple(english)}), embedder)
    scores = near(embedder.embed([c.description["en"] for c in english]))
    others = scores[~np.eye(len(scores), dtype=bool)].reshape(len(scores), -1)
    return float(others.std(axis=1).mean())


def _cloud(category: Category, embedder: Embedder) -> Vectors:
    terms = dict.fromkeys(category.labels.items())
    for language, text in category.description.items():
        terms |= dict.fromkeys((language, term) for part in _TERM_END.split(text) if len(term := part.strip()) > 1)
    terms |= dict.fromkeys(("", seed) for seed in category.seeds)
    carried = [[form.replace("{}", term) for form in _templates().get(language, ["{}"])] for language, term in terms]
    whole = [*category.description.values(), *category.examples]
    rows = embedder.embed([text for forms in carried for text in forms] + whole)
    means, start = [], 0
    for forms in carried:
        means.append(rows[start : start + len(forms)].mean(axis=0))
        start += len(forms)
    return unit(np.stack([*means, *rows[start:]]))


def _apart(found: Sequence[Vectors], embedder: Embedder) -> Clouds:
    if len(found) > 1:
        common = np.stack([cloud.mean(axis=0) for cloud in found]).mean(axis=0)
    else:  # a single category differs from texts in general
        passages = background(embedder.name)
        common = passages.mean(axis=0) if passages is not None else np.zeros_like(found[0][0])
    return Clouds(unit(np.concatenate(found) - common), np.array([len(cloud) for cloud in found], np.int64))


@lru_cache(maxsize=1)
def _templates() -> dict[str, list[str]]:
    return tomllib.loads(_SOURCE)

"""What texts of all sorts are like: background passages that stand in for a document's missing context.

A short document's vector is a noisy sample of its subject. Moved towards the background passages it resembles, it is
nearer to what its neighbours have in common, and so to the right category (document expansion: Tao et al., "Language
Model Information Retrieval with Document Expansion", NAACL 2006; here as one step of softmax attention). The passages
are the centroids of clusters of passages of the WCXB development pages (CC-BY-4.0), made by benchmarks/background.py.
"""

from functools import lru_cache
from importlib.resources import as_file, files

import numpy as np

from docmill.classify.embed import Embedder, Vectors, unit

__all__ = ["background", "expand"]

_SHARPNESS = 0.05  # softmax temperature over the passages
_TOGETHER = 512  # passages at a time: 1 MB, near the processor while they are added up
_SHARE = 0.7  # of the neighbours, against the document's own vector


@lru_cache(maxsize=4)
def background(embedder_name: str) -> Vectors | None:
    """Unit vectors, a row a passage, or none where there are none in this embedder's space."""
    resource = files("docmill.classify") / "background.npz"
    with as_file(resource) as path, np.load(path, allow_pickle=False) as stored:
        if str(stored["embedder"]) != embedder_name:
            return None
        return unit(stored["passages"].astype(np.float32))


def expand(vectors: Vectors, embedder: Embedder) -> Vectors:
    """Unit vectors of shape (n, d), each moved towards the background passages nearest to it."""
    passages = background(embedder.name)
    return vectors if passages is None else towards(vectors, passages)


def towards(vectors: Vectors, passages: Vectors, *, themselves: bool = False) -> Vectors:
    """Each unit vector moved towards the passages it resembles; not to itself where both are the same rows."""
    neighbours = np.zeros_like(vectors)
    for start in range(0, len(passages), _TOGETHER):
        some = passages[start : start + _TOGETHER]
        nearness = vectors @ some.T
        if themselves:
            np.fill_diagonal(nearness[start:], -np.inf)
        neighbours += np.exp((nearness - 1) / _SHARPNESS) @ some
    return unit(vectors + _SHARE * unit(neighbours))

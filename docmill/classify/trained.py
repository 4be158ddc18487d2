"""A trained taxonomy: what `docmill learn` writes, read back without unpickling anything.

One .npz file: `header`, JSON in UTF-8 (format, the taxonomy, the embedder, the words and how it was trained), and the
arrays of one softmax regression over a document's features: the mean of its sentences' vectors and the vector of them
in one piece, as seen from the corpus' middle, weighted word stems, and structural cues. Its log-probabilities are added
to `prior` times those of the zero-label scorer, which holds where training saw little.
"""

import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError

from docmill.classify.embed import Embedder, Vectors, unit
from docmill.classify.excerpt import Subject
from docmill.classify.similarity import SimilarityScorer, cue_weights, softmax
from docmill.errors import ConfigError
from schemas.document import Evidence
from schemas.taxonomy import Taxonomy

__all__ = [
    "Features", "TrainedModel", "TrainedScorer", "embedded", "is_trained", "log_softmax", "read_trained",
    "write_trained",
]  # fmt: skip

FORMAT = "docmill-trained-taxonomy-3"
WORDS_SHARE = 1.0  # length of the word part against the embedding part's
EVIDENCE_WORDS = 5
_MAGIC = b"PK\x03\x04"
_BIAS = 0.3
_DAMAGE = (KeyError, TypeError, ValueError, OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, slots=True)
class Features:
    """How a document becomes a row of numbers.

    The word stems that count, with their inverse document frequency, and the middle of the corpus' embeddings: what all
    of its texts have in common tells none apart.
    """

    stems: Mapping[str, int]
    rarity: Vectors
    middle: Vectors  # shape (2 x dimensions,), as `embedded`

    def rows(self, subjects: Sequence[Subject], taxonomy: Taxonomy) -> Vectors:
        """Shape (documents, 2 x dimensions + stems + categories + 1)."""
        dense = self.embeddings(embedded(subjects))
        words = WORDS_SHARE * np.stack([self.words(subject.stems) for subject in subjects])
        cues = np.stack([cue_weights(subject, taxonomy) for subject in subjects])
        bias = np.full((len(subjects), 1), _BIAS)
        return np.hstack([dense, words, cues, bias], dtype=np.float32)

    def embeddings(self, rows: Vectors) -> Vectors:
        """Rows as `embedded` gives them, in the directions they lie in from the middle: at length 1."""
        return unit(rows - self.middle)

    def words(self, counts: Counter[str]) -> Vectors:
        """A document's stems by logarithmic frequency and rarity, at length 1."""
        row = np.zeros(len(self.stems), np.float32)
        for stem, count in counts.items():
            if (n := self.stems.get(stem)) is not None:
                row[n] = (1 + np.log(count)) * self.rarity[n]
        return unit(row)


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """Features, weights of shape (features, categories), and how much the zero-label scorer has a say."""

    features: Features
    weights: Vectors
    prior: float
    temperature: float
    embedder: str
    report: Mapping[str, Any]

    def confidences(self, rows: Vectors, zero_label: Vectors) -> Vectors:
        """Of feature rows and the zero-label scorer's confidences; shape (documents, categories), rows sum to 1."""
        scores = log_softmax(rows @ self.weights) + self.prior * np.log(zero_label + 1e-6)
        return softmax(scores / self.temperature)


class TrainedScorer:
    """Scores documents by a trained model and the zero-label scorer of the same taxonomy."""

    def __init__(self, taxonomy: Taxonomy, model: TrainedModel, embedder: Embedder) -> None:
        if model.embedder != embedder.name:
            raise ConfigError(
                f"the trained taxonomy {taxonomy.id} was made with the embedder {model.embedder}, not {embedder.name}",
                hint="run `docmill learn` again with this embedder",
            )
        self.taxonomy = taxonomy
        self.model = model
        self._zero_label = SimilarityScorer(taxonomy, embedder)

    def probabilities(self, subjects: Sequence[Subject]) -> Vectors:
        """Confidences, shape (documents, categories); each row sums to 1."""
        rows = self.model.features.rows(subjects, self.taxonomy)
        return self.model.confidences(rows, self._zero_label.probabilities(subjects))

    def evidence(self, index: int, subject: Subject) -> tuple[Evidence, ...]:
        """Words and sentences by what they add to the category's score over the others' mean; cues of its form."""
        model = self.model
        size = len(subject.mean)
        ahead = model.weights[:, index] - model.weights.mean(axis=1)
        by_stem = ahead[2 * size : 2 * size + len(model.features.stems)]
        values = WORDS_SHARE * model.features.words(subject.stems) * by_stem
        names = list(model.features.stems)
        words = [int(n) for n in np.argsort(-values, kind="stable")[:EVIDENCE_WORDS] if values[n] > 0]
        found = subject.cues_for(self.taxonomy.category[index].id)
        if words:
            text = f"words: {', '.join(names[n] for n in words)}"
            found.append(Evidence(kind="cue", text=text, weight=round(float(values[words].sum()), 3)))
        sentences = np.hstack([subject.vectors, subject.vectors])
        weights = model.features.embeddings(sentences) @ ahead[: 2 * size]
        return (*found, *subject.strongest(weights))


def embedded(subjects: Sequence[Subject]) -> Vectors:
    """Documents' embeddings, the mean of the sentences' and the whole's in a row: (documents, 2 x dimensions)."""
    return np.stack([np.concatenate([subject.mean, subject.vector]) for subject in subjects])


def log_softmax(scores: Vectors) -> Vectors:
    """Along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)


def is_trained(data: bytes) -> bool:
    """Whether a taxonomy file's bytes are a trained one's."""
    return data.startswith(_MAGIC)


def write_trained(taxonomy: Taxonomy, model: TrainedModel) -> bytes:
    """The file's bytes: the same model gives the same bytes."""
    header = {
        "format": FORMAT,
        "taxonomy": taxonomy.model_dump(mode="json"),
        "embedder": model.embedder,
        "prior": model.prior,
        "temperature": model.temperature,
        "stems": list(model.features.stems),
        "report": model.report,
    }
    text = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
    file = io.BytesIO()
    np.savez_compressed(
        file, header=np.frombuffer(text, np.uint8), weights=model.weights.astype(np.float16),
        rarity=model.features.rarity.astype(np.float16), middle=model.features.middle.astype(np.float16),
    )  # fmt: skip
    return file.getvalue()


def read_trained(data: bytes, name: str) -> tuple[Taxonomy, TrainedModel]:
    """What `write_trained` wrote.

    Raises:
        ConfigError: It is something else, or damaged.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            header = json.loads(arrays["header"].tobytes().decode())
            if header["format"] != FORMAT:
                hint = "train it again"
                raise ConfigError(f"trained taxonomy {name} has the format {header['format']}", hint=hint)
            weights, rarity, middle = (arrays[part].astype(np.float32) for part in ("weights", "rarity", "middle"))
        taxonomy = Taxonomy.model_validate(header["taxonomy"])
        stems = {stem: n for n, stem in enumerate(header["stems"])}
        model = TrainedModel(
            Features(stems, rarity, middle), weights, header["prior"], header["temperature"], header["embedder"],
            header["report"],
        )  # fmt: skip
    except (*_DAMAGE, ValidationError) as error:
        hint = "give a taxonomy in TOML or what `docmill learn` wrote"
        raise ConfigError(f"trained taxonomy {name} cannot be read: {error}", hint=hint) from error
    categories = len(taxonomy.category)
    wanted = (middle.size + len(stems) + categories + 1, categories)
    if middle.ndim != 1 or weights.shape != wanted or rarity.shape != (len(stems),):
        raise ConfigError(f"trained taxonomy {name} is damaged: its arrays do not fit", hint="train it again")
    return taxonomy, model

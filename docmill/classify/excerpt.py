"""What a classifier looks at: the sentences that tell what a document is about, and their vectors."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docmill.classify.cues import find_cues
from docmill.classify.embed import Embedder, Vectors, unit
from docmill.classify.lexicon import stem_counts
from schemas.document import Block, Evidence

__all__ = ["Excerpt", "Subject", "excerpt", "subject"]

# What a text is about it says in its title and first sentences, and confirms in the others. Embedding costs grow with
# the characters taken, and what a sentence is about is in its opening.
_FIRST = 6  # title and sentences
_OTHERS = 4
_SEEN = 100  # sentences among which the others are taken
_SENTENCE_CHARACTERS = 120
_PASSAGE_CHARACTERS = 300
_BLOCK_CHARACTERS = 5000
_MIN_SENTENCE = 3  # characters
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])|\n+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The texts to embed: telling sentences, cut, and the document's opening in one piece."""

    sentences: tuple[str, ...]
    passage: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A document as classifiers see it.

    `sentences` and their `vectors`, a row each; `mean`, the sentences' direction, and `passage`, the opening's, both
    of length 1, and `vector`, the direction of both; the text's word `stems`; structural `cues` by category.
    """

    sentences: tuple[str, ...]
    vectors: Vectors
    mean: Vectors
    passage: Vectors
    vector: Vectors
    stems: Counter[str]
    cues: tuple[tuple[str, Evidence], ...]
    language: str


def excerpt(title: str | None, blocks: Sequence[Block]) -> Excerpt | None:
    """The title, the first sentences, and some of the others, evenly spread; none if there is no text."""
    openings = dict.fromkeys([_tidy(title)] if title else [])
    for block in blocks:
        for sentence in _SENTENCE_END.split(block.text[:_BLOCK_CHARACTERS]):
            opening = _tidy(sentence)
            if len(opening) >= _MIN_SENTENCE:
                openings[opening] = None
        if len(openings) > _SEEN:
            break
    found = list(openings)
    if not found:
        return None
    rest = found[_FIRST:]
    step = max(1, -(-len(rest) // _OTHERS))
    text = "\n".join([title or "", *(block.text for block in blocks)])
    return Excerpt(
        sentences=(*found[:_FIRST], *rest[::step]),
        passage=" ".join(text[: 2 * _PASSAGE_CHARACTERS].split())[:_PASSAGE_CHARACTERS],
        text=text,
    )


def subject(piece: Excerpt, language: str, embedder: Embedder) -> Subject:
    """Embed an excerpt, count its words, find its cues."""
    rows = embedder.embed([*piece.sentences, piece.passage])
    vectors, passage = rows[:-1], unit(rows[-1])
    mean = unit(vectors.mean(axis=0))
    return Subject(
        sentences=piece.sentences,
        vectors=vectors,
        mean=mean,
        passage=passage,
        vector=unit(np.asarray(mean + passage)),
        stems=stem_counts(piece.text),
        cues=tuple(find_cues(piece.text)),
        language=language,
    )


def _tidy(sentence: str) -> str:
    return " ".join(sentence.split())[:_SENTENCE_CHARACTERS]

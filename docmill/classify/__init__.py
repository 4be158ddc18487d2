"""Classify: language, content type and topics, with evidence, or an abstention that says so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from docmill.classify.cues import find_cues
from docmill.classify.embed import Embedder
from docmill.classify.similarity import Document, SimilarityClassifier
from schemas.document import Block, Label, Language
from schemas.taxonomy import Taxonomy

__all__ = ["VERSION", "Classification", "Classifier"]

VERSION = "1"
# What a text is about it says in its title and first sentences, and confirms in the others. Embedding costs grow with
# the characters taken, and what a sentence is about is in its opening.
_FIRST = 6  # title and sentences
_OTHERS = 4
_SEEN = 100  # sentences among which the others are taken
_SENTENCE_CHARACTERS = 120
_BLOCK_CHARACTERS = 5000
_MIN_SENTENCE = 3  # characters
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+|(?<=[。！？])|\n+")


@dataclass(frozen=True, slots=True)
class Classification:
    """What the document was found to be."""

    content_type: Label | None
    topics: tuple[Label, ...]
    warnings: tuple[str, ...]


class Classifier:
    """Classifies by any number of taxonomies; embeds each document once."""

    def __init__(
        self,
        taxonomies: Sequence[Taxonomy],
        embedder: Embedder,
        *,
        topic_threshold: float,
        content_type_threshold: float,
    ) -> None:
        self._embedder = embedder
        self._classifiers = [
            SimilarityClassifier(t, embedder, topic_threshold if t.kind == "topics" else content_type_threshold)
            for t in taxonomies
        ]

    def classify(self, title: str | None, blocks: Sequence[Block], language: Language) -> Classification:
        """Content type and topics of a cleaned document."""
        sentences = _telling(title, blocks)
        if not sentences or not self._classifiers:
            return Classification(None, (), ())
        text = "\n".join([title or "", *(block.text for block in blocks)])
        document = Document.of(sentences, text, language.code, find_cues(text), self._embedder)
        content_type: Label | None = None
        topics: list[Label] = []
        warnings = []
        for classifier in self._classifiers:
            labels = classifier.classify(document)
            if not labels:
                category, confidence = classifier.best(document)
                warnings.append(
                    f"abstained: the best category of {classifier.taxonomy.id}, {category}, has confidence"
                    f" {confidence:.2f}, under {classifier.threshold:.2f}"
                )
            elif classifier.taxonomy.kind == "topics":
                topics.extend(labels)
            else:
                content_type = content_type or labels[0]
        return Classification(content_type, tuple(topics), tuple(warnings))


def _telling(title: str | None, blocks: Sequence[Block]) -> list[str]:
    """The title, the first sentences, and some of the others, evenly spread; the opening of each, each once."""
    openings = dict.fromkeys([_tidy(title)] if title else [])
    for block in blocks:
        for sentence in _SENTENCE_END.split(block.text[:_BLOCK_CHARACTERS]):
            opening = _tidy(sentence)
            if len(opening) >= _MIN_SENTENCE:
                openings[opening] = None
        if len(openings) > _SEEN:
            break
    found = list(openings)
    rest = found[_FIRST:]
    step = max(1, -(-len(rest) // _OTHERS))
    return found[:_FIRST] + rest[::step]


def _tidy(sentence: str) -> str:
    return " ".join(sentence.split())[:_SENTENCE_CHARACTERS]

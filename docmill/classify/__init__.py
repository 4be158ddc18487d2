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
LEAD_CHARACTERS = 1500  # embedding costs grow with length, and what a text is about it says first
_SENTENCES = 12
_MIN_SENTENCE = 3  # characters
_SENTENCE_CHARACTERS = 150  # what a long sentence is about is in its opening
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
        sentences = _lead(title, blocks)
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


def _lead(title: str | None, blocks: Sequence[Block]) -> list[str]:
    """The title and the openings of the first sentences, each once."""
    sentences = dict.fromkeys([_tidy(title)] if title else [])
    room = LEAD_CHARACTERS
    for block in blocks:
        for sentence in _SENTENCE_END.split(block.text):
            opening = _tidy(sentence)[:room]
            if len(opening) < _MIN_SENTENCE or opening in sentences:
                continue
            if len(sentences) >= _SENTENCES or room < _MIN_SENTENCE:
                return list(sentences)
            sentences[opening] = None
            room -= len(opening)
    return list(sentences)


def _tidy(sentence: str) -> str:
    return " ".join(sentence.split())[:_SENTENCE_CHARACTERS]

"""What a classifier looks at: the sentences that tell what a document is about, and their vectors."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from docmill.classify.background import expand
from docmill.classify.cues import find_cues
from docmill.classify.embed import Embedder, Vectors, unit
from docmill.classify.lexicon import stem_counts
from docmill.classify.signs import no_signs
from docmill.sentences import sentences
from schemas.document import Block, BlockKind, Evidence

__all__ = ["Excerpt", "Subject", "excerpt", "size_of", "subject"]

# What a text is about it says in its title and first sentences, and confirms in the others. Embedding costs grow with
# the characters taken; 400 classify as well as 1,000 (docs/quality.md).
_CHARACTERS = 400  # embedded; of a script without spaces a third, for as much meaning and as many tokens
_WIDE = 3
_OPENING = 0.6  # of them, to the title and the first sentences
_SENTENCE_CHARACTERS = 300
_SEEN = 40  # sentences among which the others are taken
_BLOCK_CHARACTERS = 5000
_TEXT_CHARACTERS = 8000  # looked at for words and cues
_MIN_SENTENCE = 3  # characters
_SAYS = re.compile(r"[^\W_]")  # what a row of dashes or stars between two parts has none of
_EVIDENCE = 2  # sentences shown for a label
# Of a message, which say nothing of its matter.
_FIELDS = ("From: ", "To: ", "Cc: ", "Bcc: ", "Reply-To: ", "Date: ", "Sent: ")
_MESSAGE = 0.15  # of its weight
_MOST_FIELDS = 10  # blocks among which they stand
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The telling sentences, cut, to be embedded, and the text's opening, for its words and cues."""

    sentences: tuple[str, ...]
    text: str
    fields: tuple[str, ...] = ()  # of a message: From, To


@dataclass(frozen=True, slots=True)
class Subject:
    """A document as classifiers see it.

    `sentences` and their `vectors`, a row each; their `mean` direction, the `vector` of all of them in one piece, and
    that `expanded` by what texts of its sort say, all of length 1; the word `stems`; structural `cues` by category; the
    `signs` of a web page.
    """

    sentences: tuple[str, ...]
    vectors: Vectors
    mean: Vectors
    vector: Vectors
    expanded: Vectors
    stems: Counter[str]
    cues: tuple[tuple[str, Evidence], ...]
    signs: Vectors
    language: str
    text: str  # its opening

    def cues_for(self, category: str) -> list[Evidence]:
        """The structural cues of a category."""
        return [cue for category_id, cue in self.cues if category_id == category]

    def strongest(self, weights: Vectors) -> list[Evidence]:
        """The sentences of the greatest weights, of one a sentence, as evidence."""
        first = np.argsort(-weights, kind="stable")[:_EVIDENCE]
        return [Evidence(kind="sentence", text=self.sentences[n], weight=round(float(weights[n]), 3)) for n in first]


def excerpt(title: str | None, blocks: Sequence[Block]) -> Excerpt | None:
    """The title, the first sentences, and some of the others, evenly spread; none if there is no text."""
    fields = [block for block in blocks[:_MOST_FIELDS] if _is_field(block)]
    if fields:
        blocks = [*(block for block in blocks[:_MOST_FIELDS] if not _is_field(block)), *blocks[_MOST_FIELDS:]]
    found = _sentences(title, blocks)
    if not found:
        return None
    text, size = [title or ""], 0
    for block in blocks:
        if size >= _TEXT_CHARACTERS:
            break
        text.append(block.text[: _TEXT_CHARACTERS - size])
        size += len(text[-1])
    return Excerpt(tuple(_telling(found)), "\n".join(text), tuple(block.text.partition(":")[0] for block in fields))


def subject(piece: Excerpt, language: str, embedder: Embedder, signs: Vectors | None = None) -> Subject:
    """Embed an excerpt, count its words, find its cues; without `signs` it is taken for no web page."""
    vectors, vector = embedder.read(piece.sentences)
    return Subject(
        sentences=piece.sentences,
        vectors=vectors,
        mean=unit(vectors.mean(axis=0)),
        vector=vector,
        expanded=expand(vector[None], embedder)[0],
        stems=stem_counts(piece.text),
        cues=(*find_cues(piece.text), *_message_cue(piece.fields)),
        signs=no_signs() if signs is None else signs,
        language=language,
        text=piece.text,
    )


def _message_cue(fields: Sequence[str]) -> Iterator[tuple[str, Evidence]]:
    """A message is none of the documents it speaks of, unless its text is one."""
    if len(fields) > 1:
        yield "other", Evidence(kind="cue", text=f"a message: {', '.join(fields)}", weight=_MESSAGE)


def _is_field(block: Block) -> bool:
    return block.kind is BlockKind.LINE and block.text.startswith(_FIELDS)


def _sentences(title: str | None, blocks: Sequence[Block]) -> list[str]:
    """The first sentences, each once."""
    found = dict.fromkeys([_tidy(title)] if title else [])
    for block in blocks:
        for sentence in sentences(block.text[:_BLOCK_CHARACTERS]):
            opening = _tidy(sentence)
            if len(opening) >= _MIN_SENTENCE and _SAYS.search(opening):
                found[opening] = None
            if len(found) == _SEEN:
                return list(found)
    return list(found)


def _telling(found: Sequence[str]) -> list[str]:
    """Of few characters: what comes first, and of the rest as many as there is room for, evenly spread."""
    sizes = [size_of(sentence) for sentence in found]
    first, taken = 1, sizes[0]
    while first < len(found) and taken + sizes[first] <= _OPENING * _CHARACTERS:
        taken += sizes[first]
        first += 1
    rest = range(first, len(found))
    if not rest:
        return list(found)
    room = int((_CHARACTERS - taken) / (sum(sizes[first:]) / len(rest)))
    step = -(-len(rest) // max(1, room))
    return [found[n] for n in (*range(first), *rest[::step][: max(1, room)])]


def size_of(sentence: str) -> int:
    """Characters, those of scripts without spaces counted several times."""
    wide = 0 if sentence.isascii() else len(_UNSPACED.findall(sentence))
    return len(sentence) + (_WIDE - 1) * wide


def _tidy(sentence: str) -> str:
    """A sentence's opening, on one line: what it is about stands there."""
    opening = " ".join(sentence.split())
    return opening[: _SENTENCE_CHARACTERS // (_WIDE - 1) if _UNSPACED.match(opening) else _SENTENCE_CHARACTERS]

"""What the rules see of a block."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from docmill.clean.glance import hints
from docmill.clean.patterns import NUMBERS, PHRASES
from docmill.clean.reading import SAMPLE, UNSPACED_CHARS_A_WORD, Reading, read
from docmill.clean.wrapping import SENTENCE_END, wrapped_lines
from schemas.document import Block, BlockKind

__all__ = ["WORD", "Line", "count_words", "read_blocks", "read_dump", "read_texts"]

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
_FULL_STOP = re.compile(r"[.!?…。！？؟۔][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")
_NOT_IN_NAMES = re.compile(r"[\d.:;!?,，。：/|>@#&()]")
_STOPS = frozenset(".!?…。！？؟۔")
_NONE: Counter[str] = Counter()


@dataclass(eq=False, slots=True)  # not frozen: that would double the time it takes to make them
class Line:
    """A block with the measures the rules go by; those that few lines need are computed when asked for."""

    kind: BlockKind
    index: int  # among the document's blocks
    blank_before: bool  # whether blank lines stand between it and the block before
    text: str
    lowered: str  # the text in lower case, as the phrases are written
    words: float  # unspaced scripts converted
    hints: int  # which rules may apply to it, as `Hint` has them
    phrases: Counter[str]  # how many stock phrases of each reason stand in it
    is_wrapped: bool  # whether it is part of a paragraph that is broken at a column
    is_prose: bool  # whether it reads as running text rather than as a label
    ends_sentence: bool  # whether it ends with a full stop, question or exclamation mark, in any script

    @property
    def tokens(self) -> list[str]:
        """Its words in lower case; a run of unspaced script counts as one."""
        return WORD.findall(self.lowered)

    @property
    def is_list_item(self) -> bool:
        """Whether it is marked as an item of a list."""
        return self.kind is BlockKind.LIST_ITEM

    @property
    def is_name(self) -> bool:
        """Whether it could be a bare name: a few capitalised words and nothing else."""
        if self.words > NUMBERS.name_words or self.text.isupper():
            return False
        if _NOT_IN_NAMES.search(self.text.strip(". ")):
            return False
        tokens = WORD.findall(self.text)
        return len(tokens) > 1 and all(token[0].isupper() for token in tokens)


def count_words(text: str) -> float:
    """Number of words, unspaced scripts converted; of a long text, estimated from its beginning."""
    if len(text) > SAMPLE:
        return count_words(text[:SAMPLE]) * len(text) / SAMPLE
    unspaced = 0 if text.isascii() else len(UNSPACED.findall(text))
    if not unspaced:
        return len(WORD.findall(text))
    return unspaced / UNSPACED_CHARS_A_WORD + len(WORD.findall(UNSPACED.sub(" ", text)))


def _ending(text: str) -> tuple[bool, bool]:
    """Whether a text ends a sentence, and whether it ends a sentence or a part of one."""
    if not text or text[-1].isalnum():
        return False, False
    if text[-1] in _STOPS:
        return True, True
    ends = _FULL_STOP.search(text) is not None
    return ends, ends or SENTENCE_END.search(text) is not None


def _lines(texts: Sequence[str], kinds: Sequence[BlockKind], gaps: Sequence[bool]) -> tuple[list[Line], Reading]:
    reading = read(texts)
    lowered = [text.lower().replace("i\u0307", "i") if "İ" in text else text.lower() for text in texts]
    phrases = PHRASES.found(lowered, reading.words)
    wrapped = frozenset() if all(gaps) else wrapped_lines(texts, kinds, gaps)
    lines = []
    columns = zip(kinds, gaps, texts, lowered, reading.words.tolist(), hints(reading).tolist(), strict=True)
    for index, (kind, gap, text, low, words, hint) in enumerate(columns):
        ends, closes = _ending(text)
        part = index in wrapped
        prose = words >= (NUMBERS.prose_words if closes else NUMBERS.long_words) or part
        lines.append(Line(kind, index, gap, text, low, words, hint, phrases.get(index, _NONE), part, prose, ends))
    return lines, reading


def read_blocks(blocks: Sequence[Block]) -> list[Line]:
    """A document's blocks as the rules see them."""
    gaps = []
    previous_end = 0
    for block in blocks:
        start = block.start_line
        gaps.append(start is None or start > previous_end + 1)
        previous_end = block.end_line or 0
    return _lines([block.text for block in blocks], [block.kind for block in blocks], gaps)[0] if blocks else []


def read_dump(texts: Sequence[str], numbers: Sequence[int], items: Sequence[bool]) -> tuple[list[Line], Reading]:
    """The lines of a plain text, one or more, as the rules see them, and what the models build on."""
    kinds = [BlockKind.LIST_ITEM if item else BlockKind.LINE for item in items]
    gaps = [True, *(after > before + 1 for before, after in pairwise(numbers))]
    return _lines(texts, kinds, gaps)


def read_texts(texts: Sequence[str]) -> list[Line]:
    """Texts of which each stands by itself, as the rules see them."""
    return _lines(texts, [BlockKind.LINE] * len(texts), [True] * len(texts))[0] if texts else []

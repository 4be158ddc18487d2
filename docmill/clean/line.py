"""What the rules see of a block."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from docmill.clean.patterns import NUMBERS, PHRASES
from docmill.clean.wrapping import SENTENCE_END, wrapped_lines
from schemas.document import Block, BlockKind

__all__ = ["WORD", "Line", "count_words", "read_blocks", "read_texts"]

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
UNSPACED_CHARS_A_WORD = 1.7  # Chinese text has about so many characters where English has a word
_FULL_STOP = re.compile(r"[.!?…。！？؟۔][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")
_NOT_IN_NAMES = re.compile(r"[\d.:;!?,，。：/|>@#&()]")
# A text of fewer characters has not the words of a sentence, or of a long line.
_LEAST_PROSE = int(NUMBERS.prose_words * UNSPACED_CHARS_A_WORD)
_LEAST_LONG = int(NUMBERS.long_words * UNSPACED_CHARS_A_WORD)
_NONE: Counter[str] = Counter()
_SAMPLE = 800  # characters from which the number of words of a longer text is estimated


@dataclass(eq=False)  # not frozen: that would double the time it takes to make them
class Line:
    """A block with the measures the rules go by; those that few lines need are computed when first asked for."""

    kind: BlockKind
    index: int  # among the document's blocks
    blank_before: bool  # whether blank lines stand between it and the block before
    text: str
    lowered: str  # the text in lower case, as the phrases are written
    phrases: Counter[str]  # how many stock phrases of each reason stand in it
    is_prose: bool  # whether it reads as running text rather than as a label
    ends_sentence: bool  # whether it ends with a full stop, question or exclamation mark, in any script

    @cached_property
    def folded(self) -> str:
        """Letters and digits only, compatibility forms and case folded: equal for repeats of one line."""
        return " ".join(WORD.findall(unicodedata.normalize("NFKC", self.text).casefold()))

    @property
    def tokens(self) -> list[str]:
        """Its words in lower case; a run of unspaced script counts as one."""
        return WORD.findall(self.lowered)

    @cached_property
    def words(self) -> float:
        """Number of words, unspaced scripts converted."""
        return count_words(self.text)

    @property
    def is_list_item(self) -> bool:
        """Whether it is marked as an item of a list."""
        return self.kind is BlockKind.LIST_ITEM

    @cached_property
    def is_name(self) -> bool:
        """Whether it could be a bare name: a few capitalised words and nothing else."""
        if self.words > NUMBERS.name_words or _NOT_IN_NAMES.search(self.text.strip(". ")):
            return False
        tokens = WORD.findall(self.text)
        return len(tokens) > 1 and all(token[0].isupper() for token in tokens) and not self.text.isupper()


def count_words(text: str) -> float:
    """Number of words, unspaced scripts converted; of a long text, estimated from its beginning."""
    if len(text) > _SAMPLE:
        return count_words(text[:_SAMPLE]) * len(text) / _SAMPLE
    unspaced = 0 if text.isascii() else len(UNSPACED.findall(text))
    if not unspaced:
        return len(WORD.findall(text))
    return unspaced / UNSPACED_CHARS_A_WORD + len(WORD.findall(UNSPACED.sub(" ", text)))


def _reading(text: str) -> tuple[bool, bool]:
    """Whether a text reads as prose, and whether it ends a sentence."""
    size = len(text)
    ends = closes = False
    if size and not text[-1].isalnum():
        ends = _FULL_STOP.search(text) is not None
        closes = ends or SENTENCE_END.search(text) is not None
    if size < (_LEAST_PROSE if closes else _LEAST_LONG):
        return False, ends
    # That many spaces leave no doubt, and spare counting.
    least = NUMBERS.prose_words if closes else NUMBERS.long_words
    return text.count(" ") > 2 * least or count_words(text) >= least, ends


def read_blocks(blocks: Sequence[Block]) -> list[Line]:
    """A document's blocks as the rules see them."""
    wrapped = wrapped_lines(blocks)
    lowered = [block.text.lower() for block in blocks]
    phrases = PHRASES.found(lowered)
    lines = []
    previous_end = 0
    for index, block in enumerate(blocks):
        text, start = block.text, block.start_line
        gap = start is None or start > previous_end + 1
        prose, ends = _reading(text)
        found = phrases.get(index, _NONE)
        lines.append(Line(block.kind, index, gap, text, lowered[index], found, prose or index in wrapped, ends))
        previous_end = block.end_line or 0
    return lines


def read_texts(texts: Sequence[str]) -> list[Line]:
    """Texts of which each stands by itself, as the rules see them."""
    lowered = [text.lower() for text in texts]
    phrases = PHRASES.found(lowered)
    return [
        Line(BlockKind.LINE, index, True, text, lowered[index], phrases.get(index, _NONE), *_reading(text))
        for index, text in enumerate(texts)
    ]

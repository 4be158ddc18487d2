"""What the rules see of a block."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from docmill.clean.patterns import NUMBERS, PHRASES
from schemas.document import Block, BlockKind

__all__ = ["Line"]

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
UNSPACED_CHARS_A_WORD = 1.7  # Chinese text has about so many characters where English has a word
SENTENCE_END = re.compile(r"[.!?…。！？؟۔;；:：][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")
_FULL_STOP = re.compile(r"[.!?…。！？؟۔][\"'”’»)\]）」』]*\s*(?:\[\d+\]\s*)*$")


@dataclass(frozen=True)
class Line:
    """A block with the measures the rules go by, each computed when first asked for."""

    block: Block
    index: int  # among the document's blocks
    blank_before: bool  # whether blank lines stand between it and the block before
    in_paragraph: bool = False  # whether it is one of the hard-wrapped lines of a paragraph

    @property
    def text(self) -> str:
        """The block's text."""
        return self.block.text

    @cached_property
    def lowered(self) -> str:
        """Its text in lower case, as the phrases are written."""
        return self.text.lower()

    @cached_property
    def phrases(self) -> Counter[str]:
        """How many stock phrases of each reason stand in it."""
        return PHRASES.found(self.lowered)

    @cached_property
    def folded(self) -> str:
        """Letters and digits only, compatibility forms and case folded: equal for repeats of one line."""
        return " ".join(WORD.findall(unicodedata.normalize("NFKC", self.text).casefold()))

    @cached_property
    def tokens(self) -> list[str]:
        """Its words; a run of unspaced script counts as one."""
        return WORD.findall(self.text)

    @cached_property
    def words(self) -> float:
        """Number of words, unspaced scripts converted."""
        unspaced = 0 if self.text.isascii() else len(UNSPACED.findall(self.text))
        if not unspaced:
            return len(self.tokens)
        return unspaced / UNSPACED_CHARS_A_WORD + len(WORD.findall(UNSPACED.sub(" ", self.text)))

    @cached_property
    def ends_sentence(self) -> bool:
        """Whether it ends with a full stop, question or exclamation mark, in any script."""
        return _FULL_STOP.search(self.text) is not None

    @cached_property
    def is_prose(self) -> bool:
        """Whether it reads as running text rather than as a label."""
        if self.in_paragraph or self.words >= NUMBERS.long_words:
            return True
        return self.words >= NUMBERS.prose_words and SENTENCE_END.search(self.text) is not None

    @cached_property
    def is_list_item(self) -> bool:
        """Whether it is marked as an item of a list."""
        return self.block.kind is BlockKind.LIST_ITEM

    @cached_property
    def is_name(self) -> bool:
        """Whether it could be a bare name: a few capitalised words and nothing else."""
        if (
            not self.tokens
            or self.words > NUMBERS.name_words
            or re.search(r"[\d.:;!?,，。：/|>@#&()]", self.text.strip(". "))
        ):
            return False
        return len(self.tokens) > 1 and all(t[0].isupper() for t in self.tokens) and not self.text.isupper()

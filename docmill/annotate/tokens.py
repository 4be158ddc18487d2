"""Words of a text with what stands around them, for the annotators of languages that write spaces and capitals."""

import re
from dataclasses import dataclass

__all__ = ["Mention", "Token", "tokenize"]

_WORD = re.compile(r"[^\W_][\w\u0300-\u036f\u064b-\u065f\u0670]*")
_NEW_SENTENCE = re.compile(r"[.!?…]['\"”»)]?\s|\n|[:•]\s*[\"“«]?$|^\s*[\"“«(]?$|[\"“«]$")


@dataclass(slots=True)
class Token:
    """One word."""

    start: int
    end: int
    text: str
    folded: str
    gap: str  # between the word before and this one
    initial: bool  # begins a sentence, line or quotation, where a capital says nothing
    capital: bool  # begins with a capital letter


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names something."""

    start: int
    end: int
    type: str
    canonical: str | None = None  # where it differs from the text


def tokenize(text: str) -> list[Token]:
    """The words in order."""
    tokens: list[Token] = []
    end, previous = 0, ""
    for match in _WORD.finditer(text):
        start, word = match.start(), match[0]
        gap = text[end:start]
        initial = False
        if gap != " " or not tokens:
            gap = gap.replace("\u00a0", " ")
            initial = not tokens or bool(_NEW_SENTENCE.search(gap))
            if initial and gap == ". " and len(previous) == 1:
                initial = False  # an initial's full stop
        end, previous = match.end(), word
        tokens.append(Token(start, end, word, word.casefold(), gap, initial, word[0].isupper()))
    return tokens

"""Runs of capitalised words, which are what names are made of in languages that write capitals."""

from collections.abc import Sequence
from itertools import takewhile

from docmill.annotate.lexicon import Lexicon
from docmill.annotate.tokens import Token

__all__ = ["Run", "find_runs", "has_head", "is_head"]

Run = tuple[int, int]  # first token, last token + 1
_TIGHT = frozenset([" ", "-", "‐", "’", "'", " & ", "\u00a0"])
_AND = frozenset(["and", "et", "y", "e", "und", "и"])
_MOST_JOINS = 3
_LONGEST = 14  # words


def find_runs(tokens: Sequence[Token], words: Lexicon) -> list[Run]:
    """Maximal runs, left to right. `and` joins only after `Ministry of …`; a leading article is left out."""
    runs, i = [], 0
    while i < len(tokens):
        token = tokens[i]
        if not token.capital or token.folded in words.articles:
            i += 1
            continue
        end = i + 1
        while end < len(tokens) and end - i < _LONGEST and (following := _extend(tokens, i, end, words)):
            end = following
        runs.append((i, end))
        i = end
    return runs


def is_head(token: Token, words: Lexicon) -> bool:
    """Whether a word makes the name it stands in an organisation's."""
    folded = token.folded
    return folded in words.heads or (bool(words.head_endings) and folded.endswith(words.head_endings))


def has_head(tokens: Sequence[Token], words: Lexicon) -> bool:
    """Whether any of the words does."""
    return any(is_head(token, words) for token in tokens)


def _extend(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> int:
    """Where the run goes on to, by its next capitalised word; 0 where it ends."""
    token = tokens[end]
    if token.capital:
        tight = token.gap in _TIGHT or (token.gap == ". " and len(tokens[end - 1].text) <= 3)  # noqa: PLR2004  J. Dr. Jr.
        return end + 1 if tight and not token.initial else 0
    joins = list(takewhile(lambda t: t.folded in words.joins and t.gap in _TIGHT, tokens[end : end + _MOST_JOINS]))
    after = end + len(joins)
    if not joins or after >= len(tokens) or not tokens[after].capital or tokens[after].gap not in _TIGHT:
        return 0
    if any(join.folded in _AND for join in joins):
        run = tokens[start:end]
        prepositions = [t for t in run if not t.capital and t.folded not in _AND]
        if not prepositions or is_head(tokens[after], words):
            return 0
    return after + 1

"""Runs of capitalised words, which are what names are made of in languages that write capitals."""

import re
from collections.abc import Sequence
from itertools import takewhile

from docmill.annotate.lexicon import Lexicon
from docmill.annotate.tokens import Token

__all__ = ["POSSESSIVE", "Run", "find_runs", "has_head", "is_head"]

Run = tuple[int, int]  # first token, last token + 1
_TIGHT = frozenset([" ", "-", "- ", "‐", "’", "'", " & "])
_AND = frozenset(["and", "et", "y", "e", "und", "и"])
POSSESSIVE = frozenset(
    ["people", "women", "children", "men", "workers", "farmers", "teachers", "king", "queen"]
)  # People's Republic
_ADJECTIVE = re.compile(r"\w{3,}(?:ic|al|ary)")  # Economic and Social Council
_MOST_JOINS = 3
_AHEAD = 4  # words in which a list after `Ministry of` must come to its `and`
_LONGEST = 14  # words


def find_runs(tokens: Sequence[Token], words: Lexicon) -> list[Run]:
    """Maximal runs, left to right. `and` joins only after `Ministry of …`; a leading article is left out."""
    runs, i = [], 0
    while i < len(tokens):
        token = tokens[i]
        if not token.capital or token.folded in words.articles or token.gap == "-":
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
    token, previous = tokens[end], tokens[end - 1]
    if token.capital:
        tight = token.gap in _TIGHT or (token.gap == ". " and len(previous.text) <= 3)  # noqa: PLR2004  J. Dr. Jr.
        tight = tight or (token.gap == ", " and _enumerates(tokens, start, end, words))
        return end + 1 if tight and not token.initial else 0
    if token.gap in ("'", "’") and token.folded == "s" and previous.folded in POSSESSIVE:
        return end + 2 if _follows(tokens, end + 1) else 0
    if token.gap == "-" and _follows(tokens, end + 1) and tokens[end + 1].gap == " ":
        return end + 2  # Spanish-speaking Countries
    joins = list(takewhile(lambda t: t.folded in words.joins and t.gap in _TIGHT, tokens[end : end + _MOST_JOINS]))
    after = end + len(joins)
    if (
        not joins
        or not _follows(tokens, after)
        or (_AND & {join.folded for join in joins} and not _may_join(tokens, start, end, after, words))
    ):
        return 0
    return after + 1


def _follows(tokens: Sequence[Token], i: int) -> bool:
    return i < len(tokens) and tokens[i].capital and tokens[i].gap in _TIGHT


def _may_join(tokens: Sequence[Token], start: int, end: int, after: int, words: Lexicon) -> bool:
    """Whether `and` stands inside a name rather than between two."""
    if after - end > 1 or is_head(tokens[after], words):
        return False
    if end - start == 1 and _ADJECTIVE.fullmatch(tokens[start].folded):
        return has_head(tokens[after + 1 : after + 2], words)
    return any(not token.capital and token.folded not in _AND for token in tokens[start:end])


def _enumerates(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> bool:
    """Whether a comma stands inside `Ministry of Transport, Energy and Trade`."""
    if not is_head(tokens[start], words) or end - start < 3 or tokens[start + 1].capital:  # noqa: PLR2004  head, of, word
        return False
    ahead = tokens[end + 1 : end + _AHEAD]
    for i, token in enumerate(ahead):
        if token.folded in _AND:
            return i + 1 < len(ahead) and ahead[i + 1].capital and not is_head(ahead[i + 1], words)
        if not token.capital:
            return False
    return False

"""Runs of capitalised words, which are what names are made of in languages that write capitals."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from docmill.annotate.date_patterns import patterns
from docmill.annotate.lexicon import Lexicon, raw
from docmill.annotate.tokens import Tokens

__all__ = [
    "POSSESSIVE",
    "Run",
    "before_day",
    "find_runs",
    "has_head",
    "in_title",
    "is_head",
    "joins_firm",
    "without_opener",
]

Run = tuple[int, int]  # first token, last token + 1
_TIGHT = frozenset([" ", "-", "- ", "‐", "’", "'", " & "])
_AND = frozenset(["and", "et", "y", "e", "und", "и"])
POSSESSIVE = frozenset(
    ["people", "women", "children", "men", "workers", "farmers", "teachers", "king", "queen"]
)  # People's Republic
_ADJECTIVE = re.compile(r"\w{3,}(?:ic|al|ary)")  # Economic and Social Council
_SUBJECTS = frozenset(raw("en")["subjects"].split())
_OF = frozenset(["de", "d"])
_MOST_JOINS = 3
_AHEAD = 4  # words in which a list after `Ministry of` must come to its `and`
_LONGEST = 14  # words
_LETTERS = 4
_LINE = 40  # words of a line that tell whether it is a title
_TITLED = 0.7  # share of its longer words that are capitalised then


def find_runs(tokens: Tokens, words: Lexicon) -> list[Run]:
    """Maximal runs, left to right. `and` joins only after `Ministry of …`; a leading article is left out."""
    runs, done, count = [], 0, len(tokens.words)
    for i in tokens.capitals:
        if i < done or tokens.folded[i] in words.articles or tokens.gaps[i] == "-":
            continue
        end = i + 1
        while end < count and end - i < _LONGEST and (following := _extend(tokens, i, end, words)):
            end = following
        runs.append((i, end))
        done = end
    return runs


def is_head(folded: str, words: Lexicon) -> bool:
    """Whether a word makes the name it stands in an organisation's."""
    return folded in words.heads or (bool(words.head_endings) and folded.endswith(words.head_endings))


def has_head(folded: Sequence[str], words: Lexicon) -> bool:
    """Whether any of the words does."""
    if not words.head_endings:
        return not words.heads.isdisjoint(folded)
    return any(is_head(word, words) for word in folded)


def without_opener(tokens: Tokens, start: int, end: int, words: Lexicon) -> int:
    """Where the name begins after `For`, `In the`, `How`, or the last letter of `U.S.`."""
    first = start
    if end - start > 1 and len(tokens.words[start]) == 1 and tokens.gaps[start] == ".":
        first = start + 1
    while first + 1 < end and (
        (tokens.folded[first] in words.openers and not _is_new(tokens, first))
        or (first > start and (not tokens.capital[first] or tokens.folded[first] in words.articles))
    ):
        first += 1
    return first


def before_day(tokens: Tokens, first: int, end: int, language: str) -> int:
    """Where the name ends in `Anna Muster Mar 7`."""
    dated = end < len(tokens.words) and tokens.gaps[end] in (" ", ". ") and tokens.words[end][0].isdigit()
    return end - 1 if dated and end - 1 > first and tokens.folded[end - 1] in patterns(language).month_words else end


def _is_new(tokens: Tokens, i: int) -> bool:
    """Whether `New` is part of a name, as within a sentence: the New Orleans Museum of Art."""
    return tokens.folded[i] == "new" and not tokens.initial(i) and not in_title(tokens, i, i + 1)


def in_title(tokens: Tokens, start: int, end: int) -> bool:
    """Whether most words of the line are capitalised, so that capitals say nothing."""
    text = tokens.text
    first = bisect_left(tokens.starts, text.rfind("\n", 0, tokens.starts[start]) + 1)
    stop = text.find("\n", tokens.ends[end - 1])
    last = bisect_left(tokens.starts, stop if stop >= 0 else len(text))
    said = [tokens.capital[i] for i in range(first, min(last, first + _LINE)) if len(tokens.words[i]) >= _LETTERS]
    return sum(said) >= _TITLED * len(said)


def _extend(tokens: Tokens, start: int, end: int, words: Lexicon) -> int:
    """Where the run goes on to, by its next capitalised word; 0 where it ends."""
    gap, folded = tokens.gaps[end], tokens.folded[end]
    if tokens.capital[end]:
        tight = gap in _TIGHT or (gap == ". " and len(tokens.words[end - 1]) <= 3)  # noqa: PLR2004  J. Dr. Jr.
        tight = tight or (gap == ", " and _enumerates(tokens, start, end, words))
        return end + 1 if tight and not tokens.initial(end) else 0
    if gap == " " and folded not in words.joins:
        return 0  # as most often
    if gap in ("'", "’") and folded == "s" and tokens.folded[end - 1] in POSSESSIVE:
        return end + 2 if _follows(tokens, end + 1) else 0
    if gap == "-" and _follows(tokens, end + 1) and tokens.gaps[end + 1] == " ":
        return end + 2  # Spanish-speaking Countries
    after = end
    for i in range(end, min(end + _MOST_JOINS, len(tokens.words))):
        if tokens.folded[i] not in words.joins or tokens.gaps[i] not in _TIGHT:
            break
        after = i + 1
    if (
        after == end
        or not _follows(tokens, after)
        or (not _AND.isdisjoint(tokens.folded[end:after]) and not _may_join(tokens, start, end, after, words))
    ):
        return 0
    return after + 1


def _follows(tokens: Tokens, i: int) -> bool:
    return i < len(tokens.words) and bool(tokens.capital[i]) and tokens.gaps[i] in _TIGHT


def _may_join(tokens: Tokens, start: int, end: int, after: int, words: Lexicon) -> bool:
    """Whether `and` stands inside a name rather than between two."""
    if tokens.gaps[end] == "- ":
        return True  # Flugzeug- und Motorenwerke
    if after - end == 2 and is_head(tokens.folded[start], words) and not is_head(tokens.folded[after], words):  # noqa: PLR2004
        return end - 2 > start and {tokens.folded[end - 2], tokens.folded[end + 1]} <= _OF  # Chambre de Commerce et d’…
    if after - end == 1 and joins_firm(tokens, after, words):
        return True
    if after - end > 1 or is_head(tokens.folded[after], words) or tokens.folded[after] in words.given | words.titles:
        return False
    if end - start == 1 and (_ADJECTIVE.fullmatch(tokens[start].folded) or _is_noun(tokens, start)):
        return has_head(tokens.folded[after + 1 : after + 2], words)
    return any(not token.capital and token.folded not in _AND for token in tokens[start:end])


def _is_noun(tokens: Tokens, i: int) -> bool:
    """Whether a word after `the` is a noun in capitals: the Food and Drug Administration; not the Pentagon and."""
    written = tokens.folded[i] in _SUBJECTS or tokens.folded[i] in tokens.written
    return i > 0 and tokens.folded[i - 1] == "the" and tokens.gaps[i] == " " and written


def joins_firm(tokens: Tokens, i: int, words: Lexicon) -> bool:
    """Whether a word after `and` is of the firm before it: `Müller und Söhne`, `Tourismus und Marketing GmbH`."""
    if tokens.folded[i] in words.family:
        return True
    return bool(words.head_endings) and i + 1 < len(tokens) and tokens.folded[i + 1] in words.suffixes


def _enumerates(tokens: Tokens, start: int, end: int, words: Lexicon) -> bool:
    """Whether a comma stands inside `Ministry of Transport, Energy and Trade`."""
    if not is_head(tokens.folded[start], words) or end - start < 3 or tokens[start + 1].capital:  # noqa: PLR2004  head, of, word
        return False
    ahead = tokens[end + 1 : end + _AHEAD]
    for i, token in enumerate(ahead):
        if token.folded in _AND:
            return i + 1 < len(ahead) and ahead[i + 1].capital and not is_head(ahead[i + 1].folded, words)
        if not token.capital:
            return False
    return False

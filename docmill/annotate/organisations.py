"""Organisations: capitalised names with a head noun (University, Ministry) or a legal suffix (Ltd, GmbH)."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from docmill.annotate.lexicon import Lexicon, lexicon, raw
from docmill.annotate.runs import POSSESSIVE, Run, has_head, is_head, without_opener
from docmill.annotate.tokens import Mention, Token, Tokens

__all__ = ["find_organisations", "find_russian_organisations"]

_HEAD_FIRST = ("es", "fr")
_PREPOSITIONS = {
    "fr": frozenset(["de", "du", "des", "d", "la", "l", "le", "les"]),
    "es": frozenset(["de", "del", "la", "los", "las"]),
}
_MOST_WORDS = 6  # that follow a head in lower case, or stand before a Russian one
_LETTERS = 4
_RU_ADJECTIVE = re.compile(r"\w{2,}(?:ый|ий|ой|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ем|ую|юю|ые|ие|ых|их|ыми|ими)")
_RU_GENITIVE = re.compile(r"\w{3,}(?:[аяыи]|ов|ев|ей|ого|его|ой|их|ых|ства|ний|ий|ок|ью|ам|ям)")
_RU_ENDING = 4  # letters of a case ending, at most
_LINE = 40  # words of a line that tell whether it is a title
_TITLED = 0.7  # share of its longer words that are capitalised then
_QUOTED = re.compile(r"\s?«[^»\n]{2,60}»")


def find_organisations(tokens: Tokens, runs: Sequence[Run], language: str) -> list[Mention]:
    """The runs, or parts of them, that name organisations."""
    words = lexicon(language)
    found: list[Run] = []
    doubtful: list[Run] = []
    for start, end in runs:
        if (end - start == 1 and language not in _HEAD_FIRST) or not _may_name(tokens.folded[start:end], words):
            continue
        for first, last in _split(tokens, start, end, words):
            if name := _organisation(tokens, first, last, language, words):
                (doubtful if _is_doubtful(tokens, name, end, words) else found).append(name)
    sure = {tuple(tokens.folded[start:end]) for start, end in found}
    found += [(start, end) for start, end in doubtful if tuple(tokens.folded[start:end]) in sure]
    return [Mention(tokens.starts[start], tokens.ends[end - 1], "organisation") for start, end in sorted(found)]


def _is_doubtful(tokens: Tokens, name: Run, stop: int, words: Lexicon) -> bool:
    """Whether a name by a weak head only may be none: in a heading, or where the capitalised words go on."""
    start, end = name
    folded = frozenset(tokens.folded[start:end])
    heads = folded & (words.heads | words.suffixes)
    return heads <= words.weak and (end < stop or _in_title(tokens, start, end))


def _in_title(tokens: Tokens, start: int, end: int) -> bool:
    """Whether most words of the line are capitalised, so that capitals say nothing."""
    text = tokens.text
    first = bisect_left(tokens.starts, text.rfind("\n", 0, tokens.starts[start]) + 1)
    stop = text.find("\n", tokens.ends[end - 1])
    last = bisect_left(tokens.starts, stop if stop >= 0 else len(text))
    said = [tokens.capital[i] for i in range(first, min(last, first + _LINE)) if len(tokens.words[i]) >= _LETTERS]
    return sum(said) >= _TITLED * len(said)


def _may_name(folded: Sequence[str], words: Lexicon) -> bool:
    """Whether any of the words is what names of organisations have."""
    if not words.heads.isdisjoint(folded) or not words.suffixes.isdisjoint(folded):
        return True
    return bool(words.head_endings) and any(word.endswith(words.head_endings) for word in folded)


def _split(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> list[Run]:
    """Two organisations joined by a possessive: `China's Ministry`, `UNESCO’s Office`."""
    for i in range(start + 1, end):
        if (
            tokens[i].folded == "s"
            and tokens[i].gap in ("'", "’")
            and tokens[i - 1].folded not in POSSESSIVE
            and i + 1 < end
            and has_head([token.folded for token in tokens[i + 1 : end]], words)
        ):
            return [(i + 1, end)]
    return [(start, end)]


def _organisation(tokens: Tokens, start: int, end: int, language: str, words: Lexicon) -> Run | None:
    start = _without_titles(tokens, without_opener(tokens, start, end, words), end, words)
    if language == "de":
        start = _after_join(tokens, start, end, words)
    heads = [i for i in range(start, end) if is_head(tokens[i].folded, words)]
    if not heads:
        legal = [i for i in range(start + 1, end) if tokens[i].folded in words.suffixes and tokens[i - 1].capital]
        return (start, legal[-1] + 1) if legal else None
    last = heads[-1]
    if language in _HEAD_FIRST:
        end = _lower_tail(tokens, end, language, words) if last in (end - 1, start) or end - last > 1 else end
    elif last + 1 < end and tokens[last + 1].capital and language == "en":
        end = last + 1
    elif language == "de" and last + 1 < end and tokens[last + 1].gap == " " and last > start:
        end = min(end, last + 2)  # Technische Universität München
    return (start, end) if end - start > 1 else None


def _without_titles(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> int:
    """Where the name begins after `Director of the …`, `Deputy Minister of …`."""
    first = start
    while first + 1 < end and tokens[first].folded in words.offices and not is_head(tokens[first + 1].folded, words):
        first += 1
    if first > start:
        while first < end and (not tokens[first].capital or tokens[first].folded in words.articles):
            first += 1
    return first if first < end else start


def _after_join(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> int:
    """Where the name begins in `Anna Muster von der Hochschule …`: after the preposition before the head."""
    for i in range(start, end):
        if is_head(tokens[i].folded, words):
            break
        if not tokens[i].capital:
            start = i + 1
    return start


def _lower_tail(tokens: Sequence[Token], end: int, language: str, words: Lexicon) -> int:
    """Take in what follows a French or Spanish head in lower case: `mondiale de la santé`."""
    limit = min(len(tokens), end + _MOST_WORDS)
    i = end
    while i < limit and tokens[i].gap in (" ", "’", "'"):
        token = tokens[i]
        if words.adjective and words.adjective.fullmatch(token.folded) and len(token.text) > _LETTERS and i <= end + 4:
            i += 1
            end = i
        elif token.folded in _PREPOSITIONS[language]:
            i += 1
            while i < limit and tokens[i].folded in _PREPOSITIONS[language]:
                i += 1
            if i >= limit or len(tokens[i].text) < _LETTERS or tokens[i].gap not in (" ", "’", "'"):
                break
            i += 2 if tokens[i].folded in words.prenominal and i + 1 < limit and tokens[i + 1].gap == " " else 1
            end = i
        else:
            break
    return end


def find_russian_organisations(text: str, tokens: Tokens) -> list[Mention]:
    """Russian names: capitalised adjectives before the head noun, genitives and quoted names after it."""
    stems = tuple(raw("ru")["head_stems"].split())
    mentions = []
    done = 0
    for i, folded in enumerate(tokens.folded):
        if i < done or not _is_russian_head(folded, stems):
            continue
        start = i
        while (
            start > max(done, i - _MOST_WORDS)
            and tokens[start].gap == " "
            and _RU_ADJECTIVE.fullmatch(tokens[start - 1].folded)
        ):
            start -= 1
        while start < i and not tokens[start].capital:
            start += 1
        end = _genitives(tokens, i + 1)
        quoted = _QUOTED.match(text, tokens[end - 1].end)
        stop = quoted.end() if quoted else tokens[end - 1].end
        named = (tokens[start].capital and (start < i or end > i + 1)) or quoted
        if named and (start < i or not tokens[i].initial or end > i + 1 or quoted):
            mentions.append(Mention(tokens[start].start, stop, "organisation"))
            done = end
    return mentions


@lru_cache(1 << 15)
def _is_russian_head(folded: str, stems: tuple[str, ...]) -> bool:
    return folded.startswith(stems) and any(
        folded.startswith(stem) and len(folded) - len(stem) <= _RU_ENDING - 1 for stem in stems
    )


def _genitives(tokens: Sequence[Token], i: int) -> int:
    """Past the genitives after a head: `образования и науки России`."""
    end = i
    while i < len(tokens) and i - end < 2 and tokens[i].gap == " ":  # noqa: PLR2004  one `и` may stand between
        folded = tokens[i].folded
        if folded in ("и", "по"):
            i += 1
            continue
        if not (_RU_GENITIVE.fullmatch(folded) and (tokens[i].capital or len(folded) > _LETTERS + 1)):
            break
        i += 1
        end = i
    return end

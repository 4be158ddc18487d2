"""Organisations in Russian: a head noun in any case, adjectives before it, genitives and quoted names after it."""

import re
from collections.abc import Sequence
from functools import lru_cache

from docmill.annotate.lexicon import is_russian_given, lexicon, raw
from docmill.annotate.tokens import Mention, Token, Tokens

__all__ = ["find_russian_organisations", "is_initial", "is_signed"]

_ADJECTIVE = re.compile(r"\w{2,}(?:ый|ий|ой|ая|яя|ое|ее|ого|его|ому|ему|ым|им|ом|ем|ую|юю|ые|ие|ых|их|ыми|ими)")
_GENITIVE = re.compile(r"\w{3,}(?:[аяыи]|ов|ев|ей|ого|его|ой|их|ых|ства|ний|ий|ок|ью|ам|ям)")
_SURNAME = re.compile(
    r"\w+(?:(?:ов|ев|ёв|ин|ын)(?:а|у|ым|е|ой|ы)?|[сц]к(?:ий|ого|ому|им|ом|ая|ой|ую)|енко|дзе|швили|ян|чук)"
)
_NOUN = ("ние", "тие")  # that look like adjectives
_SCIENTISTS = ("ученые", "учёные")  # who do too
_VERB = re.compile(r"\w{2,}(?:ила|или|ило|али|ало|ели|ело|овала|ывала|ить|ать|ять|сти|зти|ыми|ими)")
_ENDING = 4  # letters of a case ending, at most
_QUOTED = re.compile(r"\s?«[^»\n]{2,60}»")
_LETTERS = 5  # of a genitive in lower case, more than
_MOST_WORDS = 6  # before a head


def is_initial(tokens: Tokens, i: int, end: int) -> bool:
    """Whether a word of a run up to `end` is an initial before a surname."""
    return len(tokens.words[i]) == 1 and tokens.gaps[i + 1].startswith(".") and len(tokens.words[end - 1]) > 1


def is_signed(tokens: Tokens, places: Sequence[int]) -> bool:
    """Whether words are initials and a surname: `А. И. Кравцов`, `В. Путина`, but not `Н. Новгород`."""
    surname = tokens.folded[places[-1]]
    if len(places) == 1 or len(surname) < 3:  # noqa: PLR2004
        return False
    if not all(is_initial(tokens, i, places[-1] + 1) for i in places[:-1]):
        return False
    return len(places) > 2 or _SURNAME.fullmatch(surname) is not None  # noqa: PLR2004


def find_russian_organisations(text: str, tokens: Tokens) -> list[Mention]:
    """Russian names: capitalised adjectives before the head noun, genitives and quoted names after it."""
    stems = tuple(raw("ru")["head_stems"].split())
    mentions = []
    done = 0
    for i, folded in enumerate(tokens.folded):
        if i < done or not _is_russian_head(folded, stems):
            continue
        start = i
        while start > max(done, i - _MOST_WORDS) and _qualifies(tokens, start - 1, i):
            start -= 1
        openers = lexicon("ru").openers  # Новая лаборатория
        while start < i and (not tokens[start].capital or (tokens[start].initial and tokens[start].folded in openers)):
            start += 1
        end = _genitives(tokens, i + 1)
        quoted = _QUOTED.match(text, tokens[end - 1].end)
        stop = quoted.end() if quoted else tokens[end - 1].end
        named = (tokens[start].capital and (start < i or end > i + 1)) or quoted
        if named and (start < i or not tokens[i].initial or end > i + 1 or quoted):
            mentions.append(Mention(tokens[start].start, stop, "organisation"))
            done = end
    return mentions


def _qualifies(tokens: Sequence[Token], i: int, head: int) -> bool:
    """Whether a word is an adjective of the name, or half of one."""
    gap, folded = tokens[i + 1].gap, tokens[i].folded
    if gap == "-":
        return i + 1 < head  # Западно-Сибирской
    if gap != " " or folded.endswith(_NOUN) or folded in _SCIENTISTS:
        return False
    many = folded.endswith(("ые", "ие")) and not tokens[head].folded.endswith(("ы", "и", "а", "я"))
    return bool(_ADJECTIVE.fullmatch(folded)) and not many


@lru_cache(1 << 15)
def _is_russian_head(folded: str, stems: tuple[str, ...]) -> bool:
    return folded.startswith(stems) and any(
        folded.startswith(stem) and len(folded) - len(stem) <= _ENDING - 1 for stem in stems
    )


def _genitives(tokens: Sequence[Token], i: int) -> int:
    """Past the genitives after a head: `образования и науки России`."""
    end = i
    while i < len(tokens) and i - end < 2 and tokens[i].gap == " ":  # noqa: PLR2004  one `и` may stand between
        folded = tokens[i].folded
        if folded in ("и", "по"):
            i += 1
            continue
        if not (_GENITIVE.fullmatch(folded) and (tokens[i].capital or len(folded) > _LETTERS)):
            break
        if _is_somebody(tokens, i) if tokens[i].capital else _VERB.fullmatch(folded):
            break
        i += 1
        end = i
    return end


def _is_somebody(tokens: Sequence[Token], i: int) -> bool:
    """Whether somebody's name begins: `ректор университета Иван Иванов`; but `Республики Беларусь` is none."""
    if is_russian_given(tokens[i].folded):
        return True
    paired = i + 1 < len(tokens) and tokens[i + 1].gap == " " and tokens[i + 1].capital
    return paired and not _ADJECTIVE.fullmatch(tokens[i].folded) and not tokens[i].folded.startswith("республик")

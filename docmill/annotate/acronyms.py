"""Acronyms: introduced in brackets and resolved across the document, or organisations by what stands around them.

Also names that a list or a bracketed country shows to be organisations (`companies such as A and B`; Hearst 1992).
"""

import re
from collections.abc import Sequence

from docmill.annotate.countries.gazetteer import WORD
from docmill.annotate.lexicon import acronym_context, lexicon
from docmill.annotate.runs import Run
from docmill.annotate.tokens import Mention, Tokens

__all__ = ["find_acronyms", "find_listed", "find_with_country", "introduced"]

_INTRODUCTION = re.compile(
    r"\s?[(（](?:[^()（）A-ZА-Я]{0,40}?[\s:]|[“\"«‘'])??[“\"«‘']?([^\W\d_a-zа-я][\w&-]{1,9})[”\"»’']?\s?[)）]"
)
_ACRONYM = re.compile(r"[^\W\d_a-zа-яё]{2,8}(?:-?\d)?")
_ROMAN = re.compile(r"[IVXLC]+")
_CAPITALS = 2
_ENOUGH = 3  # evidence that an acronym is an organisation
_BEFORE = frozenset(
    [
        "by",
        "with",
        "from",
        "at",
        "via",
        "join",
        "joined",
        "между",
        "при",
        "в",
        "из",
        "от",
        "de",
        "du",
        "des",
        "la",
        "le",
        "par",
        "con",
        "por",
        "der",
        "die",
        "von",
    ]
)
_ITEM = re.compile(r"\s*(?:,|;|and|et|y|und|и|&|or)?\s*(?:and|et|y|und|и)?\s*(?:the\s)?")
_SEPARATOR = re.compile(r"[,;:.()（）\n]|\b(?:includ\w+|are|is|from|with|of which|comprend|incluye)\b\s")
_LEADING = re.compile(r"\s*(?:(?:and|et|y|und|и)\s)?(?:(?:the|la|le|el|die|der|das)\s)?", re.IGNORECASE)
_FURTHEST = 80  # characters in which the words of an acronym stand before what was found of the name
_LONGEST = 9  # words
_NEAR = 160  # characters before a country in brackets in which its organisation's name begins
_FEWEST = 3  # names with a country in brackets that make a list of organisations


def introduced(text: str, mentions: Sequence[Mention]) -> tuple[dict[str, str], list[Mention]]:
    """Acronyms given in brackets right after an organisation's name, to that name; and the mentions, cut to it.

    Of `Division of the Northern Energy Council (NEC)` the acronym stands for what its letters begin.
    """
    found: dict[str, str] = {}
    cut = []
    for mention in mentions:
        match = _INTRODUCTION.match(text, mention.end)
        if match and sum(map(str.isupper, match[1])) >= _CAPITALS:
            start = _spelled(text, mention, match[1])
            found.setdefault(match[1], " ".join(text[start : mention.end].split()))
            cut.append(Mention(start, mention.end, mention.type))
        else:
            cut.append(mention)
    return found, cut


def _spelled(text: str, mention: Mention, acronym: str) -> int:
    """Where the words begin whose initials make the acronym, in the name or before it; else where the name does."""
    words = [match for match in WORD.finditer(text, mention.start, mention.end) if match[0][0].isupper()]
    initials = "".join(word[0][0] for word in words)
    letters = acronym.upper().replace("-", "")
    at = initials.rfind(letters)
    if at >= 0 and at + len(letters) == len(initials):
        return words[at].start()
    if letters.endswith(initials):
        return _before(text, mention.start, letters.removesuffix(initials))
    return mention.start


def _before(text: str, start: int, letters: str) -> int:
    """Where the words begin that stand before a place and whose initials make the letters; the place if they do not."""
    before = list(WORD.finditer(text, max(text.rfind("\n", 0, start) + 1, start - _FURTHEST), start))
    left, passed = letters, 0
    for word in reversed(before):
        if word[0][0] == left[-1]:
            left, passed = left[:-1], 0
        elif word[0][0].isupper() or passed:
            return start
        else:
            passed += 1  # `and`, `of`
        if not left:
            return word.start()
    return start


def find_acronyms(tokens: Tokens, known: dict[str, str], taken: set[int]) -> list[Mention]:
    """Every mention of a known acronym, and of others that are organisations by what stands around them."""
    others, after, famous = acronym_context()
    places: dict[str, list[int]] = {}
    evidence: dict[str, int] = {}
    for i in tokens.capitals:
        word = tokens.words[i]
        if word in known or (word[1:2].isupper() and _ACRONYM.fullmatch(word)):
            places.setdefault(word, []).append(i)
            evidence[word] = evidence.get(word, 0) + _evidence(tokens, i, after)
    mentions = []
    for acronym, where in places.items():
        folded = acronym.casefold()
        if (
            acronym not in known
            and folded not in famous
            and (
                folded in others
                or _ROMAN.fullmatch(acronym)
                or evidence[acronym] < _ENOUGH
                or len(acronym) < 3  # noqa: PLR2004
                or folded in tokens.written  # a word, stressed
                or acronym.capitalize() in tokens.written
            )
        ):
            continue
        mentions += [
            Mention(tokens[i].start, tokens[i].end, "organisation", known.get(acronym, acronym))
            for i in where
            if i not in taken
        ]
    return mentions


def _evidence(tokens: Tokens, i: int, after: frozenset[str]) -> int:
    """How much speaks for an organisation."""
    score, count = 0, len(tokens.words)
    around = [j for j in (i - 2, i - 1, i + 1, i + 2) if 0 <= j < count and tokens.gaps[j] == " "]
    if len(around) > 1 and all(tokens.words[j].isupper() for j in around):
        return 0  # a heading in capitals
    if i + 1 < count:
        gap, following = tokens.gaps[i + 1], tokens.folded[i + 1]
        if gap == " " and following in after:
            score += _ENOUGH
        elif following == "s" and gap in ("'", "’"):
            score += 1
    if i and tokens.gaps[i] == " " and tokens.folded[i - 1] in _BEFORE:
        score += 1
    return score


def find_listed(text: str, runs_at: dict[int, int], tokens: Tokens, language: str) -> list[Mention]:
    """Capitalised names listed after `companies such as`."""
    words = lexicon(language)
    starts = {tokens.starts[start]: end for start, end in runs_at.items()}
    mentions = []
    for i in tokens.at(words.plurals):
        match = words.listing.match(text, tokens.starts[i])
        if not match:
            continue
        position = match.end()
        while (item := _ITEM.match(text, position)) and item.end() in starts:
            end = tokens.ends[starts[item.end()] - 1]
            if not text[item.end() : end].casefold().endswith(words.plural_endings):  # Organisationen wie Vereine
                mentions.append(Mention(item.end(), end, "organisation"))
            position = end
    return mentions


def find_with_country(text: str, countries: Sequence[Run], capitals: bool) -> list[Mention]:  # noqa: FBT001
    """Names in a list, each with its country in brackets: `name (country), name (country), …`."""
    mentions = []
    for start, end in countries:
        if text[end : end + 1] not in (")", "）") or text[start - 1 : start] not in ("(", "（"):
            continue
        stop = start - 1
        nearest = max(0, stop - _NEAR)
        line = text.rfind("\n", nearest, stop) + 1 or nearest
        pieces = list(_SEPARATOR.finditer(text, line, stop))
        begin = pieces[-1].end() if pieces else line
        if leading := _LEADING.match(text, begin, stop):
            begin = leading.end()
        name = text[begin:stop].rstrip()
        if name and len(name.split()) <= _LONGEST and (name[0].isupper() or not capitals):
            mentions.append(Mention(begin, begin + len(name), "organisation"))
    return mentions if len(mentions) >= _FEWEST else []

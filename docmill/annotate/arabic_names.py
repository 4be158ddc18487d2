"""Organisations and people in Arabic, which has no capitals: a head noun or a title, and the words after it."""

import re
from collections.abc import Sequence
from functools import cache

from docmill.annotate.countries.gazetteer import fold
from docmill.annotate.lexicon import raw
from docmill.annotate.tokens import Mention, Token

__all__ = ["find_arabic_names"]

_CLITIC = re.compile(r"^(?:و|ف)?(?:ب|ل|ك)?(?=\w{4})")
_DEFINITE = re.compile(r"^و?(?:ال|لل)\w{2,}")
_MOST = 4  # words after a head or title
_TITLES = 8  # words of titles
_ON = "على"
_VERB = re.compile(r"^(?:ي|ت|س)\w{3,}")


def find_arabic_names(tokens: Sequence[Token]) -> list[Mention]:
    """Mentions of organisations (`جامعة …`, `وزارة …`) and of people after titles or by common given names."""
    folded = [fold(token.text, "ar") for token in tokens]
    mentions, i = [], 0
    while i < len(tokens):
        found = _organisation(tokens, folded, i) or _person(tokens, folded, i)
        if found:
            start, end, kind = found
            mentions.append(Mention(_start(tokens[start], folded[start], kind), tokens[end - 1].end, kind))
        i = found[1] if found else i + 1
    return mentions


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(raw("ar")[key].split())


def _bare(word: str, key: str) -> str | None:
    """The listed word this is, with or without a clitic."""
    if word in _listed(key):
        return word
    stripped = _CLITIC.sub("", word)
    return stripped if stripped in _listed(key) else None


def _start(token: Token, word: str, kind: str) -> int:
    bare = _bare(word, "heads" if kind == "organisation" else "given")
    return token.end - len(bare) if bare and len(token.text) == len(word) else token.start


def _organisation(tokens: Sequence[Token], folded: Sequence[str], i: int) -> tuple[int, int, str] | None:
    if not _bare(folded[i], "heads"):
        return None
    end = i + 1
    while end < len(tokens) and end - i <= _MOST and tokens[end].gap == " " and folded[end] not in _listed("stops"):
        if not _DEFINITE.match(folded[end]) and (
            end > i + 1 or _VERB.match(folded[end]) or folded[end].startswith(("ب", "ل"))
        ):
            break
        end += 1
    return (i, end, "organisation") if end > i + 1 else None


def _person(tokens: Sequence[Token], folded: Sequence[str], i: int) -> tuple[int, int, str] | None:
    """A title followed by two or more words that are no other kind of word, or a given name and what follows it."""
    start = i
    titled = folded[i] in _listed("titles") or _CLITIC.sub("", folded[i]) in _listed("titles")
    if titled:
        start = i + 1
        while (
            start < min(len(tokens), i + _TITLES)
            and tokens[start].gap == " "
            and (folded[start] in _listed("titles") or (_DEFINITE.match(folded[start]) and start < i + 4))
        ):
            start += 1
    if start >= len(tokens) or (titled and tokens[start].gap != " ") or not _given(tokens[start], folded[start]):
        return None
    end = start + 1
    if not titled and _bare(folded[start], "words") and not (end < len(tokens) and folded[end] in _listed("given")):
        return None
    while end < len(tokens) and end - start < _MOST and tokens[end].gap == " " and _namelike(folded[end], end - start):
        end += 1
    return (start, end, "person") if end - start > 1 else None


def _given(token: Token, word: str) -> bool:
    """Whether it is a given name; what is spelled على is not Ali, but `on`."""
    return _bare(word, "given") is not None and not token.text.endswith(_ON)


def _namelike(word: str, position: int) -> bool:
    if word in _listed("stops") or word in _listed("heads") or _VERB.match(word) or word.startswith(("و", "ب", "ل")):
        return False
    return position < 2 or word in _listed("given") or bool(_DEFINITE.match(word))  # noqa: PLR2004

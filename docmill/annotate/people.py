"""People: names shown to be a person's by a title, an apposition, a verb of saying or a known given name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import compress
from operator import not_

from docmill.annotate.lexicon import Lexicon, given_names, is_pinyin_name, lexicon
from docmill.annotate.runs import Run, has_head, without_opener
from docmill.annotate.tokens import Mention, Tokens

__all__ = ["find_people"]

_WORDS = range(2, 5)
_APPOSITION = 6  # words after a comma among which a title must stand
_COMMON = 3  # times that a surname may not stand in the text as an ordinary word: Oscar Health, but Jake White
_CASE_ENDING = 3  # letters after a given name's stem, at most
_PARTICLES = frozenset(
    ["van", "von", "de", "del", "der", "den", "di", "da", "dos", "la", "le", "el", "al", "bin", "ibn"]
)


def find_people(tokens: Tokens, runs: Sequence[Run], language: str, taken: set[int]) -> list[Mention]:
    """People among the runs. `taken` holds the tokens that are part of something else."""
    words = lexicon(language)
    found: list[Run] = []
    ordinary = Counter(compress(tokens.folded, map(not_, tokens.capital)))
    for start, stop in runs:
        if stop - start == 1:
            continue
        end = next((i for i in range(start, stop) if i in taken), stop)
        while end > start and not tokens.capital[end - 1]:
            end -= 1
        if end == start or has_head(tokens.folded[start:end], words):
            continue
        if person := _person(tokens, start, end, language, words, ordinary=ordinary):
            found.append(person)
    whole = _parts(tokens, found)
    named = [
        Mention(tokens.starts[a], tokens.ends[b - 1], "person", whole.get(tokens.folded[a]) if b - a == 1 else None)
        for a, b in found
    ]
    return named + _repeated(tokens, found, whole, taken)


def _person(  # noqa: PLR0913  the run, and what is known of text and language
    tokens: Tokens, start: int, end: int, language: str, words: Lexicon, *, ordinary: Mapping[str, int]
) -> Run | None:
    """The part of a run that is somebody's name, without the titles before it.

    A name tells less where its words also stand in the text in lower case, so many times as `ordinary` says.
    """
    first, titled = _after_titles(tokens, without_opener(tokens, start, end, words), end, words)
    if language == "ru" and not titled:
        first = next((i for i in range(first, end - 1) if _given(tokens, [i], language, words)), first)
    places = [i for i in range(first, end) if tokens.folded[i] not in _PARTICLES and tokens.gaps[i] != "-"]
    if not places or (len(places) not in _WORDS and not titled) or len(places) >= _WORDS.stop:
        return None
    if not all(tokens.capital[i] and not (len(tokens.words[i]) > 1 and tokens.words[i].isupper()) for i in places):
        return None
    if first > 0 and tokens.gaps[first] in (" ", ". ") and _is_title(tokens, first - 1, words):
        titled = True
    common = [ordinary.get(tokens.folded[i], 0) for i in places]
    if titled:
        shown = any(len(tokens.words[i]) > 1 for i in places) and not (len(places) == 1 and common[0])
    elif _given(tokens, places, language, words):
        shown = common[-1] < _COMMON
    else:
        shown = not any(common) and (_followed(tokens, end, words) or _spoken(tokens, first, words))
    return (first, end) if shown else None


def _after_titles(tokens: Tokens, start: int, end: int, words: Lexicon) -> tuple[int, bool]:
    """Where the name begins after `Foreign Minister`, `Deputy Director of`; and whether there was a title."""
    if words.titles.isdisjoint(tokens.folded[start:end]):
        return start, False
    first = max(i for i in range(start, end) if tokens.folded[i] in words.titles) + 1
    after = first
    while first < end and (tokens.folded[first] in words.modifiers or not tokens.capital[first]):
        first += 1
    of = any(not tokens.capital[i] and tokens.folded[i] not in words.modifiers for i in range(after, first))
    return first, not (of and end - first == 1)  # King of Spain


def _is_title(tokens: Tokens, i: int, words: Lexicon) -> bool:
    return tokens.folded[i] in words.titles and not tokens.words[i].isupper()


def _given(tokens: Tokens, places: Sequence[int], language: str, words: Lexicon) -> bool:
    """Whether the first of a name's words is a given name, or a later one a patronymic."""
    first, folded = places[0], tokens.folded
    if words.patronymic and any(words.patronymic.fullmatch(folded[i]) for i in places[1:]):
        return True
    if language == "ru":
        shortest = max(0, len(tokens.words[first]) - _CASE_ENDING)
        return any(folded[first][:size] in _given_stems() for size in range(shortest, len(folded[first]) + 1))
    pinyin = len(places) in (2, 3) and is_pinyin_name(tokens.words[first], tokens.words[places[-1]])
    return folded[first] in given_names(language) or pinyin


@cache
def _given_stems() -> frozenset[str]:
    """Russian given names less their last letter, which case endings replace."""
    return frozenset(given[:-1] for given in given_names("ru"))


def _followed(tokens: Tokens, end: int, words: Lexicon) -> bool:
    """Whether a verb of saying follows, or a comma and a title: `…, the director of`."""
    if end >= len(tokens.words):
        return False
    if tokens.gaps[end] == " ":
        return tokens.folded[end] in words.verbs
    if tokens.gaps[end] not in (", ", "，"):
        return False
    for i in range(end, min(end + _APPOSITION, len(tokens.words))):
        if tokens.folded[i] in words.verbs or (i > end and tokens.gaps[i] not in (" ", "-", "’", "'")):
            break
        if tokens.folded[i] in words.titles:
            return True
    return False


def _spoken(tokens: Tokens, first: int, words: Lexicon) -> bool:
    """`dijo Fulano`: the verb may come first."""
    before = first - 1
    return (
        before >= 0
        and tokens.gaps[first] == " "
        and tokens.folded[before] in words.quoting
        and not tokens.capital[before]
    )


def _parts(tokens: Tokens, found: Sequence[Run]) -> dict[str, str]:
    """First and last words of the full names, to the one full name that has them."""
    whole: dict[str, set[str]] = {}
    for start, end in found:
        if end - start > 1:
            name = " ".join(
                "-" + tokens.words[i] if tokens.gaps[i] == "-" and i > start else tokens.words[i]
                for i in range(start, end)
            )
            for part in {tokens.folded[start], tokens.folded[end - 1]}:
                whole.setdefault(part, set()).add(name.replace(" -", "-"))
    return {part: next(iter(names)) for part, names in whole.items() if len(names) == 1 and len(part) > 1}


def _repeated(tokens: Tokens, found: Sequence[Run], whole: dict[str, str], taken: set[int]) -> list[Mention]:
    """Later mentions of somebody by one part of the name, where only one person has it."""
    if not whole:
        return []
    inside = taken.union(*(range(start, end) for start, end in found))
    earliest = min((start for start, _ in found), default=0)
    return [
        Mention(tokens.starts[i], tokens.ends[i], "person", whole[tokens.folded[i]])
        for i in tokens.capitals
        if tokens.folded[i] in whole and i > earliest and i not in inside
    ]

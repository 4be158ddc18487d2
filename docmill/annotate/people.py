"""People: names shown to be a person's by a title, an apposition, a verb of saying or a known given name."""

from collections.abc import Sequence
from functools import cache

from docmill.annotate.lexicon import Lexicon, given_names, is_pinyin_name, lexicon
from docmill.annotate.runs import Run, has_head, without_opener
from docmill.annotate.tokens import Mention, Token, Tokens

__all__ = ["find_people"]

_WORDS = range(2, 5)
_APPOSITION = 6  # words after a comma among which a title must stand
_CASE_ENDING = 3  # letters after a given name's stem, at most
_PARTICLES = frozenset(
    ["van", "von", "de", "del", "der", "den", "di", "da", "dos", "la", "le", "el", "al", "bin", "ibn"]
)


def find_people(tokens: Tokens, runs: Sequence[Run], language: str, taken: set[int]) -> list[Mention]:
    """People among the runs. `taken` holds the tokens that are part of something else."""
    words = lexicon(language)
    found: list[Run] = []
    for start, stop in runs:
        if stop - start == 1:
            continue
        end = next((i for i in range(start, stop) if i in taken), stop)
        while end > start and not tokens.capital[end - 1]:
            end -= 1
        if end == start or has_head(tokens.folded[start:end], words):
            continue
        if person := _person(tokens, start, end, language, words):
            found.append(person)
    whole = _parts(tokens, found)
    named = [
        Mention(tokens[a].start, tokens[b - 1].end, "person", whole.get(tokens[a].folded) if b - a == 1 else None)
        for a, b in found
    ]
    return named + _repeated(tokens, found, whole, taken)


def _person(tokens: Tokens, start: int, end: int, language: str, words: Lexicon) -> Run | None:
    """The part of a run that is somebody's name, without the titles before it."""
    first, titled = _after_titles(tokens, without_opener(tokens, start, end, words), end, words)
    if language == "ru" and not titled:
        first = next((i for i in range(first, end - 1) if _given(tokens[i : i + 1], language, words)), first)
    places = [i for i in range(first, end) if tokens.folded[i] not in _PARTICLES and tokens.gaps[i] != "-"]
    if not places or (len(places) not in _WORDS and not titled) or len(places) >= _WORDS.stop:
        return None
    if not all(tokens.capital[i] and not (len(tokens.words[i]) > 1 and tokens.words[i].isupper()) for i in places):
        return None
    name = [tokens[i] for i in places]
    if first > 0 and tokens[first].gap in (" ", ". ") and _is_title(tokens, first - 1, words):
        titled = True
    if titled:
        return (first, end) if any(len(token.text) > 1 for token in name) else None
    shown = _given(name, language, words) or _followed(tokens, end, words) or _spoken(tokens, first, words)
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


def _is_title(tokens: Sequence[Token], i: int, words: Lexicon) -> bool:
    return tokens[i].folded in words.titles and not tokens[i].text.isupper()


def _given(name: Sequence[Token], language: str, words: Lexicon) -> bool:
    first, last = name[0], name[-1]
    if words.patronymic and any(words.patronymic.fullmatch(token.folded) for token in name[1:]):
        return True
    if language == "ru":
        shortest = max(0, len(first.text) - _CASE_ENDING)
        return any(first.folded[:size] in _given_stems() for size in range(shortest, len(first.folded) + 1))
    return first.folded in given_names(language) or (len(name) in (2, 3) and is_pinyin_name(first.text, last.text))


@cache
def _given_stems() -> frozenset[str]:
    """Russian given names less their last letter, which case endings replace."""
    return frozenset(given[:-1] for given in given_names("ru"))


def _followed(tokens: Sequence[Token], end: int, words: Lexicon) -> bool:
    """Whether a verb of saying follows, or a comma and a title: `…, the director of`."""
    if end >= len(tokens):
        return False
    if tokens[end].gap == " ":
        return tokens[end].folded in words.verbs
    if tokens[end].gap not in (", ", "，"):
        return False
    for i, token in enumerate(tokens[end : end + _APPOSITION]):
        if token.folded in words.verbs or (i and token.gap not in (" ", "-", "’", "'")):
            break
        if token.folded in words.titles:
            return True
    return False


def _spoken(tokens: Sequence[Token], first: int, words: Lexicon) -> bool:
    """`dijo Fulano`: the verb may come first."""
    return (
        first > 0
        and tokens[first].gap == " "
        and tokens[first - 1].folded in words.quoting
        and not tokens[first - 1].capital
    )


def _parts(tokens: Tokens, found: Sequence[Run]) -> dict[str, str]:
    """First and last words of the full names, to the one full name that has them."""
    whole: dict[str, set[str]] = {}
    for start, end in found:
        if end - start > 1:
            name = " ".join(
                token.text if token.gap != "-" or i == 0 else "-" + token.text
                for i, token in enumerate(tokens[start:end])
            )
            for part in {tokens[start].folded, tokens[end - 1].folded}:
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

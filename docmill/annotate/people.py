"""People: names shown to be a person's by a title, an apposition, a verb of saying or a known given name."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress
from operator import not_

from docmill.annotate.date_patterns import patterns
from docmill.annotate.german_names import before_noun, is_described, without_genitives
from docmill.annotate.lexicon import Lexicon, given_names, is_pinyin_name, is_russian_given, lexicon
from docmill.annotate.name_parts import end_of_name, full_names, mentions_by_part, parts_of_names
from docmill.annotate.runs import Run, before_day, has_head, without_opener
from docmill.annotate.russian_names import is_initial, is_signed
from docmill.annotate.tokens import Mention, Tokens
from docmill.persons import PARTICLES

__all__ = ["find_people"]

_WORDS = range(2, 5)
_APPOSITION = 6  # words after a comma among which a title must stand
_GENITIVES = ("ии", "ы", "ской", "ского", "цкой", "цкого")  # Глава Удмуртии
_AGENT = re.compile(r"\w{2,}(?:er|or|ist|ian|ant|man|ive)")  # supporter, analyst
_BUTTONS = frozenset(["follow", "subscribe"])  # which stand behind authors' names
_COMMON = 3  # times that a surname may not stand in the text as an ordinary word: Oscar Health, but Jake White
_AND = frozenset(["and", "or", "und", "oder", "et", "ou", "y", "o", "и", "или"])  # before somebody else
_WHERE = frozenset(
    ["in", "to", "from", "across", "throughout", "en", "au", "la", "por", "desde", "nach", "aus", "в", "из", "по"]
)  # before a country


def find_people(
    tokens: Tokens, runs: Sequence[Run], language: str, taken: set[int], countries: AbstractSet[int]
) -> list[Mention]:
    """People among the runs. `taken` holds tokens that are part of something else, `countries` those of countries."""
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
        first = without_opener(tokens, start, end, words)
        if tuple(tokens.folded[first:end]) in words.namesakes:
            continue
        if person := _person(tokens, first, end, language, words, ordinary=ordinary, countries=countries):
            found.append(person)
    names = full_names(tokens, found, language)
    if language == "de":
        names = without_genitives(tokens, names)
    whole = parts_of_names(tokens, names, language)
    named = [
        Mention(
            tokens.starts[a], end_of_name(tokens, b - 1), "person", whole.get(tokens.folded[a]) if b - a == 1 else name
        )
        for (a, b), name in names.items()
    ]
    visited = {i for i in countries if i and tokens.folded[i - 1] in _WHERE}  # in Jordan, which Jordan says nothing of
    return named + mentions_by_part(tokens, found, whole, taken | visited, language=language)


def _person(  # noqa: PLR0913  the run, and what is known of text and language
    tokens: Tokens,
    start: int,
    end: int,
    language: str,
    words: Lexicon,
    *,
    ordinary: Mapping[str, int],
    countries: AbstractSet[int],
) -> Run | None:
    """The part of a run that is somebody's name, without the titles before it.

    A name tells less where its words also stand in the text in lower case, so many times as `ordinary` says.
    """
    first, titled, of = _after_titles(tokens, start, end, words)
    if language == "ru" or of:
        given = [i for i in range(first, end - 1) if _given(tokens, [i], language, words) or is_initial(tokens, i, end)]
        if of and not given:
            return None  # Commissioner on Human Rights
        first = given[0] if given else first
    if titled:
        first = next((i for i in range(first, end - 1) if i not in countries), first)  # президент Молдовы Майя Санду
    first, end = _somebody_alone(tokens, first, end, language, words)
    end = before_day(tokens, first, end, language)
    places = [i for i in range(first, end) if tokens.folded[i] not in PARTICLES and tokens.gaps[i] != "-"]
    if not _may_be_name(tokens, first, places, language, words, titled=titled) or " & " in tokens.gaps[first + 1 : end]:
        return None
    if first > 0 and tokens.gaps[first] in (" ", ". ") and _is_title(tokens, first - 1, words):
        titled = True
    common = [ordinary.get(tokens.folded[i], 0) for i in places]
    if titled:
        shown = any(len(tokens.words[i]) > 1 for i in places) and not (len(places) == 1 and common[0])
    elif _given(tokens, places, language, words):
        shown = common[-1] < _COMMON
    else:
        shown = not any(common) and countries.isdisjoint(range(first, end)) and _spoken_of(tokens, first, end, words)
    return (first, end) if shown else None


def _may_be_name(  # noqa: PLR0913  as above
    tokens: Tokens, first: int, places: Sequence[int], language: str, words: Lexicon, *, titled: bool
) -> bool:
    """Whether the words at some places, the first perhaps a particle, may be a name by number, form and kind."""
    if not places or (len(places) not in _WORDS and not titled) or len(places) >= _WORDS.stop:
        return False
    if not all(map(tokens.namelike, places)) or (language == "ru" and not _russian(tokens, places, titled=titled)):
        return False
    if language == "de" and titled and is_described(tokens.folded[first]):
        return False
    return not (_is_thing(tokens, first, places[-1], words) or _is_day(tokens, places, language))


def _is_thing(tokens: Tokens, first: int, last: int, words: Lexicon) -> bool:
    """Whether a name is that of something called after somebody: `Johannes Vermeer Prize`, `lycée Jean Zay`.

    Or of nobody, as in `Expert Advice`.
    """
    if tokens.folded[last] in words.things:
        return True
    if first == 0 or tokens.gaps[first] != " ":
        return False
    before = tokens.folded[first - 1]
    alone = first == last and tokens.folded[first] not in words.given
    return before in words.named_after or (alone and before in words.roles and bool(tokens.capital[first - 1]))


def _is_day(tokens: Tokens, places: Sequence[int], language: str) -> bool:
    """Whether it is a day that follows a title: `told the Daily Leader Monday`."""
    known = patterns(language)
    return all(tokens.folded[i] in known.weekday_words or tokens.folded[i] in known.month_words for i in places)


def _somebody_alone(tokens: Tokens, first: int, end: int, language: str, words: Lexicon) -> Run:
    """A name without the preposition of `Von Anna Muster`, nor a second one or a noun in a row with it."""
    if language == "de":
        end = before_noun(tokens, first, end, words)
    if end - first > _WORDS.start and tokens.folded[end - 1] in _BUTTONS:
        end -= 1
    if end - first > len(_WORDS) and language == "ru" and _given(tokens, [first + 2], language, words):
        end = first + 2
    if first + 1 < end and tokens.folded[first] in PARTICLES and tokens.folded[first + 1] in words.given:
        first += 1
    return first, end


def _after_titles(tokens: Tokens, start: int, end: int, words: Lexicon) -> tuple[int, bool, bool]:
    """Where the name begins after `Foreign Minister`, `Deputy Director of`; whether there was a title, one of what."""
    folded = tokens.folded
    if not words.title_endings and words.titles.isdisjoint(folded[start:end]):
        return start, False, False
    titles = [
        i for i in range(start, end) if folded[i] in words.titles and not _is_surname(folded[start : i + 1], words)
    ]
    if words.title_endings:
        titles += [i for i in range(start, end - 1) if folded[i].endswith(words.title_endings)]
    if not titles:
        return start, False, False
    first = after = max(titles) + 1
    while first < end and (folded[first] in words.modifiers or not tokens.capital[first]):
        first += 1
    of = any(not tokens.capital[i] and folded[i] in words.joins for i in range(after, first))
    return first, True, of


def _is_surname(folded: Sequence[str], words: Lexicon) -> bool:
    """Whether the last of some words is a title that is somebody's surname here: `Martin Luther King`."""
    return folded[-1] in words.title_names and not words.given.isdisjoint(folded[:-1])


def _russian(tokens: Tokens, places: Sequence[int], *, titled: bool) -> bool:
    """Whether words may be a Russian text's name: a single one after a title must not stand in the genitive."""
    if any(tokens.words[i].isascii() for i in places):
        return False
    return not (titled and len(places) == 1 and tokens.folded[places[0]].endswith(_GENITIVES))


def _is_title(tokens: Tokens, i: int, words: Lexicon) -> bool:
    return tokens.folded[i] in words.titles and not tokens.words[i].isupper()


def _given(tokens: Tokens, places: Sequence[int], language: str, words: Lexicon) -> bool:
    """Whether the first of a name's words is a given name, or a later one a patronymic."""
    first, folded = places[0], tokens.folded
    if words.patronymic and any(words.patronymic.fullmatch(folded[i]) for i in places[1:]):
        return True
    if language == "ru":
        return is_russian_given(folded[first]) or is_signed(tokens, places)
    pinyin = len(places) in (2, 3) and is_pinyin_name(tokens.words[first], tokens.words[places[-1]])
    return folded[first] in given_names(language) or pinyin


def _spoken_of(tokens: Tokens, first: int, end: int, words: Lexicon) -> bool:
    """Whether what stands around shows somebody's name; organisations and books say things too."""
    if end < len(tokens.words) and tokens.gaps[end] == " " and tokens.folded[end] in words.verbs:
        agent = first > 0 and tokens.gaps[first] == " " and bool(_AGENT.fullmatch(tokens.words[first - 1]))
        return agent or tokens.folded[end - 1] in tokens.alone  # as a surname stands
    return _apposed(tokens, end, words) or _spoken(tokens, first, words)


def _apposed(tokens: Tokens, end: int, words: Lexicon) -> bool:
    """Whether a comma and a title follow: `…, the director of`."""
    if end >= len(tokens.words):
        return False
    if tokens.gaps[end] not in (", ", "，") or tokens.folded[end] in _AND:
        return False
    for i in range(end, min(end + _APPOSITION, len(tokens.words))):
        if tokens.folded[i] in words.verbs or (i > end and tokens.gaps[i] not in (" ", "-", "’", "'")):
            break
        if tokens.folded[i] in words.titles:
            return True
    return False


def _spoken(tokens: Tokens, first: int, words: Lexicon) -> bool:
    """`…», dijo Fulano`: the verb may come first, after what was said; but `she said Fulano` begins what was."""
    before = first - 1
    return (
        before >= 0
        and tokens.gaps[first] == " "
        and tokens.gaps[before] != " "
        and tokens.folded[before] in words.quoting
        and not tokens.capital[before]
    )

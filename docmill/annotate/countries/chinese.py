"""Country names in Chinese, which has no spaces: a name counts where a word begins."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from docmill.annotate.countries.gazetteer import NOT_COUNTRIES, table

__all__ = ["chinese_countries", "is_country"]

_LOCALES = ("zh_Hant_HK", "zh_Hant", "zh")  # of names that two have, the last counts
_LANGUAGE = ("语", "文", "话", "語", "話")  # 西班牙语 is a language, 西班牙文化 speaks of the country
_TOWARDS = "在来赴访驻对"  # a short name follows, as a word of its own: 在华, but not 在华尔街
_PAIR = (2, 3)  # characters of a word that may be one
_LONGEST = 12  # characters of a name


@cache
def _names() -> dict[str, str]:
    """Names to codes; an empty code for what only holds a name."""
    from babel import Locale

    data = table("zh")
    names = {
        name.partition("（")[0]: code
        for locale in _LOCALES
        for code, name in Locale.parse(locale).territories.items()
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES  # noqa: PLR2004  ISO 3166-1 alpha-2
    }
    names |= {name.strip(): code for code, listed in data["names"].items() for name in listed.split(",")}
    names |= {name.strip(): "" for name in data["hidden"].split(",")}
    return {name: code for name, code in names.items() if len(name) > 1}


@cache
def _pairs() -> dict[str, tuple[str, str]]:
    short = table("zh")["pairs"]
    return {a + b: (short[a], short[b]) for a in short for b in short if a != b}


@cache
def _first() -> frozenset[str]:
    return frozenset(name[0] for name in _names())


def is_country(name: str) -> bool:
    """Whether a word is a country's name."""
    return bool(_names().get(name))


def chinese_countries(text: str, words: Sequence[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    """Start, end and code of each name, given the text's words with their offsets."""
    names = _names()
    ends = {start + len(word) for start, word in words}
    first, paired = _first(), table("zh")["pairs"].keys()
    done = 0
    for i, (start, word) in enumerate(words):
        if start < done:
            continue
        if word[0] in paired and (pair := _pair(words, i)):
            done = start + 2
            for offset, code in enumerate(pair):
                yield start + offset, start + offset + 1, code
            continue
        if word[0] not in first:
            continue
        found = _longest(text, start, names, ends)
        if not found and word[0] in _TOWARDS:
            start += 1  # noqa: PLW2901  在美国, parted as 在美 and 国
            found = _longest(text, start, names, ends)
        if found:
            done = start + len(found)
            if names[found]:
                yield start, done, names[found]


def _longest(text: str, start: int, names: Mapping[str, str], ends: AbstractSet[int]) -> str:
    """The longest name that begins at a place; an empty one where there is none."""
    for length in range(min(_LONGEST, len(text) - start), 1, -1):
        name, end = text[start : start + length], start + length
        if name not in names or (text[end : end + 1] in _LANGUAGE and end not in ends and end + 1 in ends):
            continue
        if length > _PAIR[0] or name[0] not in _TOWARDS or end in ends:
            return name
    return ""


def _pair(words: Sequence[tuple[int, str]], i: int) -> tuple[str, str] | None:
    """Two countries in two characters, as one word or as one each: 中美, but not 中美洲, which is hidden."""
    word = words[i][1]
    if len(word) == 1 and i + 1 < len(words) and len(words[i + 1][1]) == 1:
        return _pairs().get(word + words[i + 1][1])
    return _pairs().get(word[:2]) if len(word) in _PAIR else None

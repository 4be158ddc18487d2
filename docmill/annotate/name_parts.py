"""Parts of names: who is meant by a surname, or a given name, where the text names somebody in full elsewhere."""

from collections import Counter
from collections.abc import Mapping, Sequence

from docmill.annotate.lexicon import lexicon
from docmill.annotate.runs import Run
from docmill.annotate.tokens import Mention, Tokens
from docmill.persons import PARTICLES

__all__ = ["end_of_name", "full_names", "mentions_by_part", "parts_of_names"]

_CUT = frozenset(["jr", "sr"])
_OTHERS = 2  # mentions that show a name's part to be somebody else's too


def full_names(tokens: Tokens, found: Sequence[Run], language: str) -> dict[Run, str]:
    """The names in full; a Spanish one's second surname, where it is left out, from the one name that has it."""
    names = {run: _written(tokens, run) for run in found}
    if language != "es":
        return names
    longer: dict[tuple[str, ...], set[str]] = {}
    for (start, end), name in names.items():
        if end - start > 2:  # noqa: PLR2004
            longer.setdefault(tuple(tokens.words[start : end - 1]), set()).add(name)
    for start, end in found:
        fuller = longer.get(tuple(tokens.words[start:end]), set())
        if end - start > 1 and len(fuller) == 1:
            names[start, end] = next(iter(fuller))
    return names


def _written(tokens: Tokens, run: Run) -> str:
    return " ".join(tokens.text[tokens.starts[run[0]] : end_of_name(tokens, run[1] - 1)].split())


def end_of_name(tokens: Tokens, last: int) -> int:
    """Where a name ends in the text: behind the stop of an initial or of `Jr.`."""
    end = tokens.ends[last]
    cut = len(tokens.words[last]) == 1 or tokens.folded[last] in _CUT
    return end + (cut and tokens.text.startswith(".", end))


def parts_of_names(tokens: Tokens, names: Mapping[Run, str], language: str) -> dict[str, str]:
    """First and last words of the full names, and Spanish first surnames, to the one full name that has them."""
    whole: dict[str, set[str]] = {}
    for (start, end), name in names.items():
        if end - start > 1:
            parts = {tokens.folded[start], tokens.folded[end - 1]}
            if language == "es" and end - start > 2 and tokens.folded[end - 2] not in lexicon("es").given | PARTICLES:  # noqa: PLR2004
                parts.add(tokens.folded[end - 2])
            for part in parts:
                whole.setdefault(part, set()).add(name)
    one = {part: next(iter(names)) for part, names in whole.items() if len(names) == 1 and len(part) > 1}
    shared = _shared(tokens, one, language) if one else set()
    return {part: name for part, name in one.items() if part not in shared}


def _shared(tokens: Tokens, whole: Mapping[str, str], language: str) -> set[str]:
    """Parts of names that somebody else has as well, who was not found: Alberto and Aníbal Fernández."""
    lists = lexicon(language)
    none = lists.offices | lists.openers | lists.articles
    others: Counter[tuple[str, str]] = Counter()
    for i in tokens.capitals:
        name = whole.get(tokens.folded[i])
        if name is None or i == 0 or tokens.gaps[i] != " " or not tokens.capital[i - 1] or tokens.initial(i - 1):
            continue
        before = tokens.folded[i - 1]
        if before not in none and before not in name.casefold() and (language != "de" or before in lists.given):
            others[tokens.folded[i], before] += 1
    return {part for (part, _), count in others.items() if count >= _OTHERS}


def mentions_by_part(
    tokens: Tokens, found: Sequence[Run], whole: dict[str, str], taken: set[int], *, language: str
) -> list[Mention]:
    """Later mentions of somebody by one part of the name, where only one person has it."""
    if not whole:
        return []
    inside = taken.union(*(range(start, end) for start, end in found))
    earliest = min((start for start, _ in found), default=0)
    mentions, done = list[Mention](), earliest
    for i in tokens.capitals:
        name = whole.get(tokens.folded[i])
        if name is None or i <= done or i in inside:
            continue
        both = i + 1 < len(tokens) and tokens.gaps[i + 1] == " " and whole.get(tokens.folded[i + 1]) == name
        if not both and _another(tokens, i, language):
            continue
        done = i + 1 if both and i + 1 not in inside else i
        mentions.append(Mention(tokens.starts[i], tokens.ends[done], "person", name))
    return mentions


def _another(tokens: Tokens, i: int, language: str) -> bool:
    """Whether another capitalised word makes something else of it: Hunter Biden, Trump Tower, Sarah-Marie."""
    if (
        i + 1 < len(tokens)
        and tokens.capital[i + 1]
        and tokens.gaps[i + 1] in (("-",) if language == "de" else ("-", " "))
    ):
        return True
    named = language != "de" and tokens.gaps[i] == " " and tokens.capital[i - 1] and not tokens.initial(i - 1)
    return bool(named) and tokens.folded[i - 1] not in lexicon(language).offices

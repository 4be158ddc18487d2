"""Organisations: capitalised names with a head noun (University, Ministry) or a legal suffix (Ltd, GmbH)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from docmill.annotate.date_patterns import patterns
from docmill.annotate.lexicon import Lexicon, lexicon
from docmill.annotate.runs import POSSESSIVE, Run, has_head, in_title, is_head, joins_firm, without_opener
from docmill.annotate.tokens import Mention, Token, Tokens

__all__ = ["find_organisations"]

_HEAD_FIRST = ("es", "fr")
_PREPOSITIONS = {
    "fr": frozenset(["de", "du", "des", "d", "la", "l", "le", "les"]),
    "es": frozenset(["de", "del", "la", "los", "las"]),
}
_AND = ("et", "y", "e")
_ARTICLES = frozenset(["la", "l", "le", "les", "los", "las"])  # which do not go on with a name by themselves
_ANY_ONE = frozenset(["a", "an", "this", "each", "any"])  # before what has no name
_AFTER_TERM = frozenset(
    [
        "on",
        "of",
        "in",
        "for",
        "to",
        "by",
        "with",
        "that",
        "which",
        "who",
        "from",
        "and",
        "or",
        "at",
        "as",
        "is",
        "was",
        "has",
    ]
)
_RANKS = frozenset(["vice", "deputy", "prime", "acting", "former", "senior", "chief", "assistant", "associate"])
_PARTS = frozenset(["much", "most", "some", "many", "all", "part", "parts", "half", "one", "several", "members"])
_TERMS = frozenset(["systems", "system", "networks", "technologies"])  # heads of terms as often as of names
_FOR = ("por", "para")
_MANY = ("los", "las")
_OF = ("de", "d")  # without an article
_MOST_WORDS = 7  # that follow a head in lower case
_LETTERS = 4


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
                (doubtful if _is_doubtful(tokens, name, end, words, language) else found).append(name)
    sure = {tuple(tokens.folded[start:end]) for start, end in found}
    found += [(start, end) for start, end in doubtful if tuple(tokens.folded[start:end]) in sure]
    return [Mention(tokens.starts[start], tokens.ends[end - 1], "organisation") for start, end in sorted(found)]


def _is_doubtful(tokens: Tokens, name: Run, stop: int, words: Lexicon, language: str) -> bool:
    """Whether a name by a weak head only may be none: in a heading, or where the capitalised words go on."""
    start, end = name
    folded = frozenset(tokens.folded[start:end])
    heads = folded & (words.heads | words.suffixes)
    return heads <= words.weak and (
        _is_term(tokens, start, end, language)
        or (end < stop and tokens.folded[end] not in words.offices)
        or in_title(tokens, start, end)
        or (language == "de" and _says_what(tokens, start, end, heads))
    )


def _is_term(tokens: Tokens, start: int, end: int, language: str) -> bool:
    """Whether capitals only stress a term: `a Neural Network`, `Operating Systems` that are also written small."""
    if language != "en":
        return False
    if start and tokens.folded[start - 1] in _ANY_ONE and tokens.gaps[start] == " ":
        return (
            end >= len(tokens) or tokens.gaps[end] != " " or tokens.folded[end] in _AFTER_TERM
        )  # else as in `an Associated Press reporter`
    return tokens.folded[end - 1] in _TERMS and all(tokens.folded[i] in tokens.written for i in range(start, end - 1))


def _says_what(tokens: Tokens, start: int, end: int, heads: AbstractSet[str]) -> bool:
    """Whether a weak German head only says what something is: `Amt des …`, `Zentrum Berlins`, `TV-Dienst`."""
    compound = all(gap == "-" for gap in tokens.gaps[start + 1 : end])
    return bool(heads) and (tokens.folded[start] in heads or compound)


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
    elif language == "en":
        start = _after_somebody(tokens, start, end, words)
    heads = [i for i in range(start, end) if is_head(tokens[i].folded, words)]
    if language == "de":
        heads = [i for i in heads if i + 1 == end or tokens[i + 1].gap != "-"]  # Polizei-Omnibus
    if not heads:
        legal = [i for i in range(start + 1, end) if tokens[i].folded in words.suffixes and tokens[i - 1].capital]
        return (start, legal[-1] + 1) if legal else None
    last = heads[-1]
    if language == "en":
        end = _before_somebody(tokens, last, end, words)
    if language in _HEAD_FIRST:
        start = _at_head(tokens, start, heads[0])
        end = _lower_tail(tokens, end, language, words) if last in (end - 1, start) or end - last > 1 else end
        end = _purpose(tokens, end, words) if end - start > 1 else end
    elif last + 1 < end and tokens[last + 1].capital and language == "en":
        end = last + 1
    elif language == "de" and last + 1 < end and tokens[last + 1].gap == " " and last > start:
        end = min(end, last + 2) if tokens[last + 1].capital else end  # Technische Universität München; Institut für …
    if end - start < 2 or " ".join(tokens.folded[end - 2 : end]) in words.unnamed:  # noqa: PLR2004
        return None
    return start, end


def _before_somebody(tokens: Tokens, head: int, end: int, words: Lexicon) -> int:
    """Where a name ends before a title and somebody's name, or a day: `Bank of Norra President Max Holm`."""
    for i in range(head + 1, end - 1):
        if tokens.folded[i] in words.titles and tokens.capital[i] and tokens.capital[i + 1]:
            end = i
            break
    if end - head > 1 and tokens.folded[end - 1] in patterns("en").weekday_words:
        end -= 1
    while end - head > 1 and (not tokens.capital[end - 1] or tokens.folded[end - 1] in _RANKS):
        end -= 1
    return end


def _purpose(tokens: Tokens, end: int, words: Lexicon) -> int:
    """Where a Spanish name ends that says for whom or what it is: `Asamblea Permanente por los Derechos Humanos`."""
    if tokens.folded[end : end + 1] and tokens.folded[end] in _FOR and tokens.folded[end + 1 : end + 2]:
        last = end + 2
        while (
            tokens.folded[end + 1] in _MANY and last < len(tokens) and tokens.capital[last] and tokens.gaps[last] == " "
        ):
            last += 1
        if last > end + 2 and not is_head(tokens.folded[end + 2], words):
            return last
    return end


def _at_head(tokens: Tokens, start: int, head: int) -> int:
    """Where a French or Spanish name begins after what is joined to it: `Desarrollo Urbano de la Fundación …`."""
    return head if any(not tokens.capital[i] and tokens.gaps[i] == " " for i in range(start, head)) else start


def _without_titles(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> int:
    """Where the name begins after `Director of the …`, `Deputy Minister of …`."""
    first = start
    while first + 1 < end and tokens[first].folded in words.offices and not is_head(tokens[first + 1].folded, words):
        first += 1
    if tokens[first].capital:
        return start  # General Medical Council, King Saud University
    if first > start:
        while first < end and (not tokens[first].capital or tokens[first].folded in words.articles):
            first += 1
    return first if first < end else start


def _after_join(tokens: Tokens, start: int, end: int, words: Lexicon) -> int:
    """Where the name begins in `Anna Muster von der Hochschule …`: after the preposition before the head."""
    for i in range(start, end):
        if is_head(tokens[i].folded, words):
            break
        broken = tokens[i].gap == "- "  # Flugzeug- und Motorenwerke
        if not (tokens[i].capital or broken or joins_firm(tokens, i + 1, words)):
            start = i + 1
    return start


def _after_somebody(tokens: Sequence[Token], start: int, end: int, words: Lexicon) -> int:
    """Where the name begins in `Anna Muster of Some University`, `Norra-based Company`, `Much of the Council`."""
    if end - start > 1 and tokens[start].folded in _PARTS and tokens[start + 1].folded == "of":
        start += 2
    for i in range(start + 1, end - 1):
        if tokens[i].folded == "based" and tokens[i].gap == "-":
            start = i + 1
    for i in range(start, end):
        if is_head(tokens[i].folded, words):
            break
        if tokens[i].folded == "of" and i - start > 1 and all(token.capital for token in tokens[start:i]):
            start = i + 1
            break
    while start < end and tokens[start].folded in words.articles:
        start += 1
    return start


def _lower_tail(tokens: Sequence[Token], end: int, language: str, words: Lexicon) -> int:
    """Take in what follows a French or Spanish head in lower case: `mondiale de la santé`."""
    limit = min(len(tokens), end + _MOST_WORDS)
    i, noun = end, 0
    while i < limit and tokens[i].gap in (" ", "’", "'"):
        token = tokens[i]
        if words.adjective and words.adjective.fullmatch(token.folded) and len(token.text) > _LETTERS and i <= end + 4:
            i += 1
            end = i
        elif token.folded in _PREPOSITIONS[language] - _ARTICLES:
            i += 1
            while i < limit and tokens[i].folded in _PREPOSITIONS[language]:
                i += 1
            if i >= limit or len(tokens[i].text) < _LETTERS or tokens[i].gap not in (" ", "’", "'"):
                break
            noun = i
            i += 2 if tokens[i].folded in words.prenominal and i + 1 < limit and tokens[i + 1].gap == " " else 1
            end = i
        elif noun and (following := _alike(tokens, noun, i, language, words)):
            i, limit = following, min(len(tokens), following + _MOST_WORDS)
        else:
            break
    return end


def _alike(tokens: Sequence[Token], noun: int, i: int, language: str, words: Lexicon) -> int:
    """Where the complement after `et` begins that is like the one before: `de la santé et de la recherche`; else 0."""
    of, known = i + 1, _PREPOSITIONS[language]
    second = next((j for j in range(of, min(of + 3, len(tokens))) if tokens[j].folded not in known), 0)
    if tokens[i].folded not in _AND or second <= of or is_head(tokens[second].folded, words):
        return 0
    same = tokens[noun].capital == tokens[second].capital and len(tokens[second].text) >= _LETTERS
    with_articles = [tokens[j - 1].folded not in _OF for j in (noun, second)]
    return of if same and with_articles[0] == with_articles[1] else 0

"""Entities: what each finder mentions, put together by type and canonical form, with counts."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from docmill.annotate.acronyms import find_acronyms, find_listed, find_with_country, introduced
from docmill.annotate.arabic_names import find_arabic_names
from docmill.annotate.chinese_names import Word, find_chinese_names
from docmill.annotate.countries import CountryMention, find_countries
from docmill.annotate.countries.chinese import chinese_countries
from docmill.annotate.lexicon import CASED, lexicon
from docmill.annotate.organisations import find_organisations
from docmill.annotate.patterns import find_patterned
from docmill.annotate.people import find_people
from docmill.annotate.places import find_places, find_unions, is_place
from docmill.annotate.runs import find_runs
from docmill.annotate.russian_names import find_russian_organisations
from docmill.annotate.spacy_names import SpacyNames
from docmill.annotate.tokens import Mention, Tokens
from schemas.document import Entity, EntityType, Language

__all__ = ["find_entities", "text_countries"]

_BROKEN = re.compile(r"- (?!(?:und|oder|bzw)\b)")  # at the end of a line
_SPOKEN = 0.1  # share of the text from which a second language's country names are looked for


def find_entities(
    tokens: Tokens, language: Language, chinese: Sequence[Word] | None, model: SpacyNames | None = None
) -> tuple[Entity, ...]:
    """Entities of a text by type, most frequent first.

    Args:
        tokens: Of title and body.
        language: As identified; it decides which rules apply.
        chinese: The text's words where a part of it is Chinese.
        model: What finds names instead of docmill's rules, where it reads the language.
    """
    text = tokens.text
    countries = text_countries(tokens, language, chinese)
    if model and model.language == language.code:
        names = model.find(text)
    else:
        names = _names(tokens, language.code, countries, chinese)
    people = {i for mention in names if mention.type == "person" for i in range(mention.start, mention.end)}
    mentions = [
        *(Mention(c.start, c.end, "country", c.code) for c in countries if c.start not in people),
        *names,
        *find_patterned(tokens),
    ]
    return _merged(text, mentions)


def text_countries(tokens: Tokens, language: Language, chinese: Sequence[Word] | None) -> list[CountryMention]:
    """Countries by the gazetteers of every language that makes up a tenth of the text or more."""
    found: dict[tuple[int, int], CountryMention] = {}
    for code, share in language.shares.items():
        if code == "zh" and chinese is not None and share >= _SPOKEN:
            mentions = [
                CountryMention(*span) for span in chinese_countries(tokens.text, [word[:2] for word in chinese])
            ]
        elif share >= _SPOKEN:
            mentions = find_countries(tokens, code)
        else:
            continue
        for mention in mentions:
            found.setdefault((mention.start, mention.end), mention)
    return [found[span] for span in sorted(found)]


def _names(
    tokens: Tokens, language: str, countries: Sequence[CountryMention], chinese: Sequence[Word] | None
) -> list[Mention]:
    """Organisations, people and places by rules."""
    if language == "zh":
        known = {(c.start, c.end) for c in countries}
        return [
            m
            for m in find_chinese_names(tokens.text, chinese or ())
            if m.type != "place" or (m.start, m.end) not in known
        ]
    if language == "ar":
        return find_arabic_names(tokens)
    spans = [(c.start, c.end) for c in countries]
    if language not in CASED:
        return find_places(tokens, language, _inside(tokens.starts, spans))
    return _cased_names(tokens, language, spans)


def _cased_names(tokens: Tokens, language: str, countries: list[tuple[int, int]]) -> list[Mention]:
    text, starts = tokens.text, tokens.starts
    runs = find_runs(tokens, lexicon(language))
    found = find_russian_organisations(text, tokens) if language == "ru" else find_organisations(tokens, runs, language)
    listed = find_listed(text, dict(runs), tokens, language)
    found += [name for name in listed if not is_place(text[name.start : name.end], language)]
    found += find_with_country(text, countries, not tokens.lowercased)
    known, found = introduced(text, found)
    taken = _inside(starts, _spans(found))
    found += find_acronyms(tokens, known, taken)
    found += find_unions(tokens, language)
    taken |= _inside(starts, _spans(found))
    known_countries = set(countries)
    names = [mention for mention in found if (mention.start, mention.end) not in known_countries]
    there = _inside(starts, countries)
    people = find_people(tokens, runs, language, taken, there)
    taken |= there | _inside(starts, _spans(people))
    return [*names, *people, *find_places(tokens, language, taken)]


def _spans(mentions: Iterable[Mention]) -> list[tuple[int, int]]:
    return [(mention.start, mention.end) for mention in mentions]


def _inside(starts: Sequence[int], spans: Iterable[tuple[int, int]]) -> set[int]:
    """Numbers of the tokens, given by where they start, that start inside any of the spans."""
    return {i for start, end in spans for i in range(bisect_left(starts, start), bisect_left(starts, end))}


def _merged(text: str, mentions: Iterable[Mention]) -> tuple[Entity, ...]:
    """One entity a type and canonical form, under its commonest spelling; mentions inside a longer of its type go."""
    surfaces: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    end = dict.fromkeys(map(str, EntityType), -1)
    for mention in sorted(set(mentions), key=lambda m: (m.start, -m.end, m.type, m.canonical or "")):
        if mention.start < end[mention.type] and mention.canonical is None:
            continue
        end[mention.type] = max(end[mention.type], mention.end)
        surface = " ".join(text[mention.start : mention.end].split())
        if "- " in surface:
            surface = _BROKEN.sub("-", surface)
        surfaces[mention.type, mention.canonical or surface][surface] += 1
    entities = [
        Entity(
            type=EntityType(kind),
            text=min(found, key=lambda surface: (-found[surface], -len(surface), surface)),
            canonical=canonical,
            count=found.total(),
        )
        for (kind, canonical), found in surfaces.items()
    ]
    order = list(EntityType)
    return tuple(sorted(entities, key=lambda e: (order.index(e.type), -e.count, e.canonical)))

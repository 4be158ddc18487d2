"""Annotate: entities, dates, keyphrases, links, quality and a signature for near-duplicates."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from docmill.annotate.chinese_names import Word, tag
from docmill.annotate.dates import find_dates
from docmill.annotate.entities import find_entities
from docmill.annotate.keyphrases import find_keyphrases
from docmill.annotate.links import find_links
from docmill.annotate.minhash import minhash
from docmill.annotate.quality import assess
from docmill.annotate.spacy_names import SpacyNames
from docmill.annotate.terms import chinese_terms, find_terms
from docmill.annotate.tokens import Tokens
from docmill.stage import Cleaned, Link, Metadata
from schemas.document import Entity, Language, Quality
from schemas.document import Link as DocumentLink

__all__ = ["VERSION", "Annotations", "Annotator"]

VERSION = "12"

_KEYPHRASES = 10
_CHINESE_SHARE = 0.02
_READ = 100_000  # characters that are read, but for links


@dataclass(frozen=True, slots=True)
class Annotations:
    """What was found in a document; empty where an annotator is switched off."""

    entities: tuple[Entity, ...] = ()
    keyphrases: tuple[str, ...] = ()
    links: tuple[DocumentLink, ...] = ()
    dates_mentioned: tuple[str, ...] = ()
    quality: Quality | None = None
    minhash: str | None = field(default=None)


class Annotator:
    """The annotators a user's settings name."""

    def __init__(self, annotations: Collection[str], ner_model: str | None = None) -> None:
        """Load the spaCy model, if one is named.

        Raises:
            ConfigError: It cannot be loaded.
        """
        self._wanted = frozenset(annotations)
        self._model = SpacyNames(ner_model) if ner_model and "entities" in self._wanted else None
        self.name = (*sorted(self._wanted), self._model.name if self._model else "rules")

    def warm_up(self) -> None:
        """Load the tables of English; others, and the segmenter of Chinese, wait for the first document in need."""
        spoken = Language(code="en", confidence=1, shares={"en": 1.0})
        self.annotate("Warm up.", Metadata(title="Warm up"), spoken, Cleaned(blocks=(), removed=()), ())

    def annotate(
        self, body: str, metadata: Metadata, language: Language, cleaned: Cleaned, extracted_links: Sequence[Link]
    ) -> Annotations:
        """Annotate one cleaned document."""
        wanted, read = self._wanted, body[:_READ]
        titled, start = read, 0
        if metadata.title and not read.startswith(metadata.title):
            titled, start = f"{metadata.title}\n{read}", len(metadata.title) + 1
        tokens, code = Tokens(titled), language.code
        own = bisect_left(tokens.starts, start)  # the text's first word
        chinese: Sequence[Word] | None = None
        if language.shares.get("zh", 0) >= _CHINESE_SHARE and wanted & {"entities", "keyphrases"}:
            chinese = tag(titled)
        return Annotations(
            entities=find_entities(tokens, language, chinese, self._model) if "entities" in wanted else (),
            keyphrases=_keyphrases(tokens, own, metadata.title or "", code, chinese) if "keyphrases" in wanted else (),
            links=find_links(body, extracted_links) if "links" in wanted else (),
            dates_mentioned=find_dates(tokens, code, metadata.published, start) if "dates" in wanted else (),
            quality=assess(tokens, start, cleaned, language.confidence) if "quality" in wanted else None,
            minhash=minhash(tokens.folded[own:]) if "minhash" in wanted else None,
        )


def _keyphrases(tokens: Tokens, own: int, title: str, language: str, chinese: Sequence[Word] | None) -> tuple[str, ...]:
    """Keyphrases of title and text; a title the text begins with counts twice."""
    terms = (
        chinese_terms(chinese or (), len(title))
        if language == "zh"
        else find_terms(tokens, own or bisect_left(tokens.starts, len(title)), own, language)
    )
    return find_keyphrases(terms, _KEYPHRASES) if terms else ()

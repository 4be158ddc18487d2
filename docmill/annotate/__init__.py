"""Annotate: entities, dates, keyphrases, links, quality and a signature for near-duplicates."""

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
from docmill.stage import Cleaned, Link, Metadata
from schemas.document import Entity, Language, Quality
from schemas.document import Link as DocumentLink

__all__ = ["VERSION", "Annotations", "Annotator"]

VERSION = "2"

_KEYPHRASES = 10
_CHINESE_SHARE = 0.02
_READ = 100_000  # characters in which entities, dates and keyphrases are looked for


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
        """Load the tables of English and Chinese; others wait for the first document in their language."""
        blank = Metadata(title="Warm up")
        for code, text in (("en", "Warm up."), ("zh", "热身。")):
            spoken = Language(code=code, confidence=1, shares={code: 1.0})
            self.annotate(text, blank, spoken, Cleaned(blocks=(), removed=()), ())

    def annotate(
        self, body: str, metadata: Metadata, language: Language, cleaned: Cleaned, extracted_links: Sequence[Link]
    ) -> Annotations:
        """Annotate one cleaned document."""
        wanted, read = self._wanted, body[:_READ]
        titled = f"{metadata.title}\n{read}" if metadata.title and not read.startswith(metadata.title) else read
        chinese: Sequence[Word] | None = None
        if language.shares.get("zh", 0) >= _CHINESE_SHARE and wanted & {"entities", "keyphrases"}:
            chinese = tag(titled)
        return Annotations(
            entities=find_entities(titled, language, chinese, self._model) if "entities" in wanted else (),
            keyphrases=find_keyphrases(metadata.title, read, language.code, chinese, _KEYPHRASES)
            if "keyphrases" in wanted
            else (),
            links=find_links(body, extracted_links) if "links" in wanted else (),
            dates_mentioned=find_dates(read, language.code, metadata.published) if "dates" in wanted else (),
            quality=assess(body, cleaned.blocks, cleaned.removed, language.confidence) if "quality" in wanted else None,
            minhash=minhash(body) if "minhash" in wanted else None,
        )

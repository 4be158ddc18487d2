"""What repeats across the documents of a site, counted over enriched records in one pass and bounded memory.

A text is furniture of a site if it stands in at least half of its documents and either cleaning drops it in a good
part of them, or it is running text: a label such as `Weight:` may repeat and still belong to each product. A place in
the markup, such as `div.teaser>p`, is furniture if cleaning drops most of the text that stands there. Only the
documents are looked at, never a label of them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from docmill.clean.line import count_words
from docmill.clean.sites import EXEMPT, FORMAT, MOST_CHARACTERS, path_key, site_of, text_key
from schemas.document import BlockKind, EnrichedDocument, RemovalReason

__all__ = ["LEAST_SHARE", "SiteCounts", "as_json"]

LEAST_SHARE = 0.5  # of a site's documents a text stands in
LEAST_SITE = 5  # documents; fewer tell nothing
LEAST_DOCUMENTS = 3  # a text stands in
DROPPED_SHARE = 0.3  # of the documents a text stands in, cleaning itself drops it
KEPT_SHARE = 0.3  # of the text at a place, at most, where the place is furniture
PROSE_WORDS = 15  # in running text
MOST_TEXTS = 500  # in a profile, and so many signatures
MOST_COUNTED = 1_000_000  # texts in memory, some 200 bytes each
MOST_OF_DOCUMENT = 2_000  # texts counted of one document
_CUT = 200  # characters of a logged text at which it may have been cut
_SHOWN = 80  # characters of a text in the profile, for people


@dataclass(slots=True)
class _Text:
    shown: str
    is_prose: bool
    documents: int = 0
    dropped: int = 0  # documents in which cleaning dropped it of itself


@dataclass(slots=True)
class _Place:
    documents: int = 0
    kept: int = 0  # characters
    total: int = 0


@dataclass(slots=True)
class _Site:
    documents: int = 0
    texts: dict[str, _Text] = field(default_factory=dict)
    places: dict[str, _Place] = field(default_factory=dict)


class SiteCounts:
    """Counts texts by site. Past `most` texts, those seen in the fewest documents are forgotten."""

    def __init__(self, most: int = MOST_COUNTED) -> None:
        """Nothing counted yet."""
        self._most = most
        self._sites: dict[str, _Site] = {}
        self._seen: set[str] = set()
        self._counted = 0

    def add(self, document: EnrichedDocument) -> None:
        """Count a document's texts, once each; a copy of a document counted before is left out."""
        name = site_of(document.url, document.source)
        identity = f"{name}\n{document.fingerprints.text_sha256}"
        if identity in self._seen:
            return
        self._seen.add(identity)
        site = self._sites.setdefault(name, _Site())
        site.documents += 1
        stood: dict[str, tuple[str, bool]] = {}
        for text, dropped in _texts(document):
            key = text_key(text)
            if key is not None and len(stood) < MOST_OF_DOCUMENT:
                stood.setdefault(key, (text, dropped))  # what is kept comes first: kept and dropped is kept
        for key, (text, dropped) in stood.items():
            entry = site.texts.get(key)
            if entry is None:
                entry = site.texts[key] = _Text(text[:_SHOWN], _is_prose(text))
                self._counted += 1
            entry.documents += 1
            entry.dropped += dropped
        for signature in document.block_signatures:
            place = site.places.get(signature.path)
            if place is None:
                place = site.places[signature.path] = _Place()
                self._counted += 1
            place.documents += 1
            place.kept += signature.kept
            place.total += signature.kept + signature.dropped
        self._forget()

    def profiles(self, share: float = LEAST_SHARE) -> dict[str, Any]:
        """The profiles of all sites with enough documents and some furniture, as `load_profiles` reads them.

        Args:
            share: Of a site's documents a text must stand in.
        """
        sites = {}
        for name, site in sorted(self._sites.items()):
            least = max(LEAST_DOCUMENTS, share * site.documents)
            found = [(key, t) for key, t in site.texts.items() if t.documents >= least and _is_furniture(t)]
            found.sort(key=lambda entry: (-entry[1].documents, entry[0]))
            signatures = _furnished(site)
            if site.documents >= LEAST_SITE and (found or signatures):
                texts = [{"key": key, "documents": t.documents, "text": t.shown} for key, t in found[:MOST_TEXTS]]
                sites[name] = {"documents": site.documents, "texts": texts, "signatures": signatures}
        return {"format": FORMAT, "documents": len(self._seen), "share": share, "sites": sites}

    def _forget(self) -> None:
        rare = 1
        while self._counted > self._most:
            for site in self._sites.values():
                site.texts = {key: text for key, text in site.texts.items() if text.documents > rare}
                site.places = {path: place for path, place in site.places.items() if place.documents > rare}
            self._counted = sum(len(site.texts) + len(site.places) for site in self._sites.values())
            rare += 1


def _furnished(site: _Site) -> list[dict[str, Any]]:
    """The places whose text cleaning mostly drops."""
    found = [
        (path, place)
        for path, place in site.places.items()
        if place.documents >= LEAST_DOCUMENTS and place.kept <= KEPT_SHARE * place.total
    ]
    found.sort(key=lambda entry: (-entry[1].documents, entry[0]))
    return [{"key": path_key(path), "documents": p.documents, "path": path} for path, p in found[:MOST_TEXTS]]


def as_json(profiles: dict[str, Any]) -> bytes:
    """The file's bytes: a text a line, so that a person can read it and take a line out."""
    return (json.dumps(profiles, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _texts(document: EnrichedDocument) -> Iterator[tuple[str, bool]]:
    """Each text and whether cleaning dropped it; what a profile dropped, cleaning had kept."""
    own = RemovalReason.SITE_FURNITURE
    yield from _countable((block.kind, block.text, False) for block in document.blocks)
    yield from _countable((r.kind, r.text, False) for r in document.removed if r.reason is own)
    cut = (r for r in document.removed if r.reason is not own and len(r.text) < _CUT)
    yield from _countable((r.kind, r.text, True) for r in cut)


def _countable(texts: Iterable[tuple[BlockKind, str, bool]]) -> Iterator[tuple[str, bool]]:
    return ((text, gone) for kind, text, gone in texts if kind not in EXEMPT and len(text) <= MOST_CHARACTERS)


def _is_prose(text: str) -> bool:
    return count_words(text) >= PROSE_WORDS


def _is_furniture(text: _Text) -> bool:
    return text.is_prose or text.dropped >= DROPPED_SHARE * text.documents

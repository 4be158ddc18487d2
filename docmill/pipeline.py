"""The pipeline: bytes in, one enriched document or rejection out. Pure: no I/O but loading its own models."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version

from docmill import annotate, classify, clean, decode, describe, extract, hygiene, language
from docmill.classify import clouds, cues
from docmill.classify.embed import Embedder, load_embedder
from docmill.classify.taxonomies import load_taxonomies
from docmill.clean import lines, patterns
from docmill.markdown import to_markdown
from docmill.stage import Cleaned, Extracted, Refusal
from schemas.document import (
    Block,
    BlockKind,
    DocumentSource,
    EnrichedDocument,
    Fingerprints,
    Language,
    Outcome,
    Provenance,
    Reason,
    Rejection,
    StageRun,
)
from schemas.settings import Settings
from schemas.source import RawDocument, SourceObject

__all__ = ["Pipeline", "fingerprint"]

STAGES = {
    "decode": decode.VERSION,
    "extract": extract.VERSION,
    "clean": clean.VERSION,
    "describe": describe.VERSION,
    "language": language.VERSION,
    "classify": classify.VERSION,
    "annotate": annotate.VERSION,
}
_LIBRARIES = (
    "chardet", "selectolax", "py3langid", "markdown-it-py", "ftfy", "onnxruntime", "lxml", "pypdfium2", "pypdf", "striprtf",
    "olefile", "msoffcrypto-tool", "pycld2", "rjieba", "babel", "google-re2", "numpy",
)  # fmt: skip
# Dumps and pages of the web, whose navigation and the like is cleaned away. Other formats keep all their readers keep.
_PAGES = frozenset({"text/plain", "text/html", "text/markdown"})
_SOURCES = (
    hygiene.SOURCE,
    patterns.SOURCE,
    lines.SOURCE,
    cues.SOURCE,
    clouds.SOURCE,
    language.SOURCE,
    *annotate.SOURCES,
)
_DOCMILL = version("docmill")
_TIGHT = frozenset({BlockKind.LIST_ITEM, BlockKind.TABLE})  # such blocks stand line by line
_DECLARED = 0.5  # confidence in a language that is only declared
_CODE_LETTERS = 3
_OPENING = 5  # blocks among which a document's title stands


class Pipeline:
    """decode ▶ extract ▶ clean ▶ describe ▶ language ▶ classify ▶ annotate. Build once, use for many documents."""

    def __init__(self, settings: Settings | None = None, *, embedder: Embedder | None = None) -> None:
        """Load taxonomies; models wait for the first document or `warm_up`.

        Raises:
            ConfigError: A taxonomy is missing or malformed, or the embedder or spaCy model cannot be loaded.
        """
        self.settings = settings or Settings()
        self._taxonomies = load_taxonomies(self.settings.taxonomies)
        self._embedder = embedder or load_embedder(self.settings.embedder)
        self._limits = extract.Limits(unpacked_bytes=int(self.settings.max_unpacked_mb * (1 << 20)))
        self._annotator = annotate.Annotator(self.settings.annotations, self.settings.ner_model)

    @cached_property
    def fingerprint(self) -> str:
        """Hash over everything that can change an output: stages, libraries, models, taxonomies, settings."""
        return fingerprint(
            {
                "docmill": _DOCMILL,
                "stages": STAGES,
                "libraries": {name: version(name) for name in _LIBRARIES},
                "embedder": self._embedder.name,
                "rules": [_digest(source) for source in _SOURCES],
                "annotations": self._annotator.name,
                "models": [model.sha256 for model in lines.MODELS],
                "taxonomies": [taxonomy.digest for taxonomy in self._taxonomies],
                "limits": asdict(self._limits),
                "thresholds": [self.settings.topic_threshold, self.settings.content_type_threshold],
            }
        )

    @cached_property
    def _classifier(self) -> classify.Classifier:
        return classify.Classifier(
            self._taxonomies,
            self._embedder,
            topic_threshold=self.settings.topic_threshold,
            content_type_threshold=self.settings.content_type_threshold,
        )

    def warm_up(self) -> None:
        """Load every model now, so that the first document does not wait for them."""
        for model in lines.MODELS:
            model.load()
        language.warm_up()
        _ = self._classifier
        self._annotator.warm_up()

    def refine(self, raw: RawDocument, *, flow_run_id: str | None = None) -> Outcome:
        """Process one document.

        Returns:
            The enriched document, or a rejection with its reason. The same bytes, key and fingerprint give the
            same result, provenance's times aside.
        """
        clock = _Clock()
        outcome = self._refine(raw, clock)
        provenance = self._provenance(clock.stages, flow_run_id)
        return outcome.model_copy(update={"provenance": provenance})

    def reject(  # noqa: PLR0913  what a record of a document never read must say
        self,
        raw_key: str,
        source: SourceObject | None,
        reason: Reason,
        message: str,
        *,
        stage: str,
        size: int = 0,
        flow_run_id: str | None = None,
    ) -> Rejection:
        """A rejection made outside of refine (too large to read, timed out, crashed). Needs no models."""
        return Rejection(
            id=_identity(raw_key, source),
            source=_source(raw_key, source, size),
            reason=reason,
            message=message,
            stage=stage,
            provenance=self._provenance([], flow_run_id),
        )

    def _refine(self, raw: RawDocument, clock: "_Clock") -> Outcome:
        unset = self._provenance([], None)
        identity = _identity(raw.key, raw.source)
        sha256 = hashlib.sha256(raw.data).hexdigest()
        source = _source(raw.key, raw.source, len(raw.data)).model_copy(update={"sha256": sha256})

        def refuse(refusal: Refusal, warnings: tuple[str, ...] = ()) -> Rejection:
            return Rejection(
                id=identity, source=source, reason=refusal.reason, message=refusal.message, stage=refusal.stage,
                warnings=warnings, provenance=unset,
            )  # fmt: skip

        with clock.stage("decode"):
            content = decode.decode(raw)
        if isinstance(content, Refusal):
            return refuse(content)
        source = source.model_copy(update={"media_type": content.media_type, "encoding": content.encoding})
        with clock.stage("extract"):
            extracted = extract.extract(content, self._limits)
        if isinstance(extracted, Refusal):
            return refuse(extracted, content.warnings)
        with clock.stage("clean"):
            extracted = hygiene.tidy(extracted)
            if content.media_type in _PAGES:
                cleaned = clean.clean(extracted, is_dump=content.media_type == "text/plain")
            else:
                cleaned = _kept_whole(extracted)
            body = _join(cleaned.blocks)
        if not body:
            return refuse(
                Refusal("clean", Reason.NO_TEXT, "Nothing but navigation and the like was found."), content.warnings
            )
        with clock.stage("describe"):
            metadata = describe.describe(extracted, cleaned)
        with clock.stage("language"):
            spoken = _spoken(body, extracted.metadata.language)
        with clock.stage("classify"):
            found = self._classifier.classify(metadata.title, cleaned.blocks, spoken)
        with clock.stage("annotate"):
            noted = self._annotator.annotate(body, metadata, spoken, cleaned, extracted.links + cleaned.links)
        return EnrichedDocument(
            id=identity,
            source=source,
            title=metadata.title,
            authors=metadata.authors,
            published=metadata.published,
            modified=metadata.modified,
            site_name=metadata.site_name,
            url=metadata.url,
            image=metadata.image,
            licence=metadata.licence,
            metadata_origins=dict(metadata.origins),
            language=spoken,
            content_type=found.content_type,
            topics=found.topics,
            text=body,
            markdown=to_markdown(cleaned.blocks),
            blocks=cleaned.blocks,
            removed=extracted.removed + cleaned.removed,
            entities=noted.entities,
            keyphrases=noted.keyphrases,
            links=noted.links,
            dates_mentioned=noted.dates_mentioned,
            quality=noted.quality,
            fingerprints=Fingerprints(text_sha256=_digest(body), minhash=noted.minhash),
            warnings=content.warnings + extracted.warnings + found.warnings,
            provenance=unset,
        )

    def _provenance(self, stages: list[StageRun], flow_run_id: str | None) -> Provenance:
        return Provenance(
            docmill_version=_DOCMILL,
            pipeline_fingerprint=self.fingerprint,
            stages=tuple(stages),
            flow_run_id=flow_run_id,
            processed_at=datetime.now(UTC),
        )


class _Clock:
    """Times the stages of one document."""

    def __init__(self) -> None:
        self.stages: list[StageRun] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        milliseconds = round((time.perf_counter() - start) * 1000, 3)
        self.stages.append(StageRun(name=name, version=STAGES[name], milliseconds=milliseconds))


def fingerprint(parts: dict[str, object]) -> str:
    """A short hash of JSON-able parts, the same on every machine."""
    return _digest(json.dumps(parts, sort_keys=True, ensure_ascii=False))[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _identity(key: str, source: SourceObject | None) -> str:
    return _digest(source.uri if source else key)[:32]


def _source(key: str, source: SourceObject | None, size: int) -> DocumentSource:
    if source is None:
        return DocumentSource(uri=key, key=key, size=size)
    return DocumentSource(uri=source.uri, **source.model_dump())


def _kept_whole(extracted: Extracted) -> Cleaned:
    """A document that is no page of a site: nothing goes, and its first heading near the start is its title."""
    opening = extracted.blocks[:_OPENING]
    title = next((block.text for block in opening if block.kind is BlockKind.HEADING), None)
    return Cleaned(blocks=extracted.blocks, removed=(), title=title)


def _spoken(body: str, declared: str | None) -> Language:
    """The text's language; where there is too little text to tell, the one the document declares."""
    seen = language.identify(body)
    code = (declared or "").lower().replace("_", "-").partition("-")[0]
    if seen.code != "und" or not (code.isascii() and code.isalpha() and 1 < len(code) <= _CODE_LETTERS):
        return seen
    return Language(code=code, confidence=_DECLARED, shares={code: 1.0})


def _join(blocks: tuple[Block, ...]) -> str:
    """Blocks as one text: lines that stood together stay together, all else is set apart by a blank line."""
    parts: list[str] = []
    previous_end: int | None = None
    previous_kind: BlockKind | None = None
    for block in blocks:
        together = (previous_end is not None and block.start_line == previous_end + 1) or (
            previous_kind is block.kind and block.kind in _TIGHT
        )
        parts += [("\n" if together else "\n\n") if parts else "", block.text]
        previous_end, previous_kind = block.end_line, block.kind
    return "".join(parts)

"""The pipeline: bytes in, one enriched document or rejection out. Pure: no I/O but loading its own models."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version

from docmill import classify, clean, decode, describe, extract
from docmill.classify import clouds, cues, language
from docmill.classify.embed import Embedder, load_embedder
from docmill.classify.taxonomies import load_taxonomies
from docmill.clean import patterns
from docmill.stage import Refusal
from schemas.document import (
    Block,
    DocumentSource,
    EnrichedDocument,
    Fingerprints,
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
    "classify": classify.VERSION,
}
_LIBRARIES = ("chardet", "trafilatura", "py3langid", "markdown-it-py", "dateparser", "htmldate")
_DOCMILL = version("docmill")


class Pipeline:
    """decode ▶ extract ▶ clean ▶ describe ▶ classify. Build once, use for many documents."""

    def __init__(self, settings: Settings | None = None, *, embedder: Embedder | None = None) -> None:
        """Load taxonomies; models wait for the first document or `warm_up`.

        Raises:
            ConfigError: A taxonomy is missing or malformed, or the embedder is not installed.
        """
        self.settings = settings or Settings()
        self._taxonomies = load_taxonomies(self.settings.taxonomies)
        self._embedder = embedder or load_embedder(self.settings.embedder)

    @cached_property
    def fingerprint(self) -> str:
        """Hash over everything that can change an output: stages, libraries, models, taxonomies, settings."""
        return fingerprint(
            {
                "docmill": _DOCMILL,
                "stages": STAGES,
                "libraries": {name: version(name) for name in _LIBRARIES},
                "embedder": self._embedder.name,
                "rules": [_digest(patterns.SOURCE), _digest(cues.SOURCE), _digest(clouds.SOURCE)],
                "taxonomies": [taxonomy.digest for taxonomy in self._taxonomies],
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
        language.identify("warm up")
        _ = self._classifier

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
            text = decode.decode(raw)
        if isinstance(text, Refusal):
            return refuse(text)
        source = source.model_copy(update={"media_type": text.media_type, "encoding": text.encoding})
        with clock.stage("extract"):
            extracted = extract.extract(text)
        if isinstance(extracted, Refusal):
            return refuse(extracted, text.warnings)
        with clock.stage("clean"):
            cleaned = clean.clean(extracted, is_dump=text.media_type == "text/plain")
            body = _join(cleaned.blocks)
        if not body:
            return refuse(
                Refusal("clean", Reason.NO_TEXT, "Nothing but navigation and the like was found."), text.warnings
            )
        with clock.stage("describe"):
            metadata = describe.describe(extracted, cleaned)
        with clock.stage("classify"):
            spoken = language.identify(body)
            found = self._classifier.classify(metadata.title, cleaned.blocks, spoken)
        return EnrichedDocument(
            id=identity,
            source=source,
            title=metadata.title,
            authors=metadata.authors,
            published=metadata.published,
            modified=metadata.modified,
            site_name=metadata.site_name,
            url=metadata.url,
            language=spoken,
            content_type=found.content_type,
            topics=found.topics,
            text=body,
            blocks=cleaned.blocks,
            removed=cleaned.removed,
            fingerprints=Fingerprints(text_sha256=_digest(body)),
            warnings=text.warnings + extracted.warnings + found.warnings,
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


def _join(blocks: tuple[Block, ...]) -> str:
    """Blocks as one text: lines that stood together stay together, all else is set apart by a blank line."""
    parts: list[str] = []
    previous_end: int | None = None
    for block in blocks:
        together = previous_end is not None and block.start_line == previous_end + 1
        parts += [("\n" if together else "\n\n") if parts else "", block.text]
        previous_end = block.end_line
    return "".join(parts)

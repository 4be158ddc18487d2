"""The pipeline: bytes in, one enriched document or rejection out. Pure: no I/O but loading its own models."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property

from docmill import annotate, classify, clean, decode, describe, extract, hygiene, language
from docmill.classify.embed import Embedder, load_embedder
from docmill.classify.signs import page_signs
from docmill.classify.taxonomies import load_taxonomies
from docmill.clean import lines
from docmill.clean.page.model import load_model
from docmill.clean.sites import load_profiles
from docmill.clean.whole import is_page, keep_whole
from docmill.clock import Clock
from docmill.containers import Limits
from docmill.extract.html.page import Page
from docmill.fingerprint import DOCMILL_VERSION, fingerprint
from docmill.heap import give_back_now
from docmill.markdown import to_markdown
from docmill.place import MemberPath, Place
from docmill.plain import to_text
from docmill.records import rejection
from docmill.stage import Cleaned, Extracted, Refusal
from docmill.unfold import Composer, Unfolded, Unfolding
from schemas.document import (
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
from schemas.source import RawDocument

__all__ = ["Pipeline"]

_DECLARED = 0.5  # confidence in a language that is only declared
_CODE_LETTERS = 3
_LARGE = 1 << 20  # bytes of a document whose reader leaves much behind
_WARMING = {
    "a.txt": b"The council met on Tuesday and voted to keep the footbridge open all winter.\n",
    "a.html": b"<html><body><h1>Footbridge</h1><p>The council met and voted to keep it open.</p></body></html>",
}


class Pipeline:
    """decode ▶ extract ▶ clean ▶ describe ▶ language ▶ classify ▶ annotate. Build once, use for many documents."""

    def __init__(self, settings: Settings | None = None, *, embedder: Embedder | None = None) -> None:
        """Load taxonomies; models wait for the first document or `warm_up`.

        Raises:
            ConfigError: A taxonomy or the site profiles are missing or malformed, or the embedder or spaCy model cannot
                be loaded.
        """
        self.settings = settings or Settings()
        self._taxonomies = load_taxonomies(self.settings.taxonomies)
        self._sites = load_profiles(self.settings.profiles)
        self._embedder = embedder or load_embedder(self.settings.embedder)
        self._limits = extract.Limits(unpacked_bytes=int(self.settings.max_unpacked_mb * (1 << 20)))
        self._annotator = annotate.Annotator(self.settings.annotations, self.settings.ner_model)

    @cached_property
    def fingerprint(self) -> str:
        """Hash over everything that can change an output: stages, libraries, models, taxonomies, settings."""
        return fingerprint(
            {
                "embedder": self._embedder.name,
                "annotations": self._annotator.name,
                "profiles": self._sites.digest,
                "taxonomies": [taxonomy.digest for taxonomy in self._taxonomies],
                "limits": [asdict(self._limits), asdict(Limits.of(self.settings))],
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
        """Load every model now, so that the first document does not wait for them.

        Two documents see to that, whatever is loaded where; what only other languages than English need waits for one.

        Raises:
            ConfigError: The embedding model's files are not those docmill was measured with, or cannot be loaded.
        """
        with ThreadPoolExecutor() as unpacking:  # most of what these take, beside the others, which run as Python does
            large = [unpacking.submit(load) for load in (self._embedder.load, language.load)]
            for model in (*lines.MODELS, load_model()):
                model.load()
            self._annotator.warm_up()
        for loaded in large:
            loaded.result()
        for name, data in _WARMING.items():
            self.refine(RawDocument(data=data, key=name))
        give_back_now()  # what the models took to unpack

    def refine(self, raw: RawDocument, *, flow_run_id: str | None = None) -> Outcome:
        """Process one document; of a container, what `refine_members` leaves out: its own record.

        Returns:
            The enriched document, or a rejection with its reason. The same bytes, key and fingerprint give the
            same result, provenance's times aside.
        """
        *_, own = self.unfold(raw, flow_run_id=flow_run_id)
        return own.outcome

    def refine_members(self, raw: RawDocument, *, flow_run_id: str | None = None) -> Iterator[Outcome]:
        """The outcomes of a container's members, of containers within it too, as they are made.

        None for what is no container. What `source.member` names is their place; attachments are a mail's members.
        """
        return (found.outcome for found in self.unfold(raw, flow_run_id=flow_run_id) if found.path)

    def unfold(
        self,
        raw: RawDocument,
        *,
        flow_run_id: str | None = None,
        settled: bytes = b"",
        on_begin: Callable[[MemberPath, int], None] | None = None,
        on_stage: Callable[[str], None] | None = None,
    ) -> Iterator[Unfolded]:
        """Every outcome: the members' as they are made, then the object's own.

        Args:
            raw: The object.
            flow_run_id: For the records.
            settled: How the first outcomes ended, if they are known (see `Verdict.encode`): they are not made again.
            on_begin: Told of each member's path and size in bytes before it is refined.
            on_stage: Told of each stage's name as it begins.
        """

        def refine(raw: RawDocument, place: Place) -> Outcome:
            clock = Clock(on_stage)
            outcome = self.refine_document(raw, place, clock)
            return outcome.model_copy(update={"provenance": self._provenance(clock.stages, flow_run_id)})

        composer = Composer(refine, self._limits, lambda: self._provenance([], flow_run_id))
        walk = Unfolding(composer, Limits.of(self.settings), settled, on_begin)
        return walk.walk(raw, Place.of(raw.key, raw.source, len(raw.data)))

    def reject(
        self,
        raw: RawDocument,
        refusal: Refusal,
        *,
        path: MemberPath = (),
        size: int | None = None,
        flow_run_id: str | None = None,
    ) -> Rejection:
        """A rejection made outside of refine (too large to read, timed out, crashed). Needs no models.

        Args:
            raw: The object; its bytes may never have been read.
            refusal: Why, and at which stage.
            path: Of a container's member.
            size: The member's, in bytes.
            flow_run_id: For the record.
        """
        if size is None:
            size = raw.source.size if raw.source else len(raw.data)
        place = Place.of(raw.key, raw.source, size).at(path, size)
        return rejection(place, refusal, self._provenance([], flow_run_id))

    def refine_document(self, raw: RawDocument, place: Place, clock: Clock) -> Outcome:
        """One document that is no container, through all stages."""
        sha256 = hashlib.sha256(raw.data).hexdigest()
        source = place.source.model_copy(update={"sha256": sha256})

        def refuse(refusal: Refusal, warnings: tuple[str, ...] = ()) -> Rejection:
            record = rejection(Place(place.id, source), refusal, self._provenance([], None))
            return record.model_copy(update={"warnings": warnings})

        with clock.stage("decode"):
            content = decode.decode(raw)
        if isinstance(content, Refusal):
            return refuse(content)
        source = source.model_copy(update={"media_type": content.media_type, "encoding": content.encoding})
        with clock.stage("extract"):
            extracted = extract.extract(content, self._limits)
        warned = content.warnings
        del content
        if len(raw.data) >= _LARGE:
            give_back_now()
        if isinstance(extracted, Refusal):
            return refuse(extracted, warned)
        with clock.stage("clean"):
            extracted = hygiene.tidy(extracted)
            if len(raw.data) >= _LARGE:
                give_back_now()
            cleaned = self._clean(extracted, source)
            text = to_text(cleaned.blocks)
        if not text:
            return refuse(Refusal("clean", Reason.NO_TEXT, "Nothing but navigation and the like was found."), warned)
        # Of a page or lines no more is needed than that they were there: of a large one they are many times the text.
        page = None if extracted.page is None else Page()
        extracted = replace(extracted, page=page, lines=None, warnings=warned + extracted.warnings)
        return self._enrich(Place(place.id, source), extracted, cleaned, text, clock)

    def _clean(self, extracted: Extracted, source: DocumentSource) -> Cleaned:
        if not is_page(source.media_type):
            return keep_whole(extracted)
        return clean.clean(extracted, known=self._sites.known(extracted.metadata.url, source))

    def _enrich(
        self, place: Place, extracted: Extracted, cleaned: Cleaned, text: str, clock: Clock
    ) -> EnrichedDocument:
        """What there is to say of a document, of which this text was left."""
        with clock.stage("describe"):
            metadata = describe.describe(extracted, cleaned)
        with clock.stage("language"):
            spoken = _spoken(text, extracted.metadata.language)
        with clock.stage("classify"):
            declared = extracted.metadata.kinds
            signs = None if extracted.page is None else page_signs(declared, metadata.url, metadata.origins)
            found = self._classifier.classify(metadata.title, cleaned.blocks, spoken, signs)
        with clock.stage("annotate"):
            noted = self._annotator.annotate(text, metadata, spoken, cleaned, extracted.links + cleaned.links)
        sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return EnrichedDocument(
            id=place.id,
            source=place.source,
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
            text=text,
            markdown=to_markdown(cleaned.blocks),
            blocks=cleaned.blocks,
            removed=extracted.removed + describe.with_bylines(cleaned.removed, metadata.bylines),
            entities=noted.entities,
            keyphrases=noted.keyphrases,
            links=noted.links,
            block_signatures=cleaned.signatures,
            dates_mentioned=noted.dates_mentioned,
            quality=noted.quality,
            fingerprints=Fingerprints(text_sha256=sha256, minhash=noted.minhash),
            warnings=extracted.warnings + found.warnings,
            provenance=self._provenance([], None),
        )

    def _provenance(self, stages: list[StageRun], flow_run_id: str | None) -> Provenance:
        return Provenance(
            docmill_version=DOCMILL_VERSION,
            pipeline_fingerprint=self.fingerprint,
            stages=tuple(stages),
            flow_run_id=flow_run_id,
            processed_at=datetime.now(UTC),
        )


def _spoken(body: str, declared: str | None) -> Language:
    """The text's language; where there is too little text to tell, the one the document declares."""
    seen = language.identify(body)
    code = (declared or "").lower().replace("_", "-").partition("-")[0]
    if seen.code != "und" or not (code.isascii() and code.isalpha() and 1 < len(code) <= _CODE_LETTERS):
        return seen
    return Language(code=code, confidence=_DECLARED, shares={code: 1.0})

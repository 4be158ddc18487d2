"""The output contract: what docmill writes for each source object."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from pydantic import Field

from schemas.base import Model

__all__ = [
    "SCHEMA_VERSION",
    "Block",
    "BlockKind",
    "DocumentSource",
    "EnrichedDocument",
    "Entity",
    "EntityType",
    "Evidence",
    "Fingerprints",
    "Label",
    "Language",
    "Link",
    "LinkKind",
    "MemberEntry",
    "Members",
    "Outcome",
    "Provenance",
    "Quality",
    "Reason",
    "Rejection",
    "Removal",
    "RemovalReason",
    "StageRun",
]

SCHEMA_VERSION: Final = "1.0"


class BlockKind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CODE = "code"
    QUOTE = "quote"
    CAPTION = "caption"
    NOTE = "note"
    LINE = "line"


class RemovalReason(StrEnum):
    """Why cleaning dropped a block."""

    NAVIGATION = "navigation"
    BREADCRUMB = "breadcrumb"
    BYLINE = "byline"
    CAPTION_CREDIT = "caption_credit"
    DUPLICATE = "duplicate"
    LOGIN_PROMPT = "login_prompt"
    COOKIE_BANNER = "cookie_banner"
    RELATED_LINKS = "related_links"
    SHARING = "sharing"
    LEGAL = "legal"
    CONTACT = "contact"
    SPAM = "spam"
    ADVERTISEMENT = "advertisement"
    PAGE_HEADER = "page_header"
    PAGE_FOOTER = "page_footer"
    COMMENT = "comment"
    SITE_FURNITURE = "site_furniture"
    BOILERPLATE = "boilerplate"
    UNREADABLE = "unreadable"


class Reason(StrEnum):
    """Why docmill will not process a document."""

    EMPTY = "empty"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    UNDECODABLE_TEXT = "undecodable_text"
    ENCRYPTED = "encrypted"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    NEEDS_OCR = "needs_ocr"
    NO_TEXT = "no_text"
    TOO_LARGE = "too_large"
    TOO_MANY_MEMBERS = "too_many_members"
    TOO_DEEP = "too_deep"
    COMPRESSION_RATIO = "compression_ratio"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    UNREADABLE = "unreadable"
    FAILED = "failed"


class DocumentSource(Model):
    """Where a document came from and what its bytes were."""

    uri: str = Field(description="`s3://bucket/key`, or the file name for local files.")
    bucket: str | None = None
    key: str
    etag: str | None = None
    version_id: str | None = None
    member: str | None = Field(
        default=None,
        description="Of a container's member: its name as found, never a path; `/!/` stands between a container "
        "within the container and its own member. The other fields but size, media_type, encoding and sha256 are "
        "then the outermost container's.",
    )
    size: int = Field(ge=0, description="Bytes.")
    last_modified: datetime | None = None
    media_type: str | None = Field(default=None, description="As detected from the content.")
    encoding: str | None = Field(default=None, description="Character encoding the text was decoded with.")
    sha256: str | None = Field(
        default=None,
        description="Of the bytes, without a Content-Encoding they are stored in, hexadecimal; null if never read.",
    )


class Language(Model):
    """The document's dominant language."""

    code: str = Field(description="ISO 639-1 where it exists, else 639-3; `und` if there is too little text.")
    confidence: float = Field(ge=0, le=1)
    script: str | None = Field(default=None, description="ISO 15924 code of what the dominant language is written in.")
    shares: dict[str, float] = Field(
        description="Share of the text's letters per language, an East Asian one counted twice; sums to 1."
    )


class Evidence(Model):
    """One thing that decided a label."""

    kind: Literal["sentence", "cue"]
    text: str
    weight: float = Field(
        description="What it adds to the score (cue), or by how much it is nearer to it than to others (sentence)."
    )


class Label(Model):
    """A category a taxonomy gave the document."""

    taxonomy: str
    id: str
    label: str = Field(description="The category's name in the document's language, else in English.")
    confidence: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()


class Block(Model):
    """A piece of the cleaned document, in reading order."""

    kind: BlockKind
    text: str
    start_line: int | None = Field(default=None, ge=1, description="First line of the decoded text input, 1-based.")
    end_line: int | None = Field(default=None, ge=1, description="Last line, inclusive.")
    page: int | None = Field(default=None, ge=1, description="Page, slide or sheet it starts on, 1-based.")
    level: int | None = Field(default=None, ge=1, description="Of a heading (1 to 6), or of a list item's nesting.")
    number: int | None = Field(
        default=None, description="Of an item in an ordered list, or of a row in its table, from 1."
    )


class Removal(Model):
    """A piece cleaning dropped. Over a text input, blocks and removals cover every non-blank line."""

    start_line: int | None = Field(default=None, ge=1)
    end_line: int | None = Field(default=None, ge=1)
    page: int | None = Field(default=None, ge=1)
    kind: BlockKind
    reason: RemovalReason
    text: str = Field(description="What was dropped, cut to 200 characters, or 1,000 of `site_furniture`.")


class EntityType(StrEnum):
    """What an entity is."""

    COUNTRY = "country"
    ORGANISATION = "organisation"
    PERSON = "person"
    PLACE = "place"
    EMAIL = "email"
    DOI = "doi"
    PATENT = "patent"
    MONEY = "money"


class Entity(Model):
    """Something the title or text names."""

    type: EntityType
    text: str = Field(description="As it is written most often.")
    canonical: str = Field(
        description="ISO 3166-1 code of a country, the full name for an acronym or part of a name, a city in English."
    )
    count: int = Field(ge=1, description="Mentions, those by acronym or part of the name included.")


class LinkKind(StrEnum):
    """What a link leads to."""

    COURSE = "course"
    VIDEO = "video"
    DATASET = "dataset"
    DOCUMENT = "document"
    SOCIAL = "social"
    OTHER = "other"


class Link(Model):
    """A link of the main content."""

    url: str = Field(description="Scheme http, https, mailto or doi.")
    text: str = Field(description="What it was shown as; empty for a bare address.")
    kind: LinkKind


class Quality(Model):
    """How well the text reads as a document, for consumers to filter by."""

    score: float = Field(ge=0, le=1, description="1 is ordinary prose; each signal out of its range takes from it.")
    signals: dict[str, float] = Field(description="Documented in docs/annotations.md; shares are of 0 to 1.")


class Fingerprints(Model):
    """Digests of the cleaned text, for finding duplicates."""

    text_sha256: str = Field(description="Of `text` in UTF-8, hexadecimal.")
    minhash: str | None = Field(
        default=None, description="128 values of 8 hexadecimal digits; the share that agrees estimates the similarity."
    )


class StageRun(Model):
    """One stage's part in making a document."""

    name: str
    version: str
    milliseconds: float = Field(ge=0)


class Provenance(Model):
    """What made this record, and when."""

    docmill_version: str
    pipeline_fingerprint: str
    stages: tuple[StageRun, ...]
    flow_run_id: str | None = None
    processed_at: datetime


class MemberEntry(Model):
    """One member in its container's record."""

    id: str = Field(description="Of the member's own record.")
    name: str = Field(description="As found, made harmless to show.")
    status: Literal["enriched", "rejected"]
    reason: Reason | None = None


class Members(Model):
    """What became of a container's direct members. Each has a record of its own."""

    count: int = Field(ge=0)
    enriched: int = Field(ge=0)
    rejected: int = Field(ge=0)
    reasons: dict[str, int] = Field(default={}, description="Rejected members by reason.")
    skipped: dict[str, int] = Field(default={}, description="Entries that are no documents: folders, links, requests.")
    complete: bool = Field(description="Whether the container was read to its end.")
    listed: tuple[MemberEntry, ...] = Field(
        default=(), description="The first 1,000 members, then up to 1,000 more of those rejected."
    )


class BlockSignature(Model):
    """Blocks of a page in elements of the same names, and how much of their text cleaning kept of itself."""

    path: str = Field(description="The innermost elements with their classes, such as `div.related>ul>li>a`.")
    kept: int = Field(description="Characters.")
    dropped: int = Field(description="Characters.")


class EnrichedDocument(Model):
    """A document docmill processed: the record under `enriched/`."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    id: str = Field(description="Stable over versions of the same source object.")
    status: Literal["enriched"] = "enriched"
    source: DocumentSource
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = Field(default=None, description="ISO 8601 date or date and time.")
    modified: str | None = Field(default=None, description="ISO 8601 date or date and time.")
    site_name: str | None = Field(default=None, description="The site or publication it appeared in.")
    url: str | None = Field(default=None, description="Canonical URL, where the document names one.")
    image: str | None = Field(default=None, description="Address of the lead image, where the document names one.")
    licence: str | None = Field(default=None, description="Address or name of the licence the document declares.")
    metadata_origins: dict[str, str] = Field(
        default_factory=dict,
        description="Where each of these fields was found: json_ld, open_graph, meta, microdata, visible_text, byline, "
        "page_data (what a page is drawn from), url, front_matter or file.",
    )
    language: Language
    content_type: Label | None = Field(default=None, description="Null where the classifier abstained.")
    topics: tuple[Label, ...] = Field(
        default=(), description="Most confident first, each followed by its wider categories; empty where it abstained."
    )
    text: str
    markdown: str = Field(
        default="", description="The text in Markdown: headings, lists, tables and code keep their shape."
    )
    blocks: tuple[Block, ...]
    removed: tuple[Removal, ...] = ()
    entities: tuple[Entity, ...] = Field(default=(), description="By type, most frequent first.")
    keyphrases: tuple[str, ...] = Field(default=(), description="Best first.")
    links: tuple[Link, ...] = ()
    block_signatures: tuple[BlockSignature, ...] = Field(
        default=(), description="Of a web page: where its text stood in the markup, and what cleaning made of it there."
    )
    dates_mentioned: tuple[str, ...] = Field(
        default=(), description="ISO 8601 dates, or months where no day is given, in order of first mention."
    )
    quality: Quality | None = Field(default=None, description="Null where switched off.")
    fingerprints: Fingerprints
    members: Members | None = Field(default=None, description="Of a container; its `text` then is their names.")
    warnings: tuple[str, ...] = Field(default=(), description="`code: explanation`, one a string.")
    provenance: Provenance


class Rejection(Model):
    """A document docmill will not process: the record under `quarantine/`. A value, not an exception."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    id: str
    status: Literal["rejected"] = "rejected"
    source: DocumentSource
    reason: Reason
    message: str = Field(description="One sentence for a person.")
    stage: str = Field(description="The stage that rejected it.")
    limits: dict[str, float] = Field(default={}, description="The settings that were in the way, and their values.")
    members: Members | None = Field(default=None, description="Of a container.")
    warnings: tuple[str, ...] = ()
    provenance: Provenance


Outcome = EnrichedDocument | Rejection

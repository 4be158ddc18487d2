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
    "Evidence",
    "Fingerprints",
    "Label",
    "Language",
    "Outcome",
    "Provenance",
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
    COMMENT = "comment"
    BOILERPLATE = "boilerplate"


class Reason(StrEnum):
    """Why docmill will not process a document."""

    EMPTY = "empty"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"
    UNDECODABLE_TEXT = "undecodable_text"
    NO_TEXT = "no_text"
    TOO_LARGE = "too_large"
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
    size: int = Field(ge=0, description="Bytes.")
    last_modified: datetime | None = None
    media_type: str | None = Field(default=None, description="As detected from the content.")
    encoding: str | None = Field(default=None, description="Character encoding the text was decoded with.")
    sha256: str | None = Field(default=None, description="Of the source bytes, hexadecimal; null if never read.")


class Language(Model):
    """The document's dominant language."""

    code: str = Field(description="ISO 639-1 where it exists, else 639-3; `und` if there is too little text.")
    confidence: float = Field(ge=0, le=1)
    shares: dict[str, float] = Field(description="Share of the text's characters per language; sums to 1.")


class Evidence(Model):
    """One thing that decided a label."""

    kind: Literal["sentence", "cue"]
    text: str
    weight: float = Field(description="Its similarity to the category (sentence) or its added score (cue).")


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
    level: int | None = Field(default=None, ge=1, description="Of a heading (1 to 6), or of a list item's nesting.")
    number: int | None = Field(default=None, description="Of an item in an ordered list.")


class Removal(Model):
    """A piece cleaning dropped. Over a text input, blocks and removals cover every non-blank line."""

    start_line: int | None = Field(default=None, ge=1)
    end_line: int | None = Field(default=None, ge=1)
    kind: BlockKind
    reason: RemovalReason
    text: str = Field(description="What was dropped, cut to 200 characters.")


class Fingerprints(Model):
    """Digests of the cleaned text, for finding duplicates."""

    text_sha256: str = Field(description="Of `text` in UTF-8, hexadecimal.")


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
    language: Language
    content_type: Label | None = Field(default=None, description="Null where the classifier abstained.")
    topics: tuple[Label, ...] = Field(default=(), description="Most confident first; empty where it abstained.")
    text: str
    markdown: str = Field(default="", description="The text in Markdown: headings, lists, tables and code keep their shape.")
    blocks: tuple[Block, ...]
    removed: tuple[Removal, ...] = ()
    fingerprints: Fingerprints
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
    warnings: tuple[str, ...] = ()
    provenance: Provenance


Outcome = EnrichedDocument | Rejection

"""A row of the catalog: docmill's ledger, one row a processed version."""

from datetime import datetime
from typing import Final, Literal

from pydantic import Field

from schemas.base import Model
from schemas.document import Reason

__all__ = ["CATALOG_VERSION", "CatalogRow", "RowStatus"]

CATALOG_VERSION: Final = 1
RowStatus = Literal["enriched", "rejected", "failed", "deleted"]


class CatalogRow(Model):
    """What became of one version of one source object, without the document itself. Columns are added, never changed.

    Of the rows of a bucket's key without a `member` the one with the greatest `sequence`, then `processed_at`, is
    current. A row of a container's member is of that same version if it has the `etag`, `pipeline_fingerprint` and
    `attempts` of the container's current row; of several such with the same `member_id` the newest is current.
    """

    schema_version: int = Field(default=CATALOG_VERSION, description="Of the row.")
    sequence: int = Field(default=0, description="Grows with every commit to the catalog; given when it is committed.")
    bucket: str = Field(description="The inbox's.")
    key: str = Field(description="Of the source object.")
    member: str | None = Field(default=None, description="Of a container's member: its name, as in the record.")
    member_id: str | None = Field(default=None, description="Of a container's member: its record's `id`.")
    etag: str = Field(description="Of the version that was processed, without quotes.")
    version_id: str | None = None
    size: int = Field(description="Bytes of the source object, or of the member.")
    last_modified: datetime | None = Field(default=None, description="Of the source object.")
    media_type: str | None = Field(default=None, description="As detected from the content.")
    status: RowStatus
    reason: Reason | None = Field(default=None, description="Why it was rejected.")
    stage: str | None = Field(
        default=None, description="The stage that rejected it; removal, then removed, if its record goes."
    )
    message: str | None = Field(default=None, description="Why it was rejected or failed, for a person.")
    attempts: int = Field(default=1, description="Tries at this version by this pipeline.")
    members: int = Field(default=0, description="Of a container: records of members, at all depths.")
    output_key: str | None = Field(description="The record's; null if there is none.")
    pipeline_fingerprint: str = Field(description="Of the pipeline that made the record, or tried.")
    docmill_version: str
    stages: dict[str, str] = Field(default_factory=dict, description="Versions of the stages that ran, by name.")
    title: str | None = None
    language: str | None = None
    content_type: str | None = None
    topics: tuple[str, ...] = Field(default=(), description="Most confident first.")
    lines_removed: int = 0
    milliseconds: float = Field(default=0.0, description="Spent refining.")
    flow_run_id: str | None = None
    processed_at: datetime

    @property
    def order(self) -> tuple[int, datetime]:
        """Of a document's rows the one with the greatest is current."""
        return self.sequence, self.processed_at

    @property
    def made(self) -> tuple[str, str, int]:
        """What tells the makings of a key's records apart."""
        return self.etag, self.pipeline_fingerprint, self.attempts

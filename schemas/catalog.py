"""A row of the catalog: docmill's ledger, one row a processed version."""

from datetime import datetime
from typing import Literal

from schemas.base import Model
from schemas.document import Reason

__all__ = ["CatalogRow"]


class CatalogRow(Model):
    """What became of one version of one source object, without the document itself."""

    key: str
    member: str | None = None
    etag: str
    version_id: str | None
    size: int
    status: Literal["enriched", "rejected"]
    reason: Reason | None
    output_key: str
    pipeline_fingerprint: str
    title: str | None
    language: str | None
    content_type: str | None
    topics: tuple[str, ...]
    lines_removed: int
    milliseconds: float
    flow_run_id: str | None
    processed_at: datetime

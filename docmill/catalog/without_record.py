"""The catalog's rows of what has no record: objects that could not be processed, and those that are deleted."""

from datetime import UTC, datetime
from importlib.metadata import version

from docmill.keys import Made
from schemas.catalog import CatalogRow
from schemas.source import SourceObject

__all__ = ["REMOVAL", "REMOVED", "row_of_failure", "tombstone"]

# Stages of a deleted object whose record goes too: it is about to be removed, or it is.
REMOVAL, REMOVED = "removal", "removed"


def row_of_failure(source: SourceObject, made: Made, message: str, run_id: str | None) -> CatalogRow:
    """The row of an object the store would not serve, for a later sweep to try again.

    Args:
        source: The object.
        made: What its record would have said: the pipeline, and which attempt this was.
        message: What went wrong.
        run_id: The flow run.
    """
    return CatalogRow(
        bucket=source.bucket,
        key=source.key,
        etag=source.etag,
        version_id=source.version_id,
        size=source.size,
        last_modified=source.last_modified,
        status="failed",
        message=message,
        attempts=made.attempts,
        output_key=None,
        pipeline_fingerprint=made.fingerprint,
        docmill_version=version("docmill"),
        flow_run_id=run_id,
        processed_at=datetime.now(UTC),
    )


def tombstone(bucket: str, key: str, made: Made | None, kept: str | None, stage: str | None = None) -> CatalogRow:
    """The row of an object that is deleted.

    Args:
        bucket: Of the inbox.
        key: The object's.
        made: What its last record says it was made from, if it had one.
        kept: That record's key, if it stays or is still there.
        stage: How far its removal is, if it does not stay.
    """
    return CatalogRow(
        bucket=bucket,
        key=key,
        etag=made.etag if made else "",
        version_id=made.version_id if made else None,
        size=0,
        status="deleted",
        stage=stage,
        attempts=made.attempts if made else 1,
        members=made.members if made and kept else 0,
        output_key=kept,
        pipeline_fingerprint=made.fingerprint if made else "",
        docmill_version=version("docmill"),
        processed_at=datetime.now(UTC),
    )

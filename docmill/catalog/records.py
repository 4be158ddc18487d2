"""The catalog's row of a record: as it is written, and, the same to the letter, from what lies in the bucket."""

import json
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from docmill.errors import ObjectNotFoundError
from docmill.keys import Made
from docmill.listing import list_objects
from docmill.names import SEPARATOR
from docmill.retry import retrying
from docmill.sandbox import Refined
from docmill.store.base import ObjectStore, StoredObject
from schemas.catalog import CatalogRow
from schemas.source import SourceObject

__all__ = ["read_rows", "row_of", "row_of_record"]


def row_of(source: SourceObject, refined: Refined, key: str, made: Made, run_id: str | None) -> CatalogRow:
    """The row of a record just written under `key`."""
    return CatalogRow(
        bucket=source.bucket,
        key=source.key,
        member=SEPARATOR.join(name for name, _ in refined.path) or None,
        member_id=made.member,
        etag=source.etag,
        version_id=source.version_id,
        size=refined.size if refined.path else source.size,
        last_modified=source.last_modified,
        media_type=refined.media_type,
        status=refined.status,
        reason=refined.reason,
        stage=refined.stage,
        message=refined.message,
        attempts=made.attempts,
        members=made.members,
        output_key=key,
        pipeline_fingerprint=made.fingerprint,
        docmill_version=refined.docmill_version,
        stages=dict(refined.stages),
        title=refined.title,
        language=refined.language,
        content_type=refined.content_type,
        topics=refined.topics,
        lines_removed=refined.lines_removed,
        milliseconds=refined.milliseconds,
        flow_run_id=run_id,
        processed_at=refined.processed_at,
    )


def row_of_record(stored: StoredObject) -> CatalogRow | None:
    """The row of a record in the bucket, by whichever version of docmill; None if it is not docmill's.

    The metadata is the truth about what it was made from; the body says the rest.
    """
    made = Made.read(stored.info.metadata)
    if made is None:
        return None
    try:
        return _row(json.loads(stored.data), stored.info.key, made)
    except (AttributeError, KeyError, TypeError, ValueError):  # something else lies in the record's place
        return None


def read_rows(output: ObjectStore, prefix: str, threads: int) -> Iterator[CatalogRow]:
    """The rows of the records whose keys begin so, several being read at the same time."""

    def one(key: str) -> CatalogRow | None:
        try:
            return row_of_record(retrying(lambda: output.get(key)))
        except ObjectNotFoundError:  # gone since it was listed
            return None

    under_way: deque[Future[CatalogRow | None]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="docmill-read") as pool:
        for item in list_objects(output, prefix):
            under_way.append(pool.submit(one, item.key))
            if len(under_way) > 2 * threads and (row := under_way.popleft().result()):
                yield row
        for future in under_way:
            if row := future.result():
                yield row


def _row(record: dict[str, Any], key: str, made: Made) -> CatalogRow:
    source, provenance = record["source"], record["provenance"]
    stages = provenance["stages"]
    label = record.get("content_type")
    return CatalogRow(
        bucket=source["bucket"],
        key=source["key"],
        member=source.get("member") if made.member else None,
        member_id=made.member,
        etag=made.etag,
        version_id=made.version_id,
        size=source["size"],
        last_modified=_time(source.get("last_modified")),
        media_type=source.get("media_type"),
        status=record["status"],
        reason=record.get("reason"),
        stage=record.get("stage"),
        message=record.get("message"),
        attempts=made.attempts,
        members=made.members,
        output_key=key,
        pipeline_fingerprint=made.fingerprint,
        docmill_version=provenance["docmill_version"],
        stages={stage["name"]: stage["version"] for stage in stages},
        title=record.get("title"),
        language=(record.get("language") or {}).get("code"),
        content_type=label["id"] if label else None,
        topics=tuple(topic["id"] for topic in record.get("topics", ())),
        lines_removed=sum(
            (removal.get("end_line") or 1) - (removal.get("start_line") or 1) + 1
            for removal in record.get("removed", ())
        ),
        milliseconds=round(sum(stage["milliseconds"] for stage in stages), 3),
        flow_run_id=provenance.get("flow_run_id"),
        processed_at=datetime.fromisoformat(provenance["processed_at"]),
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

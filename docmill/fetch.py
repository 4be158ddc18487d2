"""Reading source objects at the very version they were listed with."""

from docmill.errors import ObjectNotFoundError, PreconditionFailedError, StoreError
from docmill.retry import retrying
from docmill.stage import Refusal
from docmill.store.base import ObjectInfo, ObjectStore, StoredObject
from schemas.document import Reason
from schemas.source import RawDocument, SourceObject

__all__ = ["Fetcher", "too_large"]

MB = 1_000_000

_NO_MEDIA_TYPE = frozenset({None, "", "binary/octet-stream", "application/octet-stream"})  # said of any bytes


class Fetcher:
    """Reads one version of an object, or tells that there is another by now.

    Args:
        inbox: Where documents are read.
        most_mb: Larger objects are not read.
    """

    def __init__(self, inbox: ObjectStore, most_mb: float) -> None:
        self._inbox = inbox
        self.most_mb = most_mb

    def fetch(self, source: SourceObject) -> RawDocument:
        """The object with its version id, which listings leave out; without its bytes if it is too large.

        Raises:
            ObjectNotFoundError: It is gone.
            PreconditionFailedError: It has another etag by now.
        """
        if too_large(source.size, self.most_mb):
            return RawDocument(data=b"", key=source.key, source=source)
        stored = self._read(source)
        if stored.info.etag != source.etag:  # the store does not do conditional reads
            raise PreconditionFailedError(f"object {source.key!r} has another etag by now")
        found = source.model_copy(update={"version_id": stored.info.version_id, "size": len(stored.data)})
        return RawDocument(data=stored.data, key=source.key, media_type=_declared(stored.info), source=found)

    def _read(self, source: SourceObject) -> StoredObject:
        try:
            return retrying(lambda: self._inbox.get(source.key, if_match=source.etag))
        except PreconditionFailedError:
            if not self.is_current(source):
                raise
            # Some stores refuse the right etag too: the caller compares what comes without the condition.
            return retrying(lambda: self._inbox.get(source.key))

    def is_current(self, source: SourceObject) -> bool:
        """Whether this still is the version in the inbox."""
        try:
            return retrying(lambda: self._inbox.head(source.key)).etag == source.etag
        except ObjectNotFoundError:
            return False

    def may_be_current(self, source: SourceObject) -> bool:
        """As `is_current`; of an object that does not even tell its etag no one can have made anything newer."""
        try:
            return self.is_current(source)
        except StoreError:
            return True


def too_large(size: int, most_mb: float) -> Refusal | None:
    """Why an object, or a file, of so many bytes is not read; None if it is."""
    if size <= most_mb * MB:
        return None
    message = f"The object has {size} bytes; max_object_mb allows {most_mb:g} MB."
    return Refusal("fetch", Reason.TOO_LARGE, message)


def _declared(info: ObjectInfo) -> str | None:
    """The uploader's media type; the one stores give to what came without is none."""
    return None if info.media_type in _NO_MEDIA_TYPE else info.media_type

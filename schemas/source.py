"""What comes in: an object in the inbox, and its bytes."""

from datetime import datetime

from pydantic import Field

from schemas.base import Model

__all__ = ["RawDocument", "SourceObject"]


class SourceObject(Model):
    """One object in the inbox bucket, as a listing or a HEAD request describes it."""

    bucket: str
    key: str
    etag: str = Field(description="Entity tag without the surrounding quotes.")
    version_id: str | None = None
    size: int = Field(ge=0, description="Bytes.")
    last_modified: datetime | None = None

    @property
    def uri(self) -> str:
        """The object as `s3://bucket/key`."""
        return f"s3://{self.bucket}/{self.key}"


class RawDocument(Model):
    """The bytes of one document and what is known of them before they are read."""

    data: bytes = Field(repr=False)
    key: str = Field(description="Object key or file name; its extension is a hint, never trusted alone.")
    media_type: str | None = Field(default=None, description="As declared by the uploader, if at all.")
    source: SourceObject | None = Field(default=None, description="Where the bytes came from, if from a bucket.")

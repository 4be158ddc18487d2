"""S3 and the stores that speak its protocol, through boto3. Imported by its path only: boto3 is heavy."""

import builtins
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from docmill.aws import DEFAULT_REGION, aws_client
from docmill.errors import (
    AccessDeniedError,
    InvalidKeyError,
    ObjectNotFoundError,
    PreconditionFailedError,
    TransientStoreError,
)
from docmill.store.base import Capabilities, ObjectInfo, StoredObject
from docmill.store.etag import bare, may_be_of, quoted
from docmill.store.limits import check_key, check_metadata
from docmill.store.probe import CachedProbe
from docmill.store.s3_errors import field, translated

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        DeleteObjectRequestTypeDef,
        GetObjectOutputTypeDef,
        GetObjectRequestTypeDef,
        HeadObjectOutputTypeDef,
        ObjectTypeDef,
        PutObjectRequestTypeDef,
    )

__all__ = ["S3Store", "create_bucket", "make_client"]

_UNSAID = {"400", "403"}  # all there is of an answer to HEAD, which has no body: expired credentials, clocks, no rights


def make_client(max_pool_connections: int) -> "S3Client":
    """A client configured by the standard AWS chain; make one a process and share it between threads.

    With an endpoint URL, boto3 puts the bucket in the path unless the AWS configuration says otherwise.

    Args:
        max_pool_connections: Connections kept open: at least the number of threads that will share the client.

    Raises:
        ConfigError: The profile or the endpoint URL is unusable.
    """
    client: S3Client = aws_client("s3", max_pool_connections)
    return client


def create_bucket(client: "S3Client", name: str) -> None:
    """Create a bucket; no error if it is one's own already.

    Raises:
        StoreError: The name is invalid or someone else's, or the store does not let us.
    """
    region = client.meta.region_name
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != DEFAULT_REGION else {}
    with translated(f"create bucket {name!r}"):
        try:
            client.create_bucket(Bucket=name, **elsewhere)  # type: ignore[arg-type]  # the stubs list all regions
        except client.exceptions.BucketAlreadyOwnedByYou:
            return


class S3Store:
    """An `ObjectStore` on a bucket. Threads may share it, and stores may share the client.

    Args:
        bucket: The bucket's name.
        client: What `make_client` made.
    """

    def __init__(self, bucket: str, client: "S3Client") -> None:
        self._bucket = bucket
        self._client = client
        self._probe = CachedProbe()

    @property
    def bucket(self) -> str:
        """The bucket's name."""
        return self._bucket

    @property
    def client(self) -> "S3Client":
        """What it was made with."""
        return self._client

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Every object whose key starts with `prefix`, page by page, in the server's order."""
        # No EncodingType: boto3 then asks for `url` itself, and decodes what it asked for.
        pages = iter(self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix))
        while True:
            with translated(f"list objects under {prefix!r} in bucket {self._bucket!r}", of_bucket=True):
                if (page := next(pages, None)) is None:
                    return
                field(page, "IsTruncated")
            yield from map(_listed, page.get("Contents", ()))

    def list_level(self, prefix: str) -> tuple[builtins.list[ObjectInfo], builtins.list[str]] | None:
        """The objects directly under `prefix` and its folders; None if they are too many for one page."""
        with translated(f"list objects under {prefix!r} in bucket {self._bucket!r}", of_bucket=True):
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, Delimiter="/")
            if field(page, "IsTruncated"):
                return None
        folders = [found["Prefix"] for found in page.get("CommonPrefixes", ())]
        return [_listed(item) for item in page.get("Contents", ())], folders

    def keys_after(self, prefix: str, after: str) -> tuple[builtins.list[str], bool]:
        """The first keys under `prefix` that come after a key, as many as a page holds, and whether there are more."""
        with translated(f"list objects under {prefix!r} in bucket {self._bucket!r}", of_bucket=True):
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, StartAfter=after)
            return [item["Key"] for item in page.get("Contents", ())], field(page, "IsTruncated")

    def head(self, key: str) -> ObjectInfo:
        """The object's description, metadata included."""
        check_key(key)
        try:
            with self._translated("describe", key):
                return _info(key, self._described(key))
        except ObjectNotFoundError:
            self._check_bucket()
            raise

    def _described(self, key: str) -> "HeadObjectOutputTypeDef":
        """The answer; where it is a refusal without a reason, it is asked for by a request whose answer has one."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"].get("Code") in _UNSAID:
                self._client.get_object(Bucket=self._bucket, Key=key)["Body"].close()  # raises what is wrong
            raise

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """The object's bytes; with `if_match`, only if it still has that etag.

        Not every store sends checksums for boto3 to check. An etag usually is the MD5: where it is not the bytes',
        they are read again, and have to be the same.
        """
        check_key(key)
        stored, fits = self._get(key, if_match)
        if fits or self._get(key, if_match)[0].data == stored.data:
            return stored
        raise TransientStoreError(f"cannot get object {key!r} in bucket {self._bucket!r}: it was damaged on the way")

    def _get(self, key: str, if_match: str | None) -> tuple[StoredObject, bool]:
        """The object, and whether its etag may be that of its bytes."""
        request: GetObjectRequestTypeDef = {"Bucket": self._bucket, "Key": key}
        if if_match is not None:
            request["IfMatch"] = quoted(if_match)
        with self._translated("get", key):
            answer = self._client.get_object(**request)
            with answer["Body"] as body:
                stored = StoredObject(_info(key, answer), body.read())
        return stored, _may_fit(answer, stored)

    def put(  # noqa: PLR0913  the protocol's
        self,
        key: str,
        data: bytes,
        *,
        media_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
        if_match: str | None = None,
        if_none_match: bool = False,
    ) -> str:
        """Write an object and return its etag; with a condition, only where it holds.

        boto3 repeats a request whose answer was lost. If the lost answer was a success, the repetition of a
        conditional write fails its condition: after a `PreconditionFailedError` look at what the object holds.
        """
        check_key(key)
        check_metadata(metadata or {})
        request: PutObjectRequestTypeDef = {
            "Bucket": self._bucket,
            "Key": key,
            "Body": data,
            "ContentType": media_type,
            "Metadata": dict(metadata or {}),
        }
        if if_match is not None:
            request["IfMatch"] = quoted(if_match)
        if if_none_match:
            request["IfNoneMatch"] = "*"
        try:
            with self._translated("put", key):
                return bare(field(self._client.put_object(**request), "ETag"))
        except ObjectNotFoundError as error:
            if if_match is None:  # the server took the key for another path, or knows no bucket
                self._check_bucket()
                raise InvalidKeyError(error.message, hint="rename the object or use another store") from error
            # S3's answer where there is nothing to match
            raise PreconditionFailedError(error.message, hint="there is no such object any more") from error

    def delete(self, key: str, *, if_match: str | None = None) -> None:
        """Remove an object, with `if_match` only if it still has that etag; no error if there is none."""
        check_key(key)
        request: DeleteObjectRequestTypeDef = {"Bucket": self._bucket, "Key": key}
        if if_match is not None:
            request["IfMatch"] = quoted(if_match)
        with suppress(ObjectNotFoundError), self._translated("delete", key):
            self._client.delete_object(**request)

    def capabilities(self, scratch_prefix: str = "") -> Capabilities:
        """Try out, once an instance, what the store can do, on a scratch object under `scratch_prefix`."""
        return self._probe(self, scratch_prefix)

    def _translated(self, verb: str, key: str) -> AbstractContextManager[None]:
        return translated(f"{verb} object {key!r} in bucket {self._bucket!r}", key)

    def _check_bucket(self) -> None:
        """Raise if the bucket is missing: a HEAD answer has no body to say whether it or the key is."""
        with suppress(AccessDeniedError), translated(f"find bucket {self._bucket!r}", of_bucket=True):
            self._client.head_bucket(Bucket=self._bucket)


def _listed(item: "ObjectTypeDef") -> ObjectInfo:
    return ObjectInfo(
        key=item["Key"], etag=bare(item["ETag"]), size=item["Size"], last_modified=_utc(item["LastModified"])
    )


def _info(key: str, answer: "HeadObjectOutputTypeDef | GetObjectOutputTypeDef") -> ObjectInfo:
    return ObjectInfo(
        key=key,
        etag=bare(field(answer, "ETag")),
        size=answer["ContentLength"],
        last_modified=_utc(field(answer, "LastModified")),
        version_id=answer.get("VersionId"),
        media_type=answer.get("ContentType"),
        # Header names have no case: some servers answer in lower case, some in title case.
        metadata={name.lower(): value for name, value in answer["Metadata"].items()},
    )


def _may_fit(answer: "GetObjectOutputTypeDef", stored: StoredObject) -> bool:
    """Whether the etag may be that of the bytes: it is none where they are encrypted with special keys."""
    encrypted = "SSECustomerAlgorithm" in answer or answer.get("ServerSideEncryption", "AES256") != "AES256"
    return encrypted or may_be_of(stored.info.etag, stored.data)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)

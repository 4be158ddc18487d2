"""The data plane: single objects read and written through obstore, which takes a tenth of boto3's processor time.

boto3 stays for everything else, and is asked again wherever obstore's answer is not a plain yes or an expected no: its
errors are the ones that are translated. Imported by its path only, as `docmill.store.s3`.
"""

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import boto3
import obstore
from botocore.credentials import RefreshableCredentials
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import S3Store as Rust

from docmill.aws import CONNECT_SECONDS, READ_SECONDS, is_public_s3
from docmill.errors import ObjectNotFoundError, PreconditionFailedError, TransientStoreError
from docmill.store.base import ObjectInfo, StoredObject
from docmill.store.etag import bare, may_be_of, quoted
from docmill.store.limits import check_key, check_metadata
from docmill.store.s3 import S3Store

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from obstore import GetResult

    from schemas.settings import Settings

__all__ = ["FastStore", "bucket_store"]

T = TypeVar("T")
# What obstore takes for other paths, or refuses: empty and dotted segments, control characters.
_PLAIN = re.compile(r"(?!/)(?!.*(?://|/$))(?!(?:.*/)?\.{1,2}(?:/|$))[^\x00-\x1f\x7f]+", re.DOTALL)
_NUMERIC = re.compile(r"[\d.]+|[0-9a-f:.%]*:.*")  # addresses of IP
_BUSY = re.compile(r"status code: (?:429|503)|SlowDown")
_HEADERS = {"content-type", "content-disposition", "content-encoding", "content-language", "cache-control"}
_HEADERS |= {"storage-class"}
_NOT_SEEN = "no object {key!r} in bucket {bucket!r}"
_LATER = "the store is busy or failing: try again"


def bucket_store(bucket: str, client: "S3Client", settings: "Settings") -> S3Store:
    """A bucket's store: fast, where the AWS configuration asks for nothing that only boto3 knows of."""
    if settings.s3_client == "boto3" or _is_special(client):
        return S3Store(bucket, client)
    return FastStore(bucket, client)


def _is_special(client: "S3Client") -> bool:
    config = client.meta.config
    options = config.s3 or {}  # type: ignore[attr-defined]  # the stubs lack it
    encrypted = client.meta.endpoint_url.startswith("https:")
    certificates = encrypted and any(os.environ.get(name) for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"))
    return bool(options.keys() - {"addressing_style"} or config.proxies or certificates)  # type: ignore[attr-defined]


class FastStore(S3Store):
    """An `ObjectStore` on a bucket; as `S3Store`, whose client's endpoint, region and credentials it uses."""

    def __init__(self, bucket: str, client: "S3Client") -> None:
        super().__init__(bucket, client)
        self._rust = Rust(bucket, **_options(bucket, client))
        self._found_bucket = False
        self._etags_are_md5 = True

    def head(self, key: str) -> ObjectInfo:
        """The object's description, metadata included."""
        check_key(key)
        if not _PLAIN.fullmatch(key):
            return super().head(key)
        try:
            with suppress(BaseError):
                found = _info(key, self._ask(lambda: obstore.get(self._rust, key, options={"head": True}), key))
                if found.etag:  # else it is no store that answers: boto3 says so
                    return found
        except ObjectNotFoundError:
            if not self._found_bucket:  # the answer does not say which of the two is missing
                self._check_bucket()
                self._found_bucket = True
            raise
        return super().head(key)

    def get(self, key: str, *, if_match: str | None = None) -> StoredObject:
        """The object's bytes; with `if_match`, only if it still has that etag."""
        check_key(key)
        if not self._etags_are_md5 or not _PLAIN.fullmatch(key):
            return super().get(key, if_match=if_match)
        with suppress(BaseError, ObjectNotFoundError):  # which is missing, bucket or object, boto3 says
            stored = self._ask(lambda: self._read(key, if_match), key)
            if stored.info.etag and may_be_of(stored.info.etag, stored.data):
                return stored
            again = super().get(key, if_match=if_match)
            # The same bytes twice are what was stored: this bucket's etags are made otherwise (encryption with keys).
            self._etags_are_md5 = again.data != stored.data
            return again
        return super().get(key, if_match=if_match)

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

        A write whose answer was lost is repeated by boto3: as there, look after a `PreconditionFailedError`.
        """
        check_key(key)
        check_metadata(metadata or {})
        mode: Any = {"e_tag": quoted(if_match)} if if_match is not None else "create" if if_none_match else "overwrite"
        attributes = {"Content-Type": media_type, **(metadata or {})}
        if _PLAIN.fullmatch(key) and not attributes.keys() & _HEADERS:
            with suppress(BaseError, ObjectNotFoundError):
                answer = self._ask(
                    lambda: obstore.put(self._rust, key, data, attributes=attributes, mode=mode, use_multipart=False),
                    key,
                )
                if etag := answer["e_tag"]:
                    return bare(etag)
        return super().put(
            key, data, media_type=media_type, metadata=metadata, if_match=if_match, if_none_match=if_none_match
        )

    def _read(self, key: str, if_match: str | None) -> StoredObject:
        options: Any = {"if_match": f'"{if_match}"'} if if_match is not None else None
        result = obstore.get(self._rust, key, options=options)
        return StoredObject(_info(key, result), bytes(result.bytes()))

    def _ask(self, request: Callable[[], T], key: str) -> T:
        """The answer, or an expected no; any other error of obstore's is passed on, to be suppressed.

        Raises:
            ObjectNotFoundError: No such key, or no such bucket.
            PreconditionFailedError: The condition did not hold.
            TransientStoreError: The store asks to be asked less often.
        """
        try:
            return request()
        except FileNotFoundError as error:
            raise ObjectNotFoundError(_NOT_SEEN.format(key=key, bucket=self.bucket)) from error
        except (PreconditionError, AlreadyExistsError) as error:
            raise PreconditionFailedError(
                f"object {key!r} in bucket {self.bucket!r} is another one by now", hint="another writer was faster"
            ) from error
        except BaseError as error:
            if _BUSY.search(str(error)):
                raise TransientStoreError(f"bucket {self.bucket!r} takes no more requests now", hint=_LATER) from error
            raise


def _options(bucket: str, client: "S3Client") -> dict[str, Any]:
    """What makes obstore use what the AWS chain gave boto3."""
    options: dict[str, Any] = {
        "region": client.meta.region_name,
        "client_options": {
            "allow_http": client.meta.endpoint_url.startswith("http://"),
            "connect_timeout": f"{CONNECT_SECONDS}s",
            "timeout": f"{READ_SECONDS}s",
        },
        "retry_config": {"max_retries": 0},  # boto3 asks again
    }
    options |= _address(bucket, client)
    session = boto3.session.Session()
    credentials = session.get_credentials()
    if credentials is None or isinstance(credentials, RefreshableCredentials):
        return options | ({"credential_provider": Boto3CredentialProvider(session)} if credentials else {})
    frozen = credentials.get_frozen_credentials()
    options |= {"access_key_id": frozen.access_key, "secret_access_key": frozen.secret_key}
    return options | ({"session_token": frozen.token} if frozen.token else {})


def _address(bucket: str, client: "S3Client") -> dict[str, Any]:
    """Where the bucket is. Always said: obstore would take the environment's endpoint, and leave the bucket out."""
    endpoint = client.meta.endpoint_url
    parts = urlsplit(endpoint)
    style = (client.meta.config.s3 or {}).get("addressing_style")  # type: ignore[attr-defined]
    virtual = style == "virtual" or (style != "path" and is_public_s3(endpoint))
    if "." in bucket or _NUMERIC.fullmatch(parts.hostname or ""):
        virtual = False  # it can be no part of the host
    if virtual:
        endpoint = parts._replace(netloc=f"{bucket}.{parts.netloc}").geturl()
    return {"aws_endpoint_url_s3": endpoint, "virtual_hosted_style_request": virtual}  # before all other endpoints


def _info(key: str, result: "GetResult") -> ObjectInfo:
    meta, attributes = result.meta, {str(name).lower(): value for name, value in result.attributes.items()}
    return ObjectInfo(
        key=key,
        etag=bare(meta["e_tag"] or ""),
        size=meta["size"],
        last_modified=meta["last_modified"].astimezone(UTC),
        version_id=meta["version"],
        media_type=attributes.get("content-type"),
        metadata={name: value for name, value in attributes.items() if name not in _HEADERS},
    )

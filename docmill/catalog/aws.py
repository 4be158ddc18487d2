"""The catalog on S3: what boto3 found in the AWS chain, in the words of the Delta library. Heavy: imports boto3."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import boto3

from docmill.aws import is_public_s3
from docmill.catalog.exclusion import StoreLock
from docmill.catalog.table import Catalog
from docmill.errors import ConfigError
from docmill.store.base import ObjectStore
from docmill.store.s3_errors import translated
from schemas.settings import split_location

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = ["FOLDER", "open_catalog"]

FOLDER = "catalog"
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


def open_catalog(location: str, output: ObjectStore, client: "S3Client", *, reading: bool = False) -> Catalog:
    """The catalog under an output location.

    Args:
        location: `s3://bucket/prefix`.
        output: The bucket's store: it says whether commits need a lock.
        client: Its endpoint and region are used, and the credentials that boto3 finds as it found the client's.
        reading: Nothing will be committed: the store need not be tried out.

    Raises:
        ConfigError: The Delta library would take the location for another.
    """
    bucket, prefix = split_location(location)
    if found := _ESCAPE.search(prefix):
        hint = "rename that folder, without the percent sign"
        raise ConfigError(f"setting output is {location!r}: {found[0]!r} in it would be decoded", hint=hint)
    session = boto3.session.Session()
    fixed = _endpoint(client)

    def options() -> dict[str, str]:
        return fixed | _credentials(session)

    place = f"s3://{bucket}/{quote(prefix)}{FOLDER}"  # read as a URL, which `#` and `?` would end
    if reading or output.capabilities(prefix).put_if_none_match:
        return Catalog(place, options)
    lock = StoreLock(output, f"{prefix}{FOLDER}-lock")
    unsafe = {"aws_s3_allow_unsafe_rename": "true"}  # made safe by the lock
    return Catalog(place, lambda: options() | unsafe, lock.held)


def _endpoint(client: "S3Client") -> dict[str, str]:
    url = client.meta.endpoint_url
    found = {"aws_region": client.meta.region_name, "aws_conditional_put": "etag"}
    if not is_public_s3(url):
        found["aws_endpoint_url"] = url
    if url.startswith("http://"):
        found["aws_allow_http"] = "true"
    return found


def _credentials(session: boto3.session.Session) -> dict[str, str]:
    with translated("find credentials"):
        found = session.get_credentials()
        if found is None:  # a public bucket; or the store has said so before
            return {"aws_skip_signature": "true"}
        frozen = found.get_frozen_credentials()
    options = {"aws_access_key_id": frozen.access_key or "", "aws_secret_access_key": frozen.secret_key or ""}
    return options | ({"aws_session_token": frozen.token} if frozen.token else {})

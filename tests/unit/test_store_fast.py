"""The fast store is taken where it can do what the AWS configuration says, and boto3 where only that can."""

from pathlib import Path

import pytest

from docmill.catalog.aws import _endpoint, open_catalog
from docmill.errors import ConfigError
from docmill.store import MemoryStore
from docmill.store.s3 import make_client
from docmill.store.s3_fast import FastStore, _options, bucket_store
from schemas import Settings

VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")


@pytest.mark.parametrize(
    ("endpoint", "bundle", "chosen", "fast"),
    [
        ("http://127.0.0.1:9", None, "auto", True),
        ("http://127.0.0.1:9", "/etc/ssl/own.pem", "auto", True),  # nothing is encrypted there
        ("https://store.example", None, "auto", True),
        ("https://store.example", "/etc/ssl/own.pem", "auto", False),
        ("http://127.0.0.1:9", None, "boto3", False),
    ],
)
def test_the_fast_store_is_taken_where_it_can_be(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, bundle: str | None, chosen: str, fast: bool
) -> None:
    """Certificates of one's own are only boto3's to read; the setting has the last word."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    if bundle:
        monkeypatch.setenv("AWS_CA_BUNDLE", bundle)
    client = make_client(2)
    store = bucket_store("bucket", client, Settings(s3_client=chosen))  # type: ignore[arg-type]
    client.close()
    assert isinstance(store, FastStore) is fast


@pytest.mark.parametrize(
    ("endpoint", "style", "bucket", "address"),
    [
        (None, None, "bucket", "https://bucket.s3.eu-west-3.amazonaws.com"),
        (None, None, "a.bucket", "https://s3.eu-west-3.amazonaws.com"),  # there is no certificate for its name
        (None, "path", "bucket", "https://s3.eu-west-3.amazonaws.com"),
        ("https://s3.eu-west-3.amazonaws.com", None, "bucket", "https://bucket.s3.eu-west-3.amazonaws.com"),
        ("https://bucket.vpce-1.s3.eu-west-3.vpce.amazonaws.com", None, "bucket", None),
        ("http://store.example:9000", None, "bucket", None),
        ("http://store.example:9000", "virtual", "bucket", "http://bucket.store.example:9000"),
        ("http://127.0.0.1:9000", "virtual", "bucket", None),
    ],
)
def test_the_bucket_is_part_of_the_address(  # noqa: PLR0917
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    endpoint: str | None,
    style: str | None,
    bucket: str,
    address: str | None,
) -> None:
    """In its host or before the key. Left out, a key's first part was taken for a bucket, somebody's perhaps."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "config").write_text(f"[default]\ns3 =\n  addressing_style = {style}\n" if style else "")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    client = make_client(2)
    options, of_catalog = _options(bucket, client), _endpoint(client)
    client.close()
    assert options["aws_endpoint_url_s3"] == (address or endpoint)
    assert options["virtual_hosted_style_request"] is (f"//{bucket}." in (address or ""))
    own = endpoint is not None and not endpoint.startswith("https://s3.")
    assert of_catalog.get("aws_endpoint_url") == (endpoint if own else None)


def test_the_catalog_lies_where_the_records_are() -> None:
    """Its library reads a URL: `#` ended the folder's name, so that outputs `a#1` and `a#2` had one catalog, in `a`."""
    client = make_client(1)
    assert open_catalog("s3://b/a#1/ü?", MemoryStore(), client).location == "s3://b/a%231/%C3%BC%3F/catalog"
    with pytest.raises(ConfigError, match="'%20' in it would be decoded"):
        open_catalog("s3://b/a%20b", MemoryStore(), client)
    client.close()

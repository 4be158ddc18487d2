"""The fast store is taken where it can do what the AWS configuration says, and boto3 where only that can."""

import pytest

from docmill.store.s3 import make_client
from docmill.store.s3_fast import FastStore, bucket_store
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

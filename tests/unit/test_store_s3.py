"""boto3's errors come out as docmill's."""

import hashlib
import io
import os
from datetime import UTC, datetime

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber
from urllib3.exceptions import ProtocolError

from docmill import errors
from docmill.store import MemoryStore
from docmill.store.base import Capabilities
from docmill.store.probe import CachedProbe
from docmill.store.s3 import S3Store, make_client
from docmill.store.s3_errors import translated


@pytest.fixture
def client():
    client = make_client(1)
    yield client
    client.close()


@pytest.fixture
def stub(client):
    with Stubber(client) as stub:
        yield stub


ANSWERS = [
    ("NoSuchKey", 404, errors.ObjectNotFoundError),
    ("NoSuchBucket", 404, errors.BucketNotFoundError),
    ("InvalidBucketName", 400, errors.BucketNotFoundError),
    ("PreconditionFailed", 412, errors.PreconditionFailedError),
    ("412", 412, errors.PreconditionFailedError),
    ("304", 304, errors.PreconditionFailedError),
    ("AccessDenied", 403, errors.AccessDeniedError),
    ("403", 403, errors.AccessDeniedError),
    ("InvalidAccessKeyId", 403, errors.AccessDeniedError),
    ("SignatureDoesNotMatch", 403, errors.AccessDeniedError),
    ("ExpiredToken", 400, errors.AccessDeniedError),
    ("RequestTimeTooSkewed", 403, errors.AccessDeniedError),
    ("SomeCodeOfTheFuture", 403, errors.AccessDeniedError),
    ("KeyTooLongError", 400, errors.InvalidKeyError),
    ("SlowDown", 503, errors.TransientStoreError),
    ("503", 503, errors.TransientStoreError),
    ("InternalError", 500, errors.TransientStoreError),
    ("SomeCodeOfTheFuture", 502, errors.TransientStoreError),
    ("ConditionalRequestConflict", 409, errors.TransientStoreError),
    ("", 429, errors.TransientStoreError),
    ("PermanentRedirect", 301, errors.StoreError),
    ("InvalidObjectState", 403, errors.StoreError),
    ("NotImplemented", 501, errors.StoreError),
    ("InvalidRequest", 400, errors.StoreError),
]


@pytest.mark.parametrize(
    ("code", "message"),
    [("InvalidArgument", "Unsupported header 'x-amz-sdk-checksum-algorithm'"), ("SignatureDoesNotMatch", "Denied.")],
)
def test_a_store_that_takes_no_checksums_is_told_of(client, stub, code, message):
    """Older stores refuse the headers that boto3 sends of itself, or take them to spoil the signature."""
    stub.add_client_error("put_object", code, message, 400)
    with pytest.raises(errors.StoreError) as caught:
        S3Store("b", client).put("k", b"data")
    assert "AWS_REQUEST_CHECKSUM_CALCULATION=when_required" in str(caught.value)


@pytest.mark.parametrize(("code", "status", "expected"), ANSWERS)
def test_answer_becomes_one_of_our_errors(client, stub, code, status, expected):
    """Each answer of a store becomes the one error that says what to do about it, in one line that names the object."""
    stub.add_client_error("get_object", code, "so it\n is", status)
    with pytest.raises(errors.StoreError, match="get object 'k' in bucket 'b': so it is") as caught:
        S3Store("b", client).get("k")
    assert type(caught.value) is expected
    assert isinstance(caught.value.__cause__, boto.ClientError)
    assert "\n" not in str(caught.value)


FAILURES = [
    (boto.EndpointConnectionError(endpoint_url="http://x"), errors.StoreUnreachableError),
    (boto.ConnectTimeoutError(endpoint_url="http://x"), errors.StoreUnreachableError),
    (boto.ReadTimeoutError(endpoint_url="http://x"), errors.StoreUnreachableError),
    (boto.ProxyConnectionError(proxy_url="http://x"), errors.StoreUnreachableError),
    (boto.SSLError(endpoint_url="http://x", error="bad"), errors.StoreUnreachableError),
    (boto.ConnectionClosedError(endpoint_url="http://x"), errors.TransientStoreError),
    (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), errors.TransientStoreError),
    (boto.ResponseStreamingError(error="cut"), errors.TransientStoreError),
    (boto.FlexibleChecksumError(error_msg="differs"), errors.TransientStoreError),
    (ResponseParserError("no XML"), errors.TransientStoreError),
    (ProtocolError("Connection broken"), errors.TransientStoreError),
    (boto.NoCredentialsError(), errors.AccessDeniedError),
    (boto.PartialCredentialsError(provider="env", cred_var="x"), errors.AccessDeniedError),
    (boto.CredentialRetrievalError(provider="x", error_msg="y"), errors.AccessDeniedError),
    (boto.UnauthorizedSSOTokenError(), errors.AccessDeniedError),
    (boto.ProfileNotFound(profile="x"), errors.ConfigError),
]


@pytest.mark.parametrize(("raised", "expected"), FAILURES, ids=lambda value: type(value).__name__)
def test_failure_becomes_one_of_our_errors(raised, expected):
    """Each failure to get an answer becomes the one error that says what to do about it, with a hint."""
    with pytest.raises(expected, match="cannot try") as caught, translated("try"):
        raise raised
    assert type(caught.value) is expected
    assert caught.value.hint


def test_refused_parameter_becomes_one_of_our_errors(client):
    """A bucket name boto3 itself refuses is a bucket that cannot be there."""
    with pytest.raises(errors.BucketNotFoundError):
        S3Store("not a bucket!", client).get("k")


def test_other_exceptions_pass():
    """What is not boto3's is not touched."""
    error = KeyError("bug")
    with pytest.raises(KeyError) as caught, translated("try"):
        raise error
    assert caught.value is error


@pytest.mark.parametrize(
    ("bucket_status", "expected"),
    [(None, errors.ObjectNotFoundError), (404, errors.BucketNotFoundError), (403, errors.ObjectNotFoundError)],
)
def test_head_tells_missing_bucket_from_missing_object(client, stub, bucket_status, expected):
    """A HEAD answer 404 is looked into; a bucket that may not be looked at counts as being there."""
    stub.add_client_error("head_object", "404", "Not Found", 404)
    if bucket_status:
        stub.add_client_error("head_bucket", str(bucket_status), "", bucket_status)
    else:
        stub.add_response("head_bucket", {})
    with pytest.raises(expected) as caught:
        S3Store("b", client).head("k")
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("ExpiredToken", 400, "sign in again"),
        ("RequestTimeTooSkewed", 403, "clock"),
        ("AccessDenied", 403, "allow s3:"),
    ],
)
def test_a_refusal_without_a_reason_is_asked_for_it(client, stub, code, status, said):
    """An answer to HEAD has no body: credentials that ran out would be a `Bad Request`, and a clock a policy."""
    stub.add_client_error("head_object", str(status), "", status)
    stub.add_client_error("get_object", code, "no", status)
    with pytest.raises(errors.AccessDeniedError, match=rf"cannot describe object 'k' .*\[{code}\]") as caught:
        S3Store("b", client).head("k")
    assert said in str(caught.value.hint)


def test_a_refusal_of_heads_alone_stays_one(client, stub):
    """What a GET would have answered is not what was asked for."""
    stub.add_client_error("head_object", "403", "", 403)
    stub.add_response("get_object", {"Body": io.BytesIO()})
    with pytest.raises(errors.AccessDeniedError, match="403"):
        S3Store("b", client).head("k")


def test_a_refused_listing_names_its_own_right(client, stub):
    """Not all that docmill may ever need."""
    stub.add_client_error("list_objects_v2", "AccessDenied", "no", 403)
    with pytest.raises(errors.AccessDeniedError) as caught:
        next(S3Store("b", client).list(""))
    assert caught.value.hint == "allow s3:ListBucket on the bucket"


def test_conditional_write_over_nothing_is_a_failed_condition(client, stub):
    """S3 answers If-Match on a missing object with 404: that is a condition that did not hold."""
    stub.add_client_error("put_object", "NoSuchKey", "", 404)
    with pytest.raises(errors.PreconditionFailedError):
        S3Store("b", client).put("k", b"", if_match="e")


def test_unconditional_write_to_nowhere_is_a_bad_key(client, stub):
    """A store that has the bucket and finds no place for a write does not take its key."""
    stub.add_client_error("put_object", "404", "", 404)
    stub.add_response("head_bucket", {})
    with pytest.raises(errors.InvalidKeyError):
        S3Store("b", client).put("k", b"")


def test_a_server_that_knows_no_buckets_is_not_blamed_on_keys(client, stub):
    """Whatever answers 404 to everything has no such bucket: the name or the endpoint is wrong."""
    for operation in ("put_object", "head_bucket", "list_objects_v2"):
        stub.add_client_error(operation, "404", "Not Found", 404)
    store = S3Store("b", client)
    for call in (lambda: store.put("k", b""), lambda: list(store.list())):
        with pytest.raises(errors.BucketNotFoundError) as caught:
            call()
        assert "AWS_ENDPOINT_URL" in caught.value.hint


def test_vague_refusal_of_an_odd_key_is_a_bad_key(client, stub):
    """A store that calls a write with dot segments invalid means the key."""
    stub.add_client_error("put_object", "InvalidRequest", "", 400)
    with pytest.raises(errors.InvalidKeyError):
        S3Store("b", client).put("a/../k", b"")


def test_unconditional_refusal_of_conditions_is_found_out(client, stub):
    """A store that answers a right If-Match with 412, or does not implement one, cannot compare and swap."""
    written = {"ETag": '"e"'}
    stub.add_client_error("put_object", "NotImplemented", "", 501)
    stub.add_response("put_object", written)
    stub.add_client_error("put_object", "NotImplemented", "", 501)
    stub.add_client_error("get_object", "PreconditionFailed", "", 412)
    stub.add_response("head_object", written | {"ContentLength": 3, "LastModified": datetime.now(UTC), "Metadata": {}})
    stub.add_client_error("get_object", "PreconditionFailed", "", 412)
    stub.add_client_error("put_object", "PreconditionFailed", "", 412)
    stub.add_response("head_object", written | {"ContentLength": 3, "LastModified": datetime.now(UTC), "Metadata": {}})
    stub.add_client_error("put_object", "PreconditionFailed", "", 412)
    stub.add_response("put_object", written)
    stub.add_response("list_objects_v2", {"IsTruncated": False})  # it leaves out what is in a folder
    stub.add_client_error("delete_object", "NotImplemented", "", 501)
    stub.add_response("delete_object", {})
    stub.add_response("delete_object", {})
    found = S3Store("b", client).capabilities()
    assert found == Capabilities(*[False] * 5)
    stub.assert_no_pending_responses()


def test_probe_fails_with_what_went_wrong_first(client, stub):
    """A probe that may not write says so, whatever its clean-up runs into."""
    stub.add_client_error("put_object", "AccessDenied", "", 403)
    stub.add_client_error("delete_object", "SlowDown", "", 503)
    with pytest.raises(errors.AccessDeniedError, match=r"put object '\.docmill-probe/"):
        S3Store("b", client).capabilities()


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({}, "us-east-1"),
        ({"AWS_REGION": "eu-west-3"}, "eu-west-3"),
        ({"AWS_REGION": "eu-west-3", "AWS_DEFAULT_REGION": "eu-west-1"}, "eu-west-1"),
    ],
)
def test_region_comes_from_the_environment(monkeypatch, environment, region):
    """The region is what the AWS variables say, or us-east-1."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    client = make_client(1)
    assert client.meta.region_name == region
    client.close()


def test_region_of_the_environment_goes_before_the_profiles(monkeypatch, tmp_path):
    """AWS_REGION, as errors advise to set it, counts where a profile names another region; without it the profile's."""
    (tmp_path / "config").write_text("[default]\nregion = ap-south-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    for region in ("ap-south-1", "eu-west-3"):
        client = make_client(1)
        assert client.meta.region_name == region
        client.close()
        monkeypatch.setenv("AWS_REGION", "eu-west-3")


def test_endpoint_comes_from_the_environment(monkeypatch):
    """With AWS_ENDPOINT_URL set requests go there, signed with version 4, the bucket in the path."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.example:9000")
    client = make_client(1)
    url = client.generate_presigned_url("get_object", Params={"Bucket": "b-b", "Key": "k"})
    assert url.startswith("http://store.example:9000/b-b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256")
    client.close()


def test_empty_variables_are_not_set_ones(monkeypatch):
    """As compose files leave them: obstore and the Delta library take an empty endpoint for the store's address."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "")
    make_client(1).close()
    assert [name for name, value in os.environ.items() if name.startswith("AWS_") and not value] == []


@pytest.mark.parametrize(("variable", "value"), [("AWS_PROFILE", "nobody"), ("AWS_ENDPOINT_URL", "not a url")])
def test_unusable_configuration_is_said_to_be(monkeypatch, variable, value):
    """A profile that does not exist and an endpoint that is no URL are configuration errors naming the variable."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(errors.ConfigError, match=variable):
        make_client(1)


class _Reads:
    """A client whose object is read as the given bytes, one after the other."""

    def __init__(self, etag: str, *reads: bytes, **fields: str) -> None:
        self._etag, self._reads, self._fields = etag, list(reads), fields

    def get_object(self, **_request):
        data = self._reads.pop(0)
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        common = {"ETag": f'"{self._etag}"', "ContentLength": len(data), "LastModified": moment, "Metadata": {}}
        return common | {"Body": io.BytesIO(data)} | self._fields


WHOLE = hashlib.md5(b"whole", usedforsecurity=False).hexdigest()


def test_bytes_damaged_on_the_way_are_not_taken():
    """Where no checksum was sent, the etag tells; another try may have them whole."""
    with pytest.raises(errors.TransientStoreError, match="damaged"):
        S3Store("b", _Reads(WHOLE, b"whols", b"whole")).get("k")


@pytest.mark.parametrize(
    "client",
    [
        _Reads(WHOLE, b"whole"),
        _Reads("0" * 32, b"whole", b"whole"),
        _Reads(WHOLE + "-2", b"whole"),
        _Reads("0" * 32, b"whole", ServerSideEncryption="aws:kms"),
    ],
    ids=["md5", "another digest", "parts", "encrypted"],
)
def test_etags_of_every_kind_are_taken(client):
    """An etag that is not the MD5 costs a second read at most."""
    assert S3Store("b", client).get("k").data == b"whole"


def test_a_weak_etag_is_the_one_it_was_made_of(client, stub):
    """A proxy that compresses weakens those of single answers, and not those in listings: the version is the same."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    listed = {"Key": "k", "ETag": f'"{WHOLE}"', "Size": 5, "LastModified": moment}
    stub.add_response("list_objects_v2", {"IsTruncated": False, "Contents": [listed]})
    described = {"ETag": f'W/"{WHOLE}"', "ContentLength": 5, "LastModified": moment, "Metadata": {}}
    stub.add_response("head_object", described)
    store = S3Store("b", client)
    assert [info.etag for info in store.list()] == [store.head("k").etag]


def test_a_passing_fault_does_not_end_the_probe(monkeypatch):
    """What a store can do is tried out again, from the beginning, where an answer was lost."""
    monkeypatch.setattr("docmill.retry.BASE_SECONDS", 0)
    store, faults = MemoryStore("b"), [errors.TransientStoreError("broken off")]
    plain = store.get

    def get(key, **conditions):
        if faults:
            raise faults.pop()
        return plain(key, **conditions)

    monkeypatch.setattr(store, "get", get)
    assert CachedProbe()(store, "").compare_and_swap
    assert list(store.list()) == []

"""One contract for every object store: the fake, moto, the embedded store and SeaweedFS.

The keys they take and refuse are in `test_store_keys.py`. SeaweedFS lists folder by folder, not in byte order.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from servers import SeaweedServer

from docmill.errors import (
    AccessDeniedError,
    BucketNotFoundError,
    ObjectNotFoundError,
    PreconditionFailedError,
    StoreError,
    StoreUnreachableError,
)
from docmill.server_process import free_port
from docmill.store import Capabilities, MemoryStore, ObjectStore
from docmill.store.s3 import S3Store, create_bucket, make_client

BUCKET = "contract"


def keys(store: ObjectStore, prefix: str) -> list[str]:
    return [info.key for info in store.list(prefix)]


def test_object_comes_back_as_written(store, prefix):
    """An object comes back with its bytes, media type, metadata, size, etag and time."""
    metadata = {"source-etag": "abc", "pipeline-fingerprint": "f/1+2=3 %41"}
    etag = store.put(prefix + "a", b"\0\xff\r\n", media_type="text/html; charset=utf-8", metadata=metadata)
    stored = store.get(prefix + "a")
    assert stored.data == b"\0\xff\r\n"
    assert stored.info == store.head(prefix + "a")
    assert (stored.info.key, stored.info.etag, stored.info.size) == (prefix + "a", etag, 4)
    assert (stored.info.media_type, stored.info.metadata) == ("text/html; charset=utf-8", metadata)
    assert stored.info.last_modified.tzinfo is UTC
    assert abs(datetime.now(UTC) - stored.info.last_modified) < timedelta(minutes=1)


def test_empty_object_comes_back(store, prefix):
    """An object of no bytes is an object."""
    store.put(prefix + "empty", b"")
    assert store.get(prefix + "empty").data == b""
    assert store.head(prefix + "empty").size == 0


def test_etag_follows_content(store, prefix):
    """The etag is the same for the same bytes, another for others, and the listing's is the object's."""
    first = store.put(prefix + "a", b"1")
    assert store.put(prefix + "b", b"1") == first
    second = store.put(prefix + "a", b"2")
    assert second != first
    assert {info.key: info.etag for info in store.list(prefix)} == {prefix + "a": second, prefix + "b": first}


def test_capabilities_are_known(store, prefix):
    """Every store here can compare and swap; finding that out leaves nothing behind."""
    found = store.capabilities(prefix)
    assert found == Capabilities(*[True] * 4, list_after=found.list_after)
    assert store.capabilities(prefix) is found
    assert keys(store, prefix) == []


def test_store_that_ignores_conditions_is_found_out():
    """A store that writes whatever the condition says is not taken for one that compares and swaps."""
    found = MemoryStore(conditional_writes=False).capabilities()
    assert found == Capabilities(True, False, False, delete_if_match=False, list_after=True)
    assert not found.compare_and_swap


def test_read_can_be_pinned_to_a_version(store, prefix):
    """A read with an etag gets that version or is refused."""
    etag = store.put(prefix + "a", b"1")
    assert store.get(prefix + "a", if_match=etag).data == b"1"
    store.put(prefix + "a", b"2")
    with pytest.raises(PreconditionFailedError):
        store.get(prefix + "a", if_match=etag)


def test_write_can_be_refused_over_existing(store, prefix):
    """A write that wants no object there leaves the one that is there alone."""
    store.put(prefix + "a", b"1", if_none_match=True)
    with pytest.raises(PreconditionFailedError):
        store.put(prefix + "a", b"2", if_none_match=True)
    assert store.get(prefix + "a").data == b"1"


def test_write_can_be_refused_over_another_version(store, prefix):
    """A write that wants a version there is refused over another one and over none."""
    etag = store.put(prefix + "a", b"1")
    store.put(prefix + "a", b"2", if_match=etag)
    for key in (prefix + "a", prefix + "missing"):
        with pytest.raises(PreconditionFailedError):
            store.put(key, b"3", if_match=etag)
    assert store.get(prefix + "a").data == b"2"


@pytest.mark.parametrize("condition", ["if_none_match", "if_match"])
def test_one_of_many_writers_wins(store, prefix, condition):
    """Of writers with the same condition at the same time, one succeeds and all others are told."""
    wanted = {"if_none_match": True} if condition == "if_none_match" else {"if_match": store.put(prefix + "a", b"0")}

    def write(writer: int) -> bytes | None:
        data = f"writer {writer}".encode()
        try:
            store.put(prefix + "a", data, **wanted)
        except PreconditionFailedError:
            return None
        return data

    with ThreadPoolExecutor(8) as pool:
        winners = [data for data in pool.map(write, range(16)) if data]
    assert winners == [store.get(prefix + "a").data]


def test_listing_is_complete(store, prefix):
    """A listing of several pages has every object under the prefix once, in whatever order, and no other.

    That of the keys after one is a page at a time, and says if there are more.
    """
    wanted = {f"{prefix}in/many/{number:04}": number % 5 for number in range(1_100)}
    wanted |= {f"{prefix}in/{number % 7}/{number}.txt": number % 5 for number in range(50)}
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda item: store.put(item[0], b"x" * item[1]), wanted.items()))
    store.put(prefix + "in-other", b"")
    found = list(store.list(prefix + "in/"))
    assert len(found) == len(wanted)
    assert {info.key: info.size for info in found} == wanted
    assert all(info.last_modified.tzinfo is UTC and '"' not in info.etag for info in found)
    after, more = store.keys_after(prefix + "in/many/", prefix + "in/many/0049")
    assert (after[0], more) == (prefix + "in/many/0050", True)


def test_keys_after_a_key_come_in_order(store, prefix):
    """In the order of UTF-8, from just behind the key, which need not be one."""
    names = ["a", "a/b", "a b+c", "b/é", "b/z", "b\uff5e", "b\U0001f600", "c"]
    for name in names:
        store.put(prefix + name, b"")
    wanted = sorted((prefix + name for name in names if name > "a b"), key=str.encode)
    if not store.capabilities(prefix).list_after:
        wanted.remove(prefix + "a/b")  # else it would be wrongly mistrusted
    assert store.keys_after(prefix, prefix + "a b") == (wanted, False)
    assert store.keys_after(prefix + "b/", prefix + "b/a") == ([prefix + "b/z", prefix + "b/é"], False)
    assert store.keys_after(prefix + "d", prefix + "d") == ([], False)


def test_prefix_is_any_start_of_a_key(store, prefix):
    """A prefix need not end at a slash; one that nothing starts with lists nothing."""
    for name in ("report-1", "report-2", "rest", "sub/report"):
        store.put(prefix + name, b"")
    assert set(keys(store, prefix + "rep")) == {prefix + "report-1", prefix + "report-2"}
    assert keys(store, prefix + "none") == []


@pytest.mark.parametrize("metadata", [{"Upper": "x"}, {"a": "é"}, {"é": "a"}, {"a": "b\r\nc: d"}, {"a": "x" * 3_000}])
def test_unsafe_metadata_is_refused(store, prefix, metadata):
    """Metadata that would not come back as it was is refused before anything is written."""
    with pytest.raises(StoreError):
        store.put(prefix + "a", b"", metadata=metadata)
    assert keys(store, prefix) == []


def test_delete_of_missing_object_is_no_error(store, prefix):
    """Removing what is not there succeeds, the second time too."""
    store.put(prefix + "a", b"")
    store.delete(prefix + "a")
    store.delete(prefix + "a")
    assert keys(store, prefix) == []


def test_delete_can_be_pinned_to_a_version(store, prefix):
    """A removal with an etag removes that version or nothing; where there is none, stores differ in what they say."""
    first = store.put(prefix + "a", b"1")
    second = store.put(prefix + "a", b"2")
    with pytest.raises(PreconditionFailedError):
        store.delete(prefix + "a", if_match=first)
    assert keys(store, prefix) == [prefix + "a"]
    store.delete(prefix + "a", if_match=second)
    assert keys(store, prefix) == []
    with suppress(PreconditionFailedError):
        store.delete(prefix + "a", if_match=second)


def test_missing_object_is_said_to_be_missing(store, prefix):
    """Reading and describing a missing object say that it is the object that is missing."""
    for method in (store.get, store.head):
        with pytest.raises(ObjectNotFoundError):
            method(prefix + "missing")


@pytest.mark.parametrize(
    "backend", ["moto", "ministack", "seaweedfs", "ministack, fast", "seaweedfs, fast"], indirect=True
)
def test_missing_bucket_is_said_to_be_missing(store):
    """Whatever is tried on a missing bucket, the error says that it is the bucket."""
    missing = S3Store("no-such-bucket", store._client)
    for method in (missing.get, missing.head, missing.delete, lambda key: missing.put(key, b"")):
        with pytest.raises(BucketNotFoundError, match="no-such-bucket"):
            method("a")
    for call in (lambda: list(missing.list()), missing.capabilities):
        with pytest.raises(BucketNotFoundError, match="no-such-bucket"):
            call()


@pytest.mark.parametrize(
    "backend", ["moto", "ministack", "seaweedfs", "ministack, fast", "seaweedfs, fast"], indirect=True
)
def test_bucket_can_be_created_again(store, prefix):
    """Creating one's own bucket again changes nothing."""
    store.put(prefix + "a", b"")
    create_bucket(store._client, BUCKET)
    assert keys(store, prefix) == [prefix + "a"]


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_wrong_credentials_are_said_to_be_wrong(seaweedfs: SeaweedServer, monkeypatch, variable):
    """A key or secret the store does not know is an access error that names the variables to check."""
    for name, value in (seaweedfs.environment() | {variable: "wrong"}).items():
        monkeypatch.setenv(name, value)
    client = make_client(1)
    store = S3Store(BUCKET, client)
    for call in (lambda: store.get("a"), lambda: store.head("a"), lambda: list(store.list())):
        with pytest.raises(AccessDeniedError) as caught:
            call()
        assert caught.value.hint
    client.close()


def test_unreachable_endpoint_is_said_to_be_unreachable(monkeypatch):
    """Where nothing listens, the error says so and names the endpoint and its setting."""
    port = free_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setattr("time.sleep", lambda _: None)  # between boto3's attempts
    client = make_client(1)
    with pytest.raises(StoreUnreachableError, match=rf"{port}.*AWS_ENDPOINT_URL"):
        S3Store(BUCKET, client).get("a")
    client.close()

"""Notifications of every form say which objects to look at, and what is none is told apart."""

import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmill.intake.events import Notice, UnreadableMessageError, read_notices
from docmill.intake.scope import selecting
from schemas import Settings


def record(key: str, name: str = "ObjectCreated:Put", bucket: str = "box", source: str = "aws:s3") -> dict[str, Any]:
    return {
        "eventVersion": "2.1",
        "eventSource": source,
        "eventName": name,
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": {"key": key, "size": 3, "eTag": "0" * 32, "sequencer": "0055AED6DCD90281E5"},
        },
    }


def straight(*records: dict[str, Any]) -> str:
    return json.dumps({"Records": records})


def by_sns(message: str, kind: str = "Notification") -> str:
    return json.dumps(
        {
            "Type": kind,
            "MessageId": "1",
            "TopicArn": "arn:aws:sns:us-east-1:000000000000:topic",
            "Subject": "Amazon S3 Notification",
            "Message": message,
        }
    )


def by_eventbridge(key: str, kind: str = "Object Created") -> str:
    detail = {"version": "0", "bucket": {"name": "box"}, "object": {"key": key, "size": 3, "etag": "0" * 32}}
    return json.dumps({"version": "0", "source": "aws.s3", "detail-type": kind, "detail": detail})


@pytest.mark.parametrize(
    "name",
    [
        "ObjectCreated:Put",
        "ObjectCreated:Post",
        "ObjectCreated:Copy",
        "ObjectCreated:CompleteMultipartUpload",
        "s3:ObjectCreated:Put",
        "ObjectRemoved:Delete",
        "ObjectRemoved:DeleteMarkerCreated",
        "s3:ObjectRemoved:Delete",
    ],
)
def test_what_writes_or_removes_an_object_is_noticed(name: str) -> None:
    """Puts, posts, copies, multipart uploads, deletions and delete markers, with and without MinIO's prefix."""
    assert read_notices(straight(record("a.txt", name))) == (Notice("box", ("a.txt",)),)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "box", "RequestId": "1"}),
        by_sns(json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "box"})),
        by_sns("You have chosen to subscribe", kind="SubscriptionConfirmation"),
        straight(record("a.txt", "ObjectRestore:Completed")),
        straight(record("a.txt", "ObjectTagging:Put")),
        straight(),
        by_eventbridge("a.txt", "Object Restore Completed"),
    ],
    ids=["test", "wrapped test", "subscription", "restored", "tagged", "no records", "EventBridge restored"],
)
def test_what_is_understood_and_concerns_no_document_gives_nothing(body: str) -> None:
    """Such messages are done with at once."""
    assert read_notices(body) == ()


@pytest.mark.parametrize(
    "wrap",
    [
        lambda body: body,
        by_sns,
        lambda body: by_sns(by_sns(body)),
        lambda body: json.dumps({"EventName": "s3:ObjectCreated:Put", "Key": "box/a.txt"} | json.loads(body)),
    ],
    ids=["straight or raw delivery", "SNS", "SNS twice", "MinIO"],
)
def test_wrappings_change_nothing(wrap: Any) -> None:
    """SNS's envelope is looked into, with raw delivery there is none; MinIO's extra names are passed over."""
    assert read_notices(wrap(straight(record("a+b.txt")))) == (Notice("box", ("a b.txt",)),)


@pytest.mark.parametrize("kind", ["Object Created", "Object Deleted"])
@pytest.mark.parametrize("wrap", [lambda body: body, by_sns])
def test_eventbridge_keys_are_taken_as_they_are(kind: str, wrap: Any) -> None:
    """EventBridge encodes nothing."""
    assert read_notices(wrap(by_eventbridge("a+b %41é.txt", kind))) == (Notice("box", ("a+b %41é.txt",)),)


def test_repeated_notices_are_one() -> None:
    """Of the same object, in the order they first came."""
    body = straight(record("b"), record("a"), record("b", "ObjectRemoved:Delete"), record("b"))
    assert [notice.keys for notice in read_notices(body)] == [("b",), ("a",)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "null",
        "{}",
        '"text"',
        "[" * 100_000,
        '{"Records": {}}',
        '{"Records": [1]}',
        '{"Records": [{}]}',
        straight(record("")),
        straight(record("a", bucket="")),
        straight(record("a\ud800")),
        straight(record(3)),  # type: ignore[arg-type]
        by_sns("hello", kind={}),  # type: ignore[arg-type]
        by_sns("hello"),
        by_sns(None),  # type: ignore[arg-type]
        by_sns(by_sns(by_sns(by_sns(by_sns(straight(record("a"))))))),
        json.dumps({"detail-type": "Object Created", "detail": {}}),
        json.dumps({"Event": "s3:Other"}),
    ],
)
def test_what_is_not_understood_says_why(body: str) -> None:
    """No form of nonsense is an accident, and the reason is for a person."""
    with pytest.raises(UnreadableMessageError, match="it"):
        read_notices(body)


@pytest.mark.parametrize("odd", [[], {}, 3, None])
def test_names_that_are_no_text_are_not_known_ones(odd: Any) -> None:
    """A source of any JSON is not S3's; a kind of event of any JSON concerns no document."""
    (notice,) = read_notices(straight(record("a+b", source=odd)))
    assert notice.keys == ("a b", "a+b")
    assert read_notices(json.dumps({"detail-type": odd, "detail": {}})) == ()


keys = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


@given(keys, st.sampled_from(["aws:s3", "minio:s3"]), st.sampled_from(["", "/"]))
def test_keys_encoded_as_in_a_form_come_back(key: str, source: str, safe: str) -> None:
    """S3's way, and MinIO's, which encodes slashes too."""
    assert read_notices(straight(record(quote_plus(key, safe=safe), source=source))) == (Notice("box", (key,)),)


@given(keys)
def test_keys_encoded_by_percent_or_not_at_all_are_among_the_readings(key: str) -> None:
    """What other servers do cannot be told from the key: the true one is always among those looked up."""
    for encoded in (quote(key), quote(key, safe=""), quote_plus(key), key):
        (notice,) = read_notices(straight(record(encoded, source="ceph:s3")))
        assert key in notice.keys
        assert len(notice.keys) <= 3


@given(keys)
def test_keys_s3_would_not_send_are_taken_as_they_are(key: str) -> None:
    """A server that says it is S3, and encodes nothing, is understood where it shows."""
    (notice,) = read_notices(straight(record(f"{key} é")))
    assert notice.keys == (f"{key} é",)


@given(st.recursive(st.none() | st.booleans() | st.integers() | keys, lambda x: st.lists(x) | st.dictionaries(keys, x)))
def test_any_json_is_understood_or_refused(value: Any) -> None:
    """Nothing else happens."""
    try:
        read_notices(json.dumps(value))
    except UnreadableMessageError:
        return


def test_only_documents_of_the_inbox_are_looked_at() -> None:
    """Other buckets, other prefixes, docmill's own output and what patterns exclude are not."""
    select = selecting(Settings(inbox="s3://box/in", output="s3://box/in/out", exclude=["*.bak"]))
    kept = [
        key
        for bucket in ("box", "other")
        for key in ("in/a", "ina", "b", "in/a.bak", "in/out/enriched/in/a.json", "in/out/catalog/x", "in/out/x")
        for key in select(Notice(bucket, (key,)))
    ]
    assert kept == ["in/a", "in/out/x"]

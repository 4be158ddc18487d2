"""Reading notifications: S3's own, in SNS's or EventBridge's wrapping, and those of servers that imitate S3's.

Formats: "Event message structure" in the Amazon S3 User Guide, "Parsing message formats" in the Amazon SNS Developer
Guide, "EventBridge event message structure" in the Amazon S3 User Guide. A notification only says where to look: what
it claims of an object (its etag, its existence even) may be outdated on arrival, so none of that is kept.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, unquote_plus

__all__ = ["Notice", "UnreadableMessageError", "read_notices"]

MAX_WRAPPINGS = 4  # EventBridge in SNS in SQS is two; what goes deeper is not from S3
# Tuples: what is looked for in them may be any JSON, and not everything has a hash.
ENCODE_AS_FORMS = ("aws:s3", "minio:s3")
_DETAILS = ("Object Created", "Object Deleted")
_SUBSCRIPTION = ("SubscriptionConfirmation", "UnsubscribeConfirmation")


class UnreadableMessageError(ValueError):
    """A message that is no notification of any known form; says why."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something happened to an object: it was written or removed.

    `keys` are what its key may be, most likely first. One, unless the key was encoded in a way that cannot be told
    from a key that holds such characters: `a+b` is how S3 writes `a b`, and how other servers write `a+b`.
    """

    bucket: str
    keys: tuple[str, ...]


def read_notices(body: str) -> tuple[Notice, ...]:
    """What a message says happened to objects; nothing for test events and for events of other kinds.

    Raises:
        UnreadableMessageError: It is not understood.
    """
    return tuple(dict.fromkeys(_unwrapped(_parsed(body), MAX_WRAPPINGS)))


def _parsed(body: object) -> Mapping[str, Any]:
    if not isinstance(body, str):
        raise UnreadableMessageError("its wrapped message is no text")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableMessageError(f"it is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise UnreadableMessageError("it is no JSON object")
    return found


def _unwrapped(message: Mapping[str, Any], depth: int) -> Iterator[Notice]:
    if depth == 0:
        raise UnreadableMessageError("it is wrapped too many times")
    if "Records" in message:
        yield from _from_records(message)
    elif "detail-type" in message:
        yield from _from_eventbridge(message)
    elif "Message" in message and "TopicArn" in message:
        if message.get("Type") not in _SUBSCRIPTION:  # SNS's own; there is nothing to do for them in a queue
            yield from _unwrapped(_parsed(message["Message"]), depth - 1)
    elif message.get("Event") != "s3:TestEvent":
        raise UnreadableMessageError("it has neither Records, detail-type nor an SNS Message")


def _from_records(message: Mapping[str, Any]) -> Iterator[Notice]:
    records = message["Records"]
    if not isinstance(records, list):
        raise UnreadableMessageError("its Records are no list")
    for record in records:
        name = _text(record, "eventName").removeprefix("s3:")  # MinIO's and Ceph's have it, S3's have not
        if name.startswith(("ObjectCreated:", "ObjectRemoved:")):
            key, source = _text(record, "s3", "object", "key"), record.get("eventSource", "")
            yield Notice(_text(record, "s3", "bucket", "name"), _decoded(key, source))


def _from_eventbridge(message: Mapping[str, Any]) -> Iterator[Notice]:
    if message["detail-type"] in _DETAILS:
        yield Notice(_text(message, "detail", "bucket", "name"), (_text(message, "detail", "object", "key"),))


def _decoded(key: str, source: object) -> tuple[str, ...]:
    """What a key in a record may stand for: S3 writes it as in a form, others with `%` only, or as it is."""
    if " " in key or not key.isascii() or not _is_utf8(key):
        return (key,)  # no encoding leaves such
    if source in ENCODE_AS_FORMS:
        return (unquote_plus(key),)
    return tuple(dict.fromkeys((unquote_plus(key), unquote(key), key)))


def _is_utf8(encoded: str) -> bool:
    try:
        unquote(encoded, errors="strict")
    except UnicodeDecodeError:
        return False
    return True


def _text(value: object, *path: str) -> str:
    """The non-empty text at a path of names."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        raise UnreadableMessageError(f"it has no {'.'.join(path)}")
    if not value.isascii() and not _is_unicode(value):
        raise UnreadableMessageError(f"its {'.'.join(path)} holds half a surrogate pair")
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

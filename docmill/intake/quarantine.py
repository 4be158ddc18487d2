"""Where messages go that cannot be understood: they would come again for ever, and may not be lost."""

import hashlib
import json
from datetime import UTC, datetime

from docmill.intake.queue import Message
from docmill.retry import retrying
from docmill.store.base import ObjectStore

__all__ = ["MESSAGES", "record_message"]

# Not under quarantine/: there each object is the record of the source object with its key.
MESSAGES = "quarantine-messages/"


def record_message(output: ObjectStore, prefix: str, queue: str, message: Message, why: str) -> str:
    """Write a message, whole, under the output location; the same message has the same key.

    Returns:
        The key.

    Raises:
        StoreError: It could not be written: the message has to stay.
    """
    key = f"{prefix}{MESSAGES}{hashlib.sha256(f'{queue} {message.id}'.encode()).hexdigest()[:32]}.json"
    record = {
        "queue": queue,
        "message_id": message.id,
        "received": message.received,
        "reason": why,
        "recorded_at": datetime.now(UTC).isoformat(),
        "body": message.body,
    }
    data = json.dumps(record, indent=2).encode()
    retrying(lambda: output.put(key, data, media_type="application/json"))
    return key

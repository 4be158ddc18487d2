"""What parent and child say to each other.

A job's bytes, if they are many, follow it as they are: to pickle them would copy them. For each member of a container
the child says that it begins it, then sends its record; the job's own record, or why there is none, comes last.
Messages are tuples, and records go as plain ones: they are pickled in a fraction of the time of dataclasses with slots.
"""

import pickle
from typing import NamedTuple

from docmill.errors import DocmillError
from docmill.place import MemberPath
from docmill.sandbox.channel import Channel
from docmill.sandbox.refined import Refined
from schemas.document import Reason
from schemas.source import RawDocument, SourceObject

__all__ = [
    "Begun", "Done", "Grief", "Job", "Message", "Ready", "Warming", "receive", "receive_job", "send", "send_job",
]  # fmt: skip

_SMALL = 1 << 14  # bytes of a document that are worth no message of their own
_ROOM = 1 << 20  # bytes of a message besides the record


class Ready(NamedTuple):
    """What a child says first: it has loaded what it needs."""

    fingerprint: str  # of its pipeline


class Job(NamedTuple):
    """A document to refine."""

    key: str
    media_type: str | None
    source: SourceObject | None
    run_id: str | None
    settled: bytes  # how its first members ended, if an earlier child got so far
    data: bytes | None  # None: the bytes follow


class Begun(NamedTuple):
    """A member is about to be refined."""

    path: MemberPath
    size: int


class Warming(NamedTuple):
    """A child that had not loaded its models begins to, or is done: no document's fault, and not its time."""

    over: bool


class Grief(NamedTuple):
    """Why there is no record."""

    reason: Reason
    message: str
    stage: str = ""


class Done(NamedTuple):
    """A job's end; a child that is `retiring` takes no further one."""

    answer: Refined | Grief
    retiring: bool = False


Message = Begun | Refined | Warming | Done


def send(channel: Channel, message: Message | Ready | DocmillError) -> None:
    """Say something to the parent."""
    if isinstance(message, Refined):
        _send(channel, (None, message.packed()))
    elif isinstance(message, Done) and isinstance(message.answer, Refined):
        _send(channel, (message.retiring, message.answer.packed()))
    else:
        _send(channel, message)


def _send(channel: Channel, message: object) -> None:
    channel.send(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def send_job(channel: Channel, raw: RawDocument, run_id: str | None, settled: bytes) -> None:
    """Hand a document to a child."""
    follows = len(raw.data) > _SMALL
    _send(channel, (raw.key, raw.media_type, raw.source, run_id, settled, None if follows else raw.data))
    if follows:
        channel.send(raw.data)


def receive_job(channel: Channel) -> tuple[RawDocument, Job]:
    """The next document, in the child."""
    job = Job(*pickle.loads(channel.receive()))  # noqa: S301  from our own parent
    data = channel.receive() if job.data is None else job.data
    raw = RawDocument.model_construct(data=data, key=job.key, media_type=job.media_type, source=job.source)
    return raw, job


def receive(channel: Channel, record_bytes: int, seconds: float) -> object:
    """A message from a child, if it is no longer than a record may be.

    Raises:
        TimeoutError: None came for so long.
        EOFError: The child has gone.
        OSError: It is longer, or the child has gone.
    """
    message: object = pickle.loads(channel.receive(record_bytes + _ROOM, seconds))  # noqa: S301  from our own child
    if type(message) is not tuple:
        return message
    retiring, values = message
    refined = Refined.unpacked(values)
    return refined if retiring is None else Done(refined, retiring)

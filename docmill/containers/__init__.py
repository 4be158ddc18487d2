"""Containers: files whose members are documents. Pure iterators: bytes in, members out, one at a time and bounded.

A compressed tar, WARC, mbox or JSON Lines file is one container: its members are those of what is packed. Any other
compressed stream has one member, named as the file without the ending that says how it is packed; if its name does not
say so, it was compressed for the way only (HTTP's Content-Encoding), and is the document itself.
"""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from docmill.containers.base import Budget, Limits, Member, Problem, Skipped, TooMuchError, Yield, read_member
from docmill.containers.jsonl import are_documents, read_jsonl
from docmill.containers.mbox import read_mbox
from docmill.containers.tar import read_tar
from docmill.containers.unpack import COMPRESSED, ERRORS, Metered, open_compressed, open_plain, problem_of
from docmill.containers.warc import read_arc, read_warc
from docmill.containers.zip import read_zip
from docmill.detect import detect
from docmill.names import SEPARATOR, display_name

__all__ = [
    "SEPARATOR",
    "VERSION",
    "Budget",
    "Limits",
    "Member",
    "Problem",
    "Skipped",
    "Yield",
    "decoded",
    "display_name",
    "members",
]

VERSION = "4"
_HEAD = 1 << 14  # bytes of a compressed stream that tell what it holds
_KIND = re.compile(r"\.[a-z]{2,5}\d?")  # an ending that says what a file is
_ARCHIVES = {"tgz", "tbz", "tbz2", "txz", "tzst"}
_LINE = 1 << 22  # bytes of JSON Lines looked at until a line ends: a document's text may be long
_STREAMS: dict[str, Callable[[Metered, Budget], Yield]] = {
    "application/x-tar": read_tar,
    "application/warc": read_warc,
    "application/x-arc": read_arc,
    "application/mbox": read_mbox,
    "application/jsonl": read_jsonl,
}


def members(data: bytes, media_type: str, name: str, budget: Budget) -> Yield | None:
    """What a container holds, unpacked as it is asked for; None if these bytes are no container.

    Args:
        data: The container.
        media_type: As detected.
        name: Its file name or key: names the member of a compressed file, and helps to tell what it is.
        budget: What may still come out; shared with the containers within this one.

    Yields:
        Members, with their bytes or why there are none; entries that are no documents; last, if not all could be
        read, why.
    """
    if media_type == "application/zip":
        return read_zip(data, budget)
    if media_type in COMPRESSED:
        return _compressed(data, media_type, name, budget)
    stream = open_plain(data, budget)
    return _STREAMS[media_type](stream, budget) if _holds_documents(stream, media_type) else None


def decoded(data: bytes, media_type: str, name: str, budget: Budget) -> bytes | None:
    """A document that was compressed for its way to the store only; None if these bytes are none, or not sound.

    Args:
        data: As stored.
        media_type: As detected.
        name: Its file name or key: has to end as that of another kind of file, such as `page.html`.
        budget: What may still come out.
    """
    ending = PurePosixPath(name).suffix.lower()
    if media_type not in COMPRESSED or not _KIND.fullmatch(ending) or _says_packed(ending):
        return None
    stream = open_compressed(data, media_type, budget)
    try:
        if _holds_documents(stream, detect(stream.peek(_HEAD), name).media_type):
            return None
        found = read_member(stream, budget)
    except (TooMuchError, *ERRORS):
        return None
    return found if isinstance(found, bytes) else None


def _says_packed(ending: str) -> bool:
    return ending[1:] in _ARCHIVES or any(ending in endings for endings, _ in COMPRESSED.values())


def _compressed(data: bytes, media_type: str, name: str, budget: Budget) -> Yield:
    stream, inner = open_compressed(data, media_type, budget), _inner_name(name, media_type)
    try:
        kind = detect(stream.peek(_HEAD), inner).media_type
        if _holds_documents(stream, kind):
            yield from _STREAMS[kind](stream, budget)
            return
        unpacked = read_member(stream, budget)
    except (TooMuchError, *ERRORS) as error:
        unpacked = problem_of(error, stream.count)
    yield Member(inner, unpacked)


def _holds_documents(stream: Metered, media_type: str) -> bool:
    """Whether a stream's members are documents, rather than it being one itself."""
    if media_type != "application/jsonl":
        return media_type in _STREAMS
    size, head = _HEAD, stream.peek(_HEAD)
    while len(head) == size < _LINE and b"\n" not in head:
        size *= 4
        head = stream.peek(size)
    return are_documents(head)


def _inner_name(name: str, media_type: str) -> str:
    """`a.txt` for `a.txt.gz`; `a.tar` for `a.tgz`."""
    path = PurePosixPath(name).name
    stem, dot, suffix = path.rpartition(".")
    if stem and suffix.lower() in _ARCHIVES:
        return f"{stem}.tar"
    return stem if stem and f"{dot}{suffix.lower()}" in COMPRESSED[media_type][0] else path or "unnamed"

"""Attachments: the members of a mail, which itself is a document as well."""

from collections.abc import Iterator

from docmill.containers.base import Budget, Member, Problem, Skipped, TooMuchError, Yield
from docmill.detect.packed import MSG, TNEF
from docmill.extract import Limits
from docmill.extract.mail import Attachment, attachments
from docmill.extract.msg import msg_attachments
from docmill.extract.tnef import tnef_attachments
from docmill.extract.unreadable import UnreadableError

__all__ = ["MAILS", "read_attachments"]

MAILS = {"message/rfc822": attachments, MSG: msg_attachments, TNEF: tnef_attachments}
_PICTURES = ("image/", "audio/", "video/")


def read_attachments(data: bytes, media_type: str, limits: Limits, budget: Budget) -> Yield:
    """The files and messages attached to a mail; pictures, which hold no text, are left out."""
    try:
        yield from (_item(attachment, number, budget) for number, attachment in _numbered(data, media_type, limits))
    except TooMuchError as error:
        yield error.problem.refusal()
    except UnreadableError as error:
        yield Problem(error.reason, error.message).refusal()


def _numbered(data: bytes, media_type: str, limits: Limits) -> Iterator[tuple[int, Attachment]]:
    return enumerate(MAILS[media_type](data, limits), 1)


def _item(attachment: Attachment, number: int, budget: Budget) -> Member | Skipped:
    if attachment.media_type.startswith(_PICTURES):
        return Skipped("picture or sound")
    declared = None if attachment.media_type == "application/octet-stream" else attachment.media_type
    name, size = attachment.name or f"attachment-{number}", len(attachment.data)
    if size > budget.limits.member_bytes:
        return Member(name, budget.too_large(size), declared)
    budget.take(size)
    return Member(name, attachment.data, declared)

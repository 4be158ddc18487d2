"""Attachments of a mail. The mail itself is a document of its own, read by docmill.extract."""

import email
import re
from collections.abc import Iterator
from email.message import Message
from email.policy import compat32

from docmill.containers.base import Budget, Member, Problem, Skipped, TooMuchError, Yield
from schemas.document import Reason

__all__ = ["has_attachments", "read_attachments"]

_SIGN = re.compile(rb"content-disposition\s*:\s*attachment|message/rfc822|name\s*[*\d]*\s*=", re.IGNORECASE)
_HEADER = 10_000  # bytes of a header field that is looked into
_MOST_PARTS = 100_000
_ERRORS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)  # the parser's own


def has_attachments(data: bytes) -> bool:
    """Whether it is worth parsing for them."""
    return _SIGN.search(data) is not None


def read_attachments(data: bytes, budget: Budget) -> Yield:
    """The attachments, mails attached to the mail among them."""
    try:
        for number, part in enumerate(_parts(data), 1):
            if (item := _item(part, number, budget)) is not None:
                yield item
    except TooMuchError as error:
        yield error.problem.refusal()
    except _ERRORS as error:
        yield Problem(Reason.CORRUPT, f"The attachments cannot be read: {type(error).__name__}.").refusal()


def _parts(data: bytes) -> Iterator[Message]:
    """Leaves of the MIME tree and attached mails, in order, without going into those."""
    todo = [email.message_from_bytes(data, policy=compat32)]
    todo = _children(todo[0])
    while todo and len(todo) < _MOST_PARTS:
        part = todo.pop()
        if part.get_content_maintype() == "multipart":
            todo += _children(part)
        else:
            yield part


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    if part.get_content_maintype() != "multipart" or not isinstance(payload, list):
        return []
    return [child for child in reversed(payload) if isinstance(child, Message)]


def _item(part: Message, number: int, budget: Budget) -> Member | Skipped | None:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return Member(_name(part) or f"message-{number}.eml", _attached_mail(part, budget), kind)
    disposition = str(part.get("Content-Disposition", ""))[:_HEADER].partition(";")[0].strip().lower()
    name = _name(part)
    if disposition != "attachment" and (name is None or part.get_content_maintype() == "text"):
        return None  # the mail's own text
    if disposition != "attachment" and part.get("Content-ID") and part.get_content_maintype() == "image":
        return Skipped("inline image")
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if len(data) > budget.limits.member_bytes:
        return Member(name or f"attachment-{number}", budget.too_large(len(data)), kind)
    budget.take(len(data))
    return Member(name or f"attachment-{number}", data, None if kind == "application/octet-stream" else kind)


def _attached_mail(part: Message, budget: Budget) -> bytes | Problem:
    payload = part.get_payload()
    mail = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(mail, Message):
        return Problem(Reason.EMPTY, "There is no mail in the attachment.")
    data = mail.as_bytes(policy=compat32)
    budget.take(len(data))
    return data


def _name(part: Message) -> str | None:
    fields = (str(part.get(name, "")) for name in ("Content-Disposition", "Content-Type"))
    if any(len(field) > _HEADER for field in fields):
        return None
    return part.get_filename()

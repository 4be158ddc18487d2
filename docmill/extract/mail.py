"""Mail (RFC 5322): which parts of a message are its text, and which are documents of their own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from itertools import groupby, pairwise

from docmill.author_names import declared_authors
from docmill.extract import mime
from docmill.extract.calendar import read_calendar
from docmill.extract.collect import Collector
from docmill.extract.embedded import html_blocks, html_text, take_html
from docmill.extract.flowed import unflowed
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason

__all__ = ["Attachment", "attachments", "plain_body", "read_mail"]

_SHOWN = ("From", "To", "Cc", "Date")
_QUOTED = re.compile(r"\s*>(?!From )")  # what mailboxes write for a line that begins with `From ` is none
_QUOTE_MARKS = re.compile(r"^\s*(?:> ?)+")
_ITEM = re.compile(r"\s*(?:[-*•·–]|\d{1,2}[.)])\s+\S")
_RICHER = 4  # times as much text in the HTML as in the plain part: the plain part is a stub


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or message that came with a mail."""

    name: str | None
    media_type: str
    data: bytes


def read_mail(data: bytes, limits: Limits) -> Extracted | Refusal:
    """A message's subject, correspondents and text; attachments are documents of their own.

    Raises:
        UnreadableError: It is encrypted, or nested too deeply.
    """
    message = mime.parse(data)
    into = Collector(limits)
    subject = mime.header(message, "Subject")
    into.add(BlockKind.HEADING, subject)
    for name in _SHOWN:
        if value := mime.header(message, name):
            into.add(BlockKind.LINE, f"{name}: {value}")
        if len(str(message.get(name) or "")) >= mime.LONGEST_HEADER - 1:
            into.warn(f"partly_read: of overlong header fields the first {mime.LONGEST_HEADER} bytes were read")
    told = len(into.blocks)
    parts = list(mime.parts(message, limits, into))
    for part in _chosen(parts):
        _body(part, into)
    for part in parts:
        if _is_invitation(part) and not read_calendar(mime.text(part), into):
            into.warn("partly_read: a calendar part of the message holds no event that could be read")
    if len(into.blocks) == told and any(part.get_content_type() in mime.SEALED for part in parts):
        raise UnreadableError(Reason.ENCRYPTED, "The message is encrypted.")
    _warn_of_defects(parts, into)
    return into.extracted(_metadata(message, subject))


def attachments(data: bytes, limits: Limits) -> Iterator[Attachment]:
    """The files and messages attached to a message, in order, the first so many.

    Raises:
        UnreadableError: It is nested too deeply.
    """
    for part in mime.parts(mime.parse(data), limits, Collector(limits)):
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            yield Attachment(mime.filename(part), "message/rfc822", mime.attached(part))
        elif not part.is_multipart() and not _is_body(part) and not _is_invitation(part):
            yield Attachment(mime.filename(part), part.get_content_type(), mime.payload(part))


def plain_body(text: str, into: Collector) -> None:
    """The paragraphs of a plain text body; quoted lines are quotes, several with a marker the items of a list."""
    for paragraph in re.split(r"\n[ \t\r]*\n", text.replace("\r\n", "\n")):
        for quoted, lines in groupby(paragraph.split("\n"), lambda line: _QUOTED.match(line) is not None):
            plain = [_QUOTE_MARKS.sub("", line) for line in lines]
            if quoted:
                into.add(BlockKind.QUOTE, "\n".join(plain))
            else:
                _with_items(plain, into)


def _with_items(lines: list[str], into: Collector) -> None:
    """A paragraph's lines; those from one with a marker to the next are an item, if there are several."""
    begins = [at for at, line in enumerate(lines) if _ITEM.match(line)]
    if len(begins) < 2:  # noqa: PLR2004
        begins = []
    into.add(BlockKind.PARAGRAPH, "\n".join(lines[: begins[0]] if begins else lines))
    for at, end in pairwise([*begins, len(lines)] if begins else []):
        into.add(BlockKind.LIST_ITEM, "\n".join(lines[at:end]))


def _chosen(parts: list[mime.Part]) -> list[mime.Part]:
    """The parts to show: of alternatives the plain one, unless it is a stub for the HTML; all that are none."""
    bodies = [part for part in parts if not part.is_multipart() and _is_body(part)]
    either = {id(part) for one in parts if one.get_content_type() == "multipart/alternative" for part in _within(one)}
    plain = [part for part in bodies if id(part) in either and part.get_content_type() != "text/html"]
    html = [part for part in bodies if id(part) in either and part.get_content_type() == "text/html"]
    if not (plain and html):
        return bodies
    shown = sum(len(block.text) for part in html for block in html_blocks(html_text(*mime.content(part))))
    told = sum(len(text) for part in plain if (text := mime.text(part)).strip())
    left = {id(part) for part in (plain if shown > _RICHER * told else html)}
    return [part for part in bodies if id(part) not in left]


def _within(part: mime.Part) -> Iterator[mime.Part]:
    waiting = [part]
    while waiting:
        inner = waiting.pop().get_payload()
        found = [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []
        waiting += found
        yield from found


def _is_invitation(part: mime.Part) -> bool:
    """Whether a part is a calendar that mail programs show as the message's own, not as a file."""
    return part.get_content_type() == "text/calendar" and not mime.is_attachment(part)


def _is_body(part: mime.Part) -> bool:
    if part.get_content_maintype() != "text" or part.get_content_subtype() in {"calendar", "x-vcard", "vcard"}:
        return False
    return not mime.is_attachment(part)


def _body(part: mime.Part, into: Collector) -> None:
    if part.get_content_type() == "text/html":
        take_html(html_text(*mime.content(part)), into)
    else:
        text = mime.text(part)
        plain_body(unflowed(text, without_space=mime.drops_space(part)) if mime.flows(part) else text, into)


def _metadata(message: mime.Part, subject: str) -> Metadata:
    name, address = parseaddr(mime.header(message, "From"))
    try:
        sent = parsedate_to_datetime(mime.header(message, "Date")).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        sent = None
    author = name or address
    language = mime.header(message, "Content-Language").split(",")[0].strip()
    return Metadata(title=subject or None, authors=declared_authors(author), published=sent, language=language or None)


def _warn_of_defects(parts: list[mime.Part], into: Collector) -> None:
    defects = sorted({type(defect).__name__.removesuffix("Defect") for part in parts for defect in part.defects})
    if defects:
        into.warn(f"repaired: the message is malformed ({', '.join(defects)})")

"""Detect what kind of text some bytes hold: markup, mail, data or prose."""

import codecs
import json
import re
import unicodedata

__all__ = ["BOMS", "CONTROLS", "text_media_type", "wide_encoding"]

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HEAD = 16_384  # bytes looked at
_HTML = re.compile(
    r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:div|p|article|section|table|h1|title|meta)[\s>]",
    re.IGNORECASE,
)
_STYLED = re.compile(
    r"\s*<(?:style|script)[\s>]", re.IGNORECASE
)  # how pages begin that tools wrote something in front of
_PROLOGUE = r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<\?[^>]{0,400}>\s*|<!--.{0,2000}?-->\s*){0,20}"
_HTML_FIRST = re.compile(_PROLOGUE + r"<(?:!doctype\s+html|html[\s>]|head[\s>])", re.IGNORECASE | re.DOTALL)
_ROOT = re.compile(
    _PROLOGUE + r"(?P<doctype><!DOCTYPE\s[^\[>]{0,500}(?:\[|>\s*))?(?:<(?P<root>[A-Za-z_][\w.:-]{0,60})[\s/>])?",
    re.DOTALL,
)
_FEEDS = {"rss": "application/rss+xml", "rdf:RDF": "application/rss+xml", "feed": "application/atom+xml"}
_FROM_LINE = re.compile(r"From [^\r\n]{3,300}\d\d[^\r\n]{0,60}\r?\n(?:>[^\r\n]*\r?\n)?[A-Za-z][\w-]{0,60}:")
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60}):[^\r\n]*(?:\r?\n|\Z)|[ \t][^\r\n]*(?:\r?\n|\Z)")
_TRANSPORT = frozenset({"received", "return-path", "delivered-to", "message-id", "mime-version", "x-mailer"})
_ENVELOPE = frozenset({"from", "to", "subject", "date", "cc", "sender", "reply-to", "content-type"})
_JSON = re.compile(r'\s*(?:\{\s*(?:"(?:[^"\\]|\\.){0,200}"\s*:|\})|\[\s*(?:\{\s*["}]|"))')
# How formats of text begin that have lines of their own.
_BEGINNINGS = {
    "text/calendar": re.compile(r"\s*BEGIN:VCALENDAR\s", re.IGNORECASE),
    "text/vtt": re.compile(r"WEBVTT(?:[ \t][^\n]*)?(?:\r?\n|\Z)"),
    "application/x-subrip": re.compile(
        r"\s*(?:\d{1,6}[ \t]{0,9}\r?\n\s{0,9})?\d{1,2}:\d\d:\d\d[,.]\d{1,3}\s*-->\s*\d{1,2}:\d\d:\d\d[,.]\d"
    ),
}
_NAMED = {"text/csv", "text/tab-separated-values", "text/markdown", "application/json", "application/jsonl"}
# No text has these. White space it has, vertical tabs from word processors too, and ESC begins colours of a terminal's
# log and the shifts of ISO-2022.
CONTROLS = bytes({*range(32)} - {*b"\t\n\v\f\r\x1b"})
_NO_TEXT = frozenset(("Cc", "Cn", "Co", "Cs"))  # categories: controls, unassigned, private, surrogates
_FEW = 16  # characters
_WIDE_STOPS = {
    name: tuple(stop.encode(name) for stop in "，。") for name in ("utf-16-le", "utf-16-be")
}  # commas and full stops
_IN_WIDE_STOPS = b"\xff\x02"  # each of them has one of these bytes, and hardly any other text has
_IDEOGRAPHIC = re.compile("[\u3001-\u30ff\u4e00-\u9fff\uff01-\uff5e]")
_MOSTLY = 0.9
_SOME_LINES = 5
_COLUMNS = 3


def wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark.

    Latin text in them has zeros at regular places; in UTF-16 that of other scripts reads well.
    """
    if b"\x00" not in head[:4096]:
        return _wide_chinese(head)
    half = len(head) / 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) > 0.4 * half:
        quarter = len(head) / 4
        zeros = [head[n::4].count(0) > 0.9 * quarter for n in range(4)]
        return {(False, True, True, True): "utf-32-le", (True, True, True, False): "utf-32-be"}.get(tuple(zeros))  # type: ignore[arg-type]
    if odd > 0.4 * half and even < 0.05 * half and _is_text(head[0::2]):
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half and _is_text(head[1::2]):
        return "utf-16-be"
    return next((name for name in _WIDE_STOPS if _reads_well(head, name)), None) or _wide_chinese(head)


def _wide_chinese(head: bytes) -> str | None:
    """The encoding of Chinese or Japanese in UTF-16 without any space or end of a line."""
    if not any(byte in head for byte in _IN_WIDE_STOPS):  # one byte is found far sooner than two
        return None
    for name, stops in _WIDE_STOPS.items():
        if any(stop in head for stop in stops):  # bytes that text in other encodings hardly has
            text = head[: len(head) // 2 * 2].decode(name, "replace")
            if len(text) >= _FEW and sum(_IDEOGRAPHIC.match(c) is not None for c in text) > _MOSTLY * len(text):
                return name
    return None


def _reads_well(head: bytes, encoding: str) -> bool:
    """Whether all are characters in use and blanks are among them; of numbers of 16 bits every eighth is none.

    In the wrong byte order a space is another, and the end of a line no character.
    """
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    blank = "\n" in text or " " in text
    return len(text) >= _FEW and blank and all(unicodedata.category(c) not in _NO_TEXT for c in set(text) - {*"\t\r\n"})


def _is_text(low: bytes) -> bool:
    """Whether the lower bytes are hardly ever control characters, as numbers of 16 bits are."""
    return len(low) - len(low.translate(None, CONTROLS)) < 0.1 * len(low)


def text_media_type(data: bytes, claimed: str) -> str:
    """The media type of text in any encoding.

    Args:
        data: The file.
        claimed: The media type its name or its uploader claims, believed where the content does not speak against it.
    """
    head = _head(data)
    if _HTML_FIRST.match(head):
        return "text/html"
    return _mail(head, claimed) or _markup(head, claimed) or _data(head, claimed, whole=len(data) <= _HEAD)


def _head(data: bytes) -> str:
    head = data[:_HEAD]
    for bom, name in BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(name, "replace")
    return head.decode(wide_encoding(head) or "latin-1", "replace")


def _mail(head: str, claimed: str) -> str | None:
    if _FROM_LINE.match(head) and claimed != "message/rfc822":
        return "application/mbox"
    names = set()
    at = head.find("\n") + 1 if head.startswith("From ") else 0
    while header := _HEADER.match(head, at):
        at = header.end()
        names.add((header[1] or "").lower())
    envelope, transport = names & _ENVELOPE, names & _TRANSPORT
    if claimed == "message/rfc822" and (envelope or transport):
        return "message/rfc822"
    ends = at >= len(head) or head[at] in "\r\n"
    sure = (
        len(transport) > 1
        or {"mime-version", "content-type"} <= names
        or {"from", "subject", "date"} <= names
        or {"from", "to", "subject"} <= names
    )
    return "message/rfc822" if ends and sure and "from" in names | transport else None


def _markup(head: str, claimed: str) -> str | None:
    start = head.lstrip()
    found = _ROOT.match(head) if start[:1] == "<" else None
    root = (found["root"] or "") if found else ""
    if root in _FEEDS:
        return _FEEDS[root]
    if claimed != "text/markdown":
        tags = len(_HTML.findall(head if _STYLED.match(head) else head[:4096]))
        is_claimed = claimed in {"text/html", "application/xhtml+xml"}
        if is_claimed and _STYLED.match(head):
            return "text/html"
        if tags and (is_claimed or (start[:1] == "<" and tags > 1)) and not (start.startswith("<?xml")):
            return "text/html"
    if start[:1] != "<":
        return None
    declared = start.startswith("<?xml") or root == "svg" or bool(found and found["doctype"])
    is_xml = declared or (root and (claimed in {"application/xml", "text/xml"} or claimed.endswith("+xml")))
    return "application/xml" if is_xml else None


def _data(head: str, claimed: str, *, whole: bool) -> str:
    if told := next((kind for kind, beginning in _BEGINNINGS.items() if beginning.match(head)), None):
        return told
    if _JSON.match(head):
        if _is_json_lines(head, claimed, whole=whole):
            return "application/jsonl"
        return "application/json"
    if claimed in _NAMED:
        return claimed
    if claimed != "text/plain" and _is_tabular(head, whole=whole):
        return "text/tab-separated-values"
    return "text/plain"


def _is_json_lines(head: str, claimed: str, *, whole: bool) -> bool:
    """Whether each line is a JSON value of its own: by its name, or by two lines that are objects."""
    if claimed == "application/jsonl":
        return True
    lines = [line for line in head.splitlines() if line.strip()]
    complete = lines if whole else lines[:-1]
    if len(complete) < 2 or not all(line.lstrip().startswith("{") for line in complete[:_SOME_LINES]):  # noqa: PLR2004
        return False
    try:
        return all(isinstance(json.loads(line), dict) for line in complete[:2])
    except (ValueError, RecursionError):
        return False


def _is_tabular(head: str, *, whole: bool) -> bool:
    lines = head.splitlines()
    lines = lines if whole else lines[:-1]
    tabs = {line.count("\t") for line in lines}
    return len(lines) >= _SOME_LINES and len(tabs) == 1 and tabs.pop() >= _COLUMNS - 1

"""Calendar parts of mails (iCalendar, RFC 5545): what an invitation says, as lines."""

import re

from docmill.extract.collect import Collector
from schemas.document import BlockKind

__all__ = ["read_calendar"]

_FOLD = re.compile(r"\r?\n[ \t]")
_FIELD = re.compile(r'\s*([^\s:;]++)(?:[^:"]|"[^"]*")*+:')  # with its parameters, whose quoted values hold colons
_ESCAPED = re.compile(r"\\([nN,;\\])")
_EVENTS = frozenset({"VEVENT", "VTODO", "VJOURNAL"})  # the description of an alarm within one is none of the event's
_SHOWN = {
    "SUMMARY": "",
    "DTSTART": "Start: ",
    "DTEND": "End: ",
    "DUE": "Due: ",
    "LOCATION": "Location: ",
    "DESCRIPTION": "",
}
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d)?(Z?)")


def read_calendar(text: str, into: Collector) -> bool:
    """Add the title, time, place and description of each event; whether there was any."""
    inside: list[str] = []
    found = False
    for line in _FOLD.sub("", text).splitlines():
        if not (field := _FIELD.match(line)):
            continue
        name, value = field[1].upper(), line[field.end() :]
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END":
            del inside[-1:]
        elif name in _SHOWN and inside and inside[-1] in _EVENTS and value.strip():
            into.add(BlockKind.LINE, _SHOWN[name] + _value(value))
            found = True
    return found


def _value(value: str) -> str:
    """A text without its escapes, or a moment as people write it."""
    if stamp := _STAMP.fullmatch(value.strip()):
        year, month, day, hour, minute, universal = stamp.groups()
        clock = f" {hour}:{minute}" if hour else ""
        return f"{year}-{month}-{day}{clock}{' UTC' if universal else ''}"
    return _ESCAPED.sub(lambda escape: " " if escape[1] in "nN" else escape[1], value)

"""Calendars (iCalendar, RFC 5545), by themselves or in mails: what an event or invitation says, as lines."""

import re

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind

__all__ = ["read_calendar", "read_calendar_file"]

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
_NAME = re.compile(r"^(?:X-WR-CALNAME|NAME)(?:;[^:\r\n]*)?:([^\r\n]+)", re.MULTILINE)
_SUMMARY = re.compile(r"^SUMMARY(?:;[^:\r\n]*)?:([^\r\n]+)", re.MULTILINE)
_HEAD = 4096  # characters among which a calendar's name stands
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


def read_calendar_file(text: str, limits: Limits) -> Extracted | Refusal:
    """The events of a calendar; its title is its name, or that of its only event."""
    into = Collector(limits)
    read_calendar(text, into)
    names = {_value(name) for name in _NAME.findall(_FOLD.sub("", text[:_HEAD]))}
    titles = names or {_value(title) for title in _SUMMARY.findall(_FOLD.sub("", text))}
    return into.extracted(Metadata(title=titles.pop() if len(titles) == 1 else None))


def _value(value: str) -> str:
    """A text without its escapes, or a moment as people write it."""
    if stamp := _STAMP.fullmatch(value.strip()):
        year, month, day, hour, minute, universal = stamp.groups()
        clock = f" {hour}:{minute}" if hour else ""
        return f"{year}-{month}-{day}{clock}{' UTC' if universal else ''}"
    return _ESCAPED.sub(lambda escape: " " if escape[1] in "nN" else escape[1], value)

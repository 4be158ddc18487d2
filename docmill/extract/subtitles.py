"""Subtitles (SubRip, WebVTT): what is said, as running text; when it is said is left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.text import split_lines
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind

__all__ = ["read_subtitles"]

_TIMING = re.compile(
    r"\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[,.]\d{1,3})?\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[,.]\d{1,3})?(?:\s.*)?"
)
_HEADER = re.compile(r"\ufeff?WEBVTT(?:[ \t]+-?\s*(.*))?")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z-]{2,12})\s*", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[^ >]{0,40})?\s+([^>]{1,80})>")
_MARKUP = re.compile(r"<[^<>]{0,100}>|\{\\[^{}]{0,100}\}")  # of WebVTT and HTML, and of ASS
_NEXT_SPEAKER = re.compile(r"[-–—]\s*\S")
_ENDS = re.compile(r"[.!?…。！？؟][\"'”’»)\]」』]*$")
_SILENCE = 4  # seconds after which something else is said
_PARAGRAPH, _LONGEST = 400, 4000  # characters after which a sentence's end, or whatever it is, ends a paragraph


@dataclass(frozen=True, slots=True)
class _Cue:
    start: int  # seconds
    end: int
    voice: str
    lines: tuple[str, ...]


def read_subtitles(text: str, limits: Limits) -> Extracted | Refusal:
    """Paragraphs of what is said, ended by silence, another speaker, or a sentence's end after some lines."""
    into = Collector(limits)
    lines = split_lines(text)
    said: list[str] = []
    before = _Cue(0, 0, "", ())
    for cue in _cues(lines):
        shown = frozenset(before.lines)
        fresh = [line for line in cue.lines if line not in shown]  # lines that scroll are there twice
        opens = cue.start - before.end >= _SILENCE or cue.voice != before.voice or _is_long(said)
        for line in fresh:
            if said and (opens or _NEXT_SPEAKER.match(line)):
                into.add(BlockKind.PARAGRAPH, " ".join(said))
                said = []
            if not said and cue.voice and cue.voice != before.voice:
                said.append(f"{cue.voice}:")
            said.append(line)
            opens = False
        before = cue
    into.add(BlockKind.PARAGRAPH, " ".join(said))
    return into.extracted(_metadata(lines))


def _is_long(said: list[str]) -> bool:
    size = sum(map(len, said))
    return size >= _LONGEST or (size >= _PARAGRAPH and _ENDS.search(said[-1]) is not None)


def _cues(lines: list[str]) -> Iterator[_Cue]:
    """Each timing and the lines below it, up to a blank one."""
    at = 0
    while at < len(lines):
        timing = _TIMING.fullmatch(lines[at])
        at += 1
        if timing is None:
            continue
        first = at
        while at < len(lines) and lines[at].strip() and not _TIMING.fullmatch(lines[at]):
            at += 1
        shown = lines[first:at]
        if at < len(lines) and _TIMING.fullmatch(lines[at]) and shown and shown[-1].strip().isdecimal():
            shown.pop()  # the next one's number, where no blank line stands before it
        voice = next((found[1] for line in shown if (found := _VOICE.search(line))), "")
        texts = [" ".join(unescape(_MARKUP.sub("", line)).split()) for line in shown]
        yield _Cue(
            _seconds(*timing.group(1, 2, 3)), _seconds(*timing.group(4, 5, 6)), voice, tuple(filter(None, texts))
        )


def _seconds(hours: str | None, minutes: str, seconds: str) -> int:
    return int((hours or "0")[:9]) * 3600 + int(minutes) * 60 + int(seconds)


def _metadata(lines: list[str]) -> Metadata:
    head = _HEADER.fullmatch(lines[0]) if lines else None
    if head is None:
        return Metadata()
    language = next((found[1] for line in lines[1:10] if (found := _LANGUAGE.fullmatch(line))), None)
    return Metadata(title=head[1] or None, language=language)

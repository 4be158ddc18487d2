"""What programs and sites write on pages of any subject, as whole blocks: labels, and sentences that ask for something.

A label stays where the text speaks of it, sentences where another block speaks of their subject.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from docmill.clean.line import Line
from schemas.document import RemovalReason

__all__ = ["FEW", "alone", "of_programs", "with_interface"]

FEW = 30  # blocks that stay: with more, the models see what belongs to none
_LABEL = 80  # characters
_LONGEST = 30  # words of a sentence
_ENDS = " \t\xa0\ufe0f↑▲⬆⇧^→←↓▼»«›‹>.!:*"
_COLONS = (":", "：")
_DATA = tomllib.loads((files("docmill.clean") / "interface.toml").read_text(encoding="utf-8"))
_LABELS = {label: RemovalReason(reason) for reason, labels in _DATA["labels"].items() for label in labels}
_SHAPES = [(re.compile("|".join(shapes)), RemovalReason(reason)) for reason, shapes in _DATA["shapes"].items()]


@dataclass(frozen=True, slots=True)
class _Sentences:
    """What is said of one subject on pages about others."""

    reason: RemovalReason
    subject: re.Pattern[str]
    said: re.Pattern[str]
    known: bool  # whether the rules find some of them too

    def among(
        self, lines: Mapping[int, Line], by_themselves: frozenset[int], found: dict[int, RemovalReason]
    ) -> dict[int, RemovalReason]:
        """What is found, and these sentences; without any of them where the page is about their subject."""
        on_it = [number for number, line in lines.items() if self.subject.search(line.lowered)]
        if not on_it:
            return found
        said = {number for number in by_themselves.intersection(on_it) if self.said_in(lines[number])}
        if all(number in said or number in found for number in on_it):
            return dict.fromkeys(said, self.reason) | found
        return {number: reason for number, reason in found.items() if not self.known or reason is not self.reason}

    def said_in(self, line: Line) -> bool:
        """Whether a line is such a sentence."""
        return line.words <= _LONGEST and self.said.fullmatch(line.lowered) is not None


_SENTENCES = [
    _Sentences(
        RemovalReason(told["reason"]), re.compile(told["subject"]), re.compile("|".join(told["said"])), told["known"]
    )
    for told in _DATA["sentences"]
]


def with_interface(
    lines: Mapping[int, Line], by_themselves: frozenset[int], found: Mapping[int, RemovalReason]
) -> dict[int, RemovalReason]:
    """What is found, and the labels and sentences among the lines; nothing if they hold nothing else.

    Args:
        lines: Those that stay, by number, in order.
        by_themselves: The numbers of those that are no part of anything, as items and cells are.
        found: Those of which it is known why they go.
    """
    labels = {number: reason for number in by_themselves if (reason := _label(lines[number])) is not None}
    said = "\n".join(line.text for number, line in lines.items() if number not in labels)
    labels = {number: reason for number, reason in labels.items() if lines[number].text.strip(_ENDS) not in said}
    together = labels | dict(found)
    for sentences in _SENTENCES:
        together = sentences.among(lines, by_themselves, together)
    return together if len(together) < len(lines) else {}


def alone(lines: Mapping[int, Line]) -> frozenset[int]:
    """The numbers of the lines, given in order, that are no example below what announces one."""
    announced = [False, *(line.text.endswith(_COLONS) for line in lines.values())]
    return frozenset(number for number, below in zip(lines, announced, strict=False) if not below)


def of_programs(line: Line) -> bool:
    """Whether a line is what programs write, whatever the text is about."""
    return _label(line) is not None or any(sentences.said_in(line) for sentences in _SENTENCES)


def _label(line: Line) -> RemovalReason | None:
    """Why a label of programs goes; None where a block is none."""
    if len(line.text) > _LABEL:
        return None
    label = line.lowered.replace("...", "…").strip(_ENDS)
    return _LABELS.get(label) or next((reason for shape, reason in _SHAPES if shape.fullmatch(label)), None)

"""Prompts and notices that stand in the text of a page: on small ones, whose markup tells little, by their wording."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from docmill.clean.line import Line, read_texts
from docmill.clean.rules import judge
from docmill.extract.html.kinds import Place
from docmill.extract.html.page import Page
from schemas.document import BlockKind, RemovalReason

__all__ = ["complaints", "prompts"]

_FEW = 30  # blocks that stay
_LABEL = 80  # characters
_LONGEST = 30  # words of a sentence
_ENDS = " \t\xa0\ufe0f↑▲⬆⇧^→←↓▼»«›‹>.!:*"
_COLONS = (":", "：")
_PLAIN = frozenset((BlockKind.PARAGRAPH, BlockKind.HEADING))
_DATA = tomllib.loads((files("docmill.clean.page") / "interface.toml").read_text(encoding="utf-8"))
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
        self, lines: Mapping[int, Line], alone: frozenset[int], found: dict[int, RemovalReason]
    ) -> dict[int, RemovalReason]:
        """What is found, and these sentences; without any of them where the page is about their subject."""
        on_it = [number for number, line in lines.items() if self.subject.search(line.lowered)]
        if not on_it:
            return found
        said = {number for number in alone.intersection(on_it) if self._is_said(lines[number])}
        if all(number in said or number in found for number in on_it):
            return dict.fromkeys(said, self.reason) | found
        return {number: reason for number, reason in found.items() if not self.known or reason is not self.reason}

    def _is_said(self, line: Line) -> bool:
        return line.words <= _LONGEST and self.said.fullmatch(line.lowered) is not None


_SENTENCES = [
    _Sentences(
        RemovalReason(told["reason"]), re.compile(told["subject"]), re.compile("|".join(told["said"])), told["known"]
    )
    for told in _DATA["sentences"]
]


def prompts(page: Page, where: Sequence[Place], kept: Sequence[int]) -> dict[int, RemovalReason]:
    """Prompts and notices on a page of few blocks, unless it holds nothing else."""
    if len(kept) > _FEW:
        return {}
    lines = dict(zip(kept, read_texts([page.block_text[number] for number in kept]), strict=True))
    found = {
        number: reason for number, line in lines.items()
        if (reason := judge(line)) is not None and _is_prompt(line, reason, where[number])
    }  # fmt: skip
    alone = _alone(lines, where)
    labels = {number: reason for number in alone if (reason := _label(lines[number])) is not None}
    said = "\n".join(line.text for number, line in lines.items() if number not in labels)
    found |= {number: reason for number, reason in labels.items() if lines[number].text.strip(_ENDS) not in said}
    for sentences in _SENTENCES:
        found = sentences.among(lines, alone, found)
    return found if len(found) < len(kept) else {}


def complaints(page: Page, kept: Sequence[int]) -> Iterator[int]:
    """What browsers without scripts are shown to say so."""
    for number in kept:
        if "javascript" in page.block_text[number].lower() and _is_inside(page, number, "noscript"):
            yield number


def _is_inside(page: Page, block: int, tag: str) -> bool:
    element = page.block_leaf[block]
    while element >= 0 and page.signatures[page.element_signature[element]][0] != tag:
        element = page.element_parent[element]
    return element >= 0


def _is_prompt(line: Line, reason: RemovalReason, place: Place) -> bool:
    """Whether a block is what its wording suggests; sentences, and steps of a manual, tell what others should do."""
    match reason:
        case RemovalReason.COOKIE_BANNER:
            return True
        case RemovalReason.LEGAL:
            return line.phrases["legal"] > 1
        case RemovalReason.LOGIN_PROMPT | RemovalReason.SHARING | RemovalReason.RELATED_LINKS:
            return place.number is None and not line.ends_sentence
        case _:
            return False


def _alone(lines: Mapping[int, Line], where: Sequence[Place]) -> frozenset[int]:
    """The blocks that are no item, cell or quotation, nor an example below what announces one."""
    announced = [False, *(line.text.endswith(_COLONS) for line in lines.values())]
    return frozenset(
        number
        for number, is_announced in zip(lines, announced, strict=False)
        if where[number].kind in _PLAIN and where[number].item < 0 and where[number].cell < 0 and not is_announced
    )


def _label(line: Line) -> RemovalReason | None:
    """Why a label of programs goes; None where a block is none."""
    if len(line.text) > _LABEL:
        return None
    label = line.lowered.replace("...", "…").strip(_ENDS)
    return _LABELS.get(label) or next((reason for shape, reason in _SHAPES if shape.fullmatch(label)), None)

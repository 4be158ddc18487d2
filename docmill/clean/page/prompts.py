"""Prompts and notices that stand in the text of a page: on small ones, whose markup tells little, by their wording."""

from collections.abc import Iterator, Sequence

from docmill.clean.interface import FEW, alone, with_interface
from docmill.clean.line import Line, read_texts
from docmill.clean.reasons import name_reasons
from docmill.clean.rules import judge
from docmill.extract.html.kinds import Place
from docmill.extract.html.page import Page
from schemas.document import BlockKind, RemovalReason

__all__ = ["closing_notices", "complaints", "prompts"]

_CLOSING = 3  # blocks
_PLAIN = frozenset((BlockKind.PARAGRAPH, BlockKind.HEADING))


def prompts(page: Page, where: Sequence[Place], kept: Sequence[int]) -> dict[int, RemovalReason]:
    """Prompts and notices on a page of few blocks, unless it holds nothing else."""
    if len(kept) > FEW:
        return {}
    lines = dict(zip(kept, read_texts([page.block_text[number] for number in kept]), strict=True))
    found = {
        number: reason for number, line in lines.items()
        if (reason := judge(line)) is not None and _is_prompt(line, reason, where[number])
    }  # fmt: skip
    by_themselves = frozenset(number for number in alone(lines) if _is_plain(where[number]))
    return with_interface(lines, by_themselves, found)


def _is_plain(place: Place) -> bool:
    """Whether a block is no item, cell or quotation."""
    return place.kind in _PLAIN and place.item < 0 and place.cell < 0


def complaints(page: Page, kept: Sequence[int]) -> Iterator[int]:
    """What browsers without scripts are shown to say so."""
    for number in kept:
        if "javascript" in page.block_text[number].lower() and _is_inside(page, number, "noscript"):
            yield number


def closing_notices(page: Page, kept: Sequence[int]) -> Iterator[int]:
    """The notices of rights that a text ends with, as those of agencies do."""
    for number in reversed(kept[1:][-_CLOSING:]):
        text = page.block_text[number]
        if not ("©" in text or "ights reserved" in text) or name_reasons([text]) != [RemovalReason.LEGAL]:
            return
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

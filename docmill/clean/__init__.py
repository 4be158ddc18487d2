"""Clean: drop the blocks that are not the document's own content, each with a reason.

Three judges work together. The rules in rules.py know a block by its wording, those in sequence.py by what stands
around it; the models in lines/ tell content from furniture among the lines of a plain-text dump, where no markup
helps. What a rule names goes; the models decide about the rest.
"""

from docmill.clean.form import Form, form_of, own_title
from docmill.clean.interface import FEW, alone, with_interface
from docmill.clean.line import Line, read_blocks, read_dump
from docmill.clean.lines import Judged, judge_lines
from docmill.clean.page import clean_page
from docmill.clean.reasons import complete_reasons
from docmill.clean.rules import judge
from docmill.clean.sequence import Verdicts, is_deck, judge_in_context
from docmill.clean.sites import NOWHERE, furniture, logged
from docmill.clean.title import find_title
from docmill.collector import paused
from docmill.maker import maker
from docmill.papers import is_no_title
from docmill.stage import Cleaned, Extracted, Lines
from schemas.document import Block, Removal, RemovalReason

__all__ = ["VERSION", "clean", "read_as_content"]

VERSION = "23"
_PART = 5_000  # lines judged as if they were a document: longer ones are none of the pages the models know
_block, _removal = maker(Block), maker(Removal)


def clean(extracted: Extracted, *, known: frozenset[str] = NOWHERE) -> Cleaned:
    """Split a document's blocks into those that stay and those that go.

    Args:
        extracted: What was read of it. The lines of a plain text are taken for the dump of a page, among which the
            page's furniture stands.
        known: What is furniture on its site, as `SiteMemory.known` gives it.
    """
    declared = extracted.metadata.title
    if extracted.page is not None:
        return clean_page(extracted.page, extracted.metadata.url, known)
    if extracted.lines is not None:
        return _clean_dump(extracted.lines, declared, known)
    blocks = extracted.blocks
    lines = read_blocks(blocks)
    reasons = list(map(judge, lines))
    free = bool(lines) and form_of(lines, reasons) is Form.OWN
    verdicts, title = _settled(lines, reasons, None, declared, known, free=free)
    if free and not declared and (title is None or is_no_title(title)):
        title = own_title(lines, reasons, title)
    kept = tuple(block for block, reason in zip(blocks, verdicts, strict=True) if not reason)
    removed = (
        _removal(b.start_line, b.end_line, b.page, b.kind, reason, logged(b.text, reason))
        for b, reason in zip(blocks, verdicts, strict=True)
        if reason
    )
    return Cleaned(kept, tuple(removed), title)


@paused()
def _clean_dump(dump: Lines, declared: str | None, known: frozenset[str]) -> Cleaned:
    """Some thousands of lines at a time, so that of the others little is held in memory."""
    kept: list[Block] = []
    removed: list[Removal] = []
    found: str | None = None
    for at in range(0, len(dump.texts), _PART):
        part = slice(at, at + _PART)
        lines, reading = read_dump(dump.texts[part], dump.numbers[part], dump.items[part])
        reasons = list(map(judge, lines))
        form = form_of(lines, reasons)
        judged = judge_lines(reading, lines) if form is Form.PAGE else None
        verdicts, title = _settled(lines, reasons, judged, declared, known, free=form is Form.OWN)
        if not at:
            is_own = form is not Form.PAGE and not declared and verdicts[0] is None
            found = own_title(lines, reasons, title) if is_own else title
        for line, number, reason in zip(lines, dump.numbers[part], verdicts, strict=True):
            if reason is None:
                kept.append(_block(line.kind, line.text, number, number, None, None, None))
            else:
                removed.append(_removal(number, number, None, line.kind, reason, logged(line.text, reason)))
    return Cleaned(tuple(kept), tuple(removed), found)


def _settled(  # noqa: PLR0913  the document, and what is known of it
    lines: list[Line],
    reasons: Verdicts,
    judged: Judged | None,
    declared: str | None,
    known: frozenset[str],
    *,
    free: bool = False,
) -> tuple[Verdicts, str | None]:
    """A verdict a line, by the rules' reasons and the models, and the title.

    If the document is free of furniture, only its site's lines go.
    """
    content = read_as_content(lines, judged)
    title = find_title(lines, reasons, content, declared)
    verdicts: Verdicts = [None] * len(lines) if free else judge_in_context(lines, reasons, title, content)
    if judged is not None:
        content = [kept or is_deck(line, verdicts, title) for line, kept in zip(lines, content, strict=True)]
        verdicts = complete_reasons(lines, verdicts, content, judged, title)
        _drop_interface(lines, verdicts, title)
    if known:
        stay = [line for line, reason in zip(lines, verdicts, strict=True) if reason is None]
        gone = furniture(known, stay)
        for line in stay:
            if line.text in gone:
                verdicts[line.index] = RemovalReason.SITE_FURNITURE
        if title is not None and lines[title].text in gone:  # the site's name, not the document's
            title = find_title(lines, verdicts, content, declared)
    return verdicts, None if title is None else lines[title].text


def _drop_interface(lines: list[Line], verdicts: Verdicts, title: int | None) -> None:
    """In the dump of a small page, of which the models know little, what programs write on pages of any subject."""
    stay = {line.index: line for line, reason in zip(lines, verdicts, strict=True) if reason is None}
    if len(stay) > FEW:
        return
    by_themselves = frozenset(n for n in alone(stay) if n != title and not stay[n].is_list_item)
    for number, reason in with_interface(stay, by_themselves, {}).items():
        verdicts[number] = reason


def read_as_content(lines: list[Line], judged: Judged | None) -> list[bool]:
    """Which lines read as the document's own."""
    return [line.is_prose for line in lines] if judged is None else _with_items(lines, judged.content.tolist())


def _with_items(lines: list[Line], content: list[bool]) -> list[bool]:
    """List items that follow directly on content are part of it."""
    content = list(content)
    for index in [line.index for line in lines if line.is_list_item]:
        if index and not content[index] and content[index - 1] and not lines[index].blank_before:
            content[index] = True
    return content

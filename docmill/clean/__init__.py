"""Clean: drop the blocks that are not the document's own content, each with a reason.

Three judges work together. The rules in rules.py know a block by its wording, those in sequence.py by what stands
around it; the models in lines/ tell content from furniture among the lines of a plain-text dump, where no markup
helps. What a rule names goes; the models decide about the rest.
"""

from collections.abc import Sequence
from itertools import chain, islice

from pydantic import TypeAdapter

from docmill.clean.line import Line, read_blocks
from docmill.clean.lines import judge_lines
from docmill.clean.page import clean_page
from docmill.clean.reasons import complete_reasons
from docmill.clean.rules import judge
from docmill.clean.sequence import Verdicts, judge_in_context
from docmill.clean.sites import NOWHERE, furniture, logged
from docmill.clean.title import find_title
from docmill.stage import Cleaned, Extracted
from schemas.document import Block, Removal, RemovalReason

__all__ = ["VERSION", "clean"]

VERSION = "4"
_BATCH = 4_000  # removals
_REMOVALS = TypeAdapter(tuple[Removal, ...])  # many at once are made in half the time


def clean(extracted: Extracted, *, is_dump: bool, known: frozenset[str] = NOWHERE) -> Cleaned:
    """Split a document's blocks into those that stay and those that go.

    Args:
        extracted: The blocks in reading order.
        is_dump: Whether they are the lines of a plain-text dump, among which the page's furniture stands; an HTML
            extractor has seen to that already.
        known: What is furniture on its site, as `SiteMemory.known` gives it.
    """
    if extracted.page is not None:
        return clean_page(extracted.page, extracted.metadata.url, known)
    lines = read_blocks(extracted.blocks)
    # A poem or a list of names is no page: without any running text, the models have nothing to go by.
    is_dump = is_dump and any(line.is_prose for line in lines)
    verdicts: Verdicts = [judge(line) for line in lines]
    title = find_title(lines, verdicts, extracted.metadata.title)
    judged = judge_lines([line.text for line in lines], [line.blank_before for line in lines]) if is_dump else None
    content = [line.is_prose for line in lines] if judged is None else _with_items(lines, judged.content.tolist())
    verdicts = judge_in_context(lines, verdicts, title, content)
    if judged is not None:
        verdicts = complete_reasons(lines, verdicts, content, judged, title)
    blocks = extracted.blocks
    gone = furniture(known, (block for block, reason in zip(blocks, verdicts, strict=True) if reason is None))
    verdicts = [
        RemovalReason.SITE_FURNITURE if reason is None and line.text in gone else reason
        for line, reason in zip(lines, verdicts, strict=True)
    ]
    if title is not None and lines[title].text in gone:  # the site's name, not the document's
        title = find_title(lines, verdicts, extracted.metadata.title)
    found = None if title is None else lines[title].text
    del lines, judged  # before the log is made: of a long document they take as much memory as its blocks
    kept = tuple(block for block, reason in zip(blocks, verdicts, strict=True) if not reason)
    return Cleaned(blocks=kept, removed=_log(blocks, verdicts), title=found)


def _log(blocks: Sequence[Block], verdicts: Verdicts) -> tuple[Removal, ...]:
    """The removals of blocks that go, some thousands validated at once."""
    rows = (_removal(block, reason) for block, reason in zip(blocks, verdicts, strict=True) if reason)
    batches = iter(lambda: list(islice(rows, _BATCH)), [])
    return tuple(chain.from_iterable(map(_REMOVALS.validate_python, batches)))


def _with_items(lines: list[Line], content: list[bool]) -> list[bool]:
    """List items that follow directly on content are part of it."""
    content = list(content)
    for index in range(1, len(lines)):
        if not content[index] and content[index - 1] and lines[index].is_list_item and not lines[index].blank_before:
            content[index] = True
    return content


def _removal(block: Block, reason: RemovalReason) -> dict[str, object]:
    return {
        "start_line": block.start_line,
        "end_line": block.end_line,
        "page": block.page,
        "kind": block.kind,
        "reason": reason,
        "text": logged(block.text, reason),
    }

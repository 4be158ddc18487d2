"""What to call a block that goes: the rule that names it, else what its looks and its place suggest."""

from collections.abc import Sequence

from docmill.clean.line import Line
from docmill.clean.lines import Judged
from docmill.clean.patterns import NUMBERS
from docmill.clean.rules import judge
from docmill.clean.sequence import Verdicts
from schemas.document import Block, BlockKind, RemovalReason

__all__ = ["complete_reasons", "name_reason"]

_OPENING = 8  # lines: a title stands so near to the content, or it is not kept with it


def name_reason(text: str) -> RemovalReason | None:
    """Why a block with this text would go, by the phrase rules; None if none of them knows it."""
    return judge(Line(block=Block.model_construct(kind=BlockKind.LINE, text=text), index=0, blank_before=True))


def complete_reasons(
    lines: list[Line], verdicts: Verdicts, content: Sequence[bool], judged: Judged, title: int | None
) -> Verdicts:
    """The rules' verdicts, and reasons for the lines that only the models take for furniture."""
    verdicts = list(verdicts)
    near = title is not None and any(content[title : title + _OPENING])
    last = max((line.index for line in lines if content[line.index]), default=0)
    below: RemovalReason | None = None
    for line in lines:
        at = line.index
        if at > last and judged.comment_heading[at]:
            below = RemovalReason.COMMENT
        elif at > last and (judged.related_heading[at] or verdicts[at] is RemovalReason.RELATED_LINKS):
            below = RemovalReason.RELATED_LINKS
        if verdicts[at] is None and not content[at] and not (near and at == title):
            verdicts[at] = below or _looks_like(line)
    return verdicts


def _looks_like(line: Line) -> RemovalReason:
    label = line.words < NUMBERS.prose_words and not line.ends_sentence
    return RemovalReason.NAVIGATION if label else RemovalReason.BOILERPLATE

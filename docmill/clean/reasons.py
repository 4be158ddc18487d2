"""What to call a block that goes: the rule that names it, else what its looks and its place suggest."""

from collections.abc import Sequence

from docmill.clean.line import Line, read_texts
from docmill.clean.lines import Judged
from docmill.clean.patterns import NUMBERS
from docmill.clean.rules import judge
from docmill.clean.sequence import Verdicts
from schemas.document import RemovalReason

__all__ = ["complete_reasons", "name_reasons"]

_OPENING = 8  # lines: a title stands so near to the content, or it is not kept with it


def name_reasons(texts: Sequence[str]) -> list[RemovalReason | None]:
    """Why blocks with these texts would go, by the phrase rules; None where none of them knows it."""
    different = list(dict.fromkeys(texts))  # menus are often there twice
    found = dict(zip(different, map(judge, read_texts(different)), strict=True))
    return [found[text] for text in texts]


def complete_reasons(
    lines: list[Line], verdicts: Verdicts, content: Sequence[bool], judged: Judged, title: int | None
) -> Verdicts:
    """The rules' verdicts, and reasons for the lines that only the models take for furniture."""
    verdicts = list(verdicts)
    near = title is not None and any(content[title : title + _OPENING])
    last = max((at for at, kept in enumerate(content) if kept), default=0)
    below: RemovalReason | None = None
    for at, line in enumerate(lines):
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

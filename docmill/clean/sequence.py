"""Rules that judge a block by what stands around it."""

from collections import Counter
from collections.abc import Sequence

from docmill.clean.line import Line
from docmill.clean.patterns import NUMBERS
from docmill.clean.scripts import foreign_letters, script_counts
from schemas.document import BlockKind, RemovalReason

__all__ = ["Verdicts", "is_deck", "judge_in_context"]

Verdicts = list[RemovalReason | None]
_LONG_REPEAT_WORDS = 6
_MIN_FOREIGN = 4  # letters
_QUESTION_MARKS = ("?", "？", "؟")
_CAPTION_WORDS = 5
_BYLINES = 3  # lines below the title among which the byline is
_LINK_FARM = 2  # advertising lines in one group


def judge_in_context(lines: list[Line], verdicts: Verdicts, title: int | None, content: Sequence[bool]) -> Verdicts:
    """The verdicts, completed by the rules that need the whole document.

    Args:
        lines: The document's blocks.
        verdicts: What judging each by itself found.
        title: Index of the title, which stays.
        content: Which blocks read as the document's own, as far as is known.
    """
    verdicts = list(verdicts)
    if title is not None:
        verdicts[title] = None
    _mark_repeats(lines, verdicts, title, content)
    _mark_invitations(lines, verdicts)
    phrased = [line for line in lines if line.phrases]
    _mark_planted(lines, phrased, verdicts)
    if any("spam" in line.phrases for line in phrased):
        _mark_link_farms(lines, verdicts)
    return _without_related_tail(lines, verdicts, content)


def _mark_repeats(lines: list[Line], verdicts: Verdicts, title: int | None, content: Sequence[bool]) -> None:
    """Drop later copies of the title, of longer lines that stay, and every copy of a bare name or label."""
    counts = Counter([line.lowered for line in lines if line.kind is not BlockKind.TABLE])
    repeated = {text for text, count in counts.items() if count >= NUMBERS.repeats}
    if not repeated:
        return
    seen: set[str] = set()
    titled = None if title is None else lines[title].lowered
    for line in [line for line in lines if line.lowered in repeated and line.kind is not BlockKind.TABLE]:
        settled = line.index == title or verdicts[line.index] is not None
        longer = line.words >= _LONG_REPEAT_WORDS and not _is_amid(content, line.index)
        if not settled and line.lowered in seen and (longer or line.lowered == titled):
            verdicts[line.index] = RemovalReason.DUPLICATE
        elif not settled and line.is_name:
            verdicts[line.index] = _name_reason(line, lines, verdicts, title)
        if content[line.index] or line.index == title:
            seen.add(line.lowered)


def _mark_invitations(lines: list[Line], verdicts: Verdicts) -> None:
    """A short question right above an invitation to log in belongs to it: "Not a member yet?"."""
    for at in [at for at, below in enumerate(verdicts[1:]) if below is RemovalReason.LOGIN_PROMPT]:
        line = lines[at]
        if verdicts[at] is None and line.text.endswith(_QUESTION_MARKS) and not line.is_prose:
            verdicts[at] = RemovalReason.LOGIN_PROMPT


def is_deck(line: Line, verdicts: Verdicts, title: int | None) -> bool:
    """Whether a line is a sentence below the title, with at most a byline between: what introduces the article."""
    if title is None or not title < line.index <= title + 2 or verdicts[line.index] is not None:
        return False
    is_below = line.index == title + 1 or verdicts[title + 1] is RemovalReason.BYLINE
    return is_below and line.is_prose and line.ends_sentence


def _is_amid(content: Sequence[bool], index: int) -> bool:
    """Whether a line is content between content, as a refrain is, or a form's field."""
    return all(content[max(0, index - 1) : index + 2])


def _name_reason(line: Line, lines: list[Line], verdicts: Verdicts, title: int | None) -> RemovalReason:
    """A repeated bare name below the title is a byline, below a caption or a title's copy a credit, else a label."""
    at = line.index
    before = lines[at - 1] if at else None
    captioned = before is not None and not (line.blank_before or before.is_prose) and before.words >= _CAPTION_WORDS
    if captioned or (before is not None and verdicts[at - 1] is RemovalReason.DUPLICATE):
        return RemovalReason.CAPTION_CREDIT
    below_title = title is not None and title < at <= title + _BYLINES
    by_another = RemovalReason.BYLINE in verdicts[max(0, at - 1) : at + 2]
    return RemovalReason.BYLINE if below_title or by_another else RemovalReason.NAVIGATION


def _mark_planted(lines: list[Line], phrased: list[Line], verdicts: Verdicts) -> None:
    """Text in a script the document is not written in is planted where it advertises or opens the footer."""
    suspects = [
        line
        for line in phrased
        if verdicts[line.index] is RemovalReason.LEGAL or ("spam" in line.phrases and verdicts[line.index] is None)
    ]
    letters: Counter[str] | None = None
    for line in suspects:
        part = line.text if verdicts[line.index] is None else line.text.split("©")[0].split("copyright")[0]
        if len(part) < _MIN_FOREIGN:
            continue
        letters = letters or script_counts("\n".join([line.text for line in lines]))
        counts = script_counts(part)
        foreign = foreign_letters(counts, letters)
        if foreign >= _MIN_FOREIGN and foreign > counts.total() / 2:
            verdicts[line.index] = RemovalReason.SPAM


def _mark_link_farms(lines: list[Line], verdicts: Verdicts) -> None:
    """A group of labels most of which advertise is spam as a whole."""
    group: list[Line] = []
    for line in [*lines, None]:
        if line is not None and not line.is_prose and not (group and line.blank_before):
            group.append(line)
            continue
        adverts = sum("spam" in one.phrases for one in group)
        if adverts >= max(_LINK_FARM, len(group) / 2):
            for one in group:
                verdicts[one.index] = RemovalReason.SPAM
        group = [line] if line is not None and not line.is_prose else []


def _without_related_tail(lines: list[Line], verdicts: Verdicts, content: Sequence[bool]) -> Verdicts:
    """Below a "related news" heading that most of the content stands above, everything goes."""
    if RemovalReason.RELATED_LINKS not in verdicts:
        return verdicts
    sizes = [
        len(line.text) if kept and verdict is None else 0
        for line, kept, verdict in zip(lines, content, verdicts, strict=True)
    ]
    total, before = sum(sizes), 0
    for line in lines:
        if verdicts[line.index] is RemovalReason.RELATED_LINKS and total and before >= NUMBERS.fold_after * total:
            return verdicts[: line.index] + [
                verdict or RemovalReason.RELATED_LINKS for verdict in verdicts[line.index :]
            ]
        before += sizes[line.index]
    return verdicts

"""Rules that judge a block by where it stands and what stands around it."""

from collections import Counter

from docmill.clean.line import Line
from docmill.clean.patterns import NUMBERS
from docmill.clean.rules import script_counts
from schemas.document import BlockKind, RemovalReason

__all__ = ["judge_in_context"]

Verdicts = list[RemovalReason | None]
_LONG_REPEAT_WORDS = 6
_RUN = 8  # labels in a row
_FOREIGN_SHARE = 0.02  # a script with less than this share of the document's letters is foreign to it
_MIN_FOREIGN = 4  # letters


def judge_in_context(lines: list[Line], verdicts: Verdicts, title: int | None, *, is_dump: bool) -> Verdicts:
    """The verdicts, completed by the rules that need the whole document."""
    verdicts = list(verdicts)
    if title is not None:
        verdicts[title] = None
    _mark_repeats(lines, verdicts, title)
    _mark_foreign_footers(lines, verdicts)
    _fold_related_tail(lines, verdicts)
    if is_dump:
        _trim_head(lines, verdicts, title)
        _trim_tail(lines, verdicts)
        _mark_runs(lines, verdicts, title)
    return verdicts


def _mark_repeats(lines: list[Line], verdicts: Verdicts, title: int | None) -> None:
    """Drop later copies of the title, of longer lines, and every copy of a bare name or label."""
    counts = Counter(line.folded for line in lines if line.block.kind is not BlockKind.TABLE)
    seen: set[str] = set()
    titled = None if title is None else lines[title].folded
    for line in lines:
        if counts[line.folded] < NUMBERS.repeats or not line.folded or line.block.kind is BlockKind.TABLE:
            continue
        settled = line.index == title or verdicts[line.index] is not None
        if not settled and line.folded in seen and (line.words >= _LONG_REPEAT_WORDS or line.folded == titled):
            verdicts[line.index] = RemovalReason.DUPLICATE
        elif not settled and line.is_name:
            verdicts[line.index] = _name_reason(line, lines, verdicts, title)
        seen.add(line.folded)


def _name_reason(line: Line, lines: list[Line], verdicts: Verdicts, title: int | None) -> RemovalReason:
    """A repeated bare name below the title is a byline; below a caption or a copy of the title, a credit."""
    before = lines[line.index - 1] if line.index else None
    if before is None or before.index == title:
        return RemovalReason.BYLINE
    if verdicts[before.index] is RemovalReason.DUPLICATE or not (line.blank_before or before.is_prose):
        return RemovalReason.CAPTION_CREDIT
    return RemovalReason.BYLINE


def _mark_foreign_footers(lines: list[Line], verdicts: Verdicts) -> None:
    """A footer that opens with text in a script the document is not written in is a planted link."""
    if RemovalReason.LEGAL not in verdicts:
        return
    letters = script_counts("\n".join(line.text for line in lines))
    total = letters.total()
    for line in lines:
        if verdicts[line.index] is not RemovalReason.LEGAL:
            continue
        first = script_counts(line.text.split("©")[0].split("copyright")[0])
        foreign = sum(n for script, n in first.items() if letters[script] <= max(_FOREIGN_SHARE * total, n))
        if foreign >= _MIN_FOREIGN and foreign > first.total() / 2:
            verdicts[line.index] = RemovalReason.SPAM


def _fold_related_tail(lines: list[Line], verdicts: Verdicts) -> None:
    """Below a "related news" heading near the end, everything goes."""
    prose = [len(line.text) if line.is_prose and not verdicts[line.index] else 0 for line in lines]
    total, before = sum(prose), 0
    for line in lines:
        if verdicts[line.index] is RemovalReason.RELATED_LINKS and total and before >= NUMBERS.fold_after * total:
            for rest in lines[line.index :]:
                verdicts[rest.index] = verdicts[rest.index] or RemovalReason.RELATED_LINKS
            return
        before += prose[line.index]


def _trim_head(lines: list[Line], verdicts: Verdicts, title: int | None) -> None:
    """Before the title there is only the site's own; between it and the first prose, only bare names go."""
    first = next((line.index for line in lines if line.is_prose and not verdicts[line.index]), None)
    if first is None:
        return
    for line in lines[:first]:
        if line.index == title or verdicts[line.index]:
            continue
        if title is not None and line.index < title:
            verdicts[line.index] = RemovalReason.NAVIGATION


def _trim_tail(lines: list[Line], verdicts: Verdicts) -> None:
    """After the last prose, labels are the page's; list items that follow on it directly are its own."""
    last = next((line.index for line in reversed(lines) if line.is_prose and not verdicts[line.index]), None)
    if last is None:
        return
    attached = True
    for line in lines[last + 1 :]:
        attached = attached and line.is_list_item and not line.blank_before
        if not attached and not verdicts[line.index]:
            verdicts[line.index] = RemovalReason.NAVIGATION


def _mark_runs(lines: list[Line], verdicts: Verdicts, title: int | None) -> None:
    """A long run of labels between prose is a menu, a table of links or a form."""
    run: list[Line] = []
    for line in [*lines, None]:
        if line is not None and not line.is_prose and not line.is_list_item and line.index != title:
            run.append(line)
            continue
        if len(run) >= _RUN and line is not None:
            for one in run[:-1]:
                verdicts[one.index] = verdicts[one.index] or RemovalReason.NAVIGATION
        run = []

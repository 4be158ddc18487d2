"""What a plain text is: the dump of a web page, or a text of its own, such as a letter, a recipe, minutes or a licence.

The models that tell content from furniture learned it from pages. In a letter they take the greeting for a label, in a
recipe the list of ingredients. A page has a menu, a notice, a prompt or a byline, or says things twice, and its lines
are not wrapped at a column.
"""

import re
from collections.abc import Sequence
from enum import Enum

from docmill.clean.interface import of_programs
from docmill.clean.line import Line
from docmill.clean.patterns import MENU_WORDS, NUMBERS
from docmill.clean.sequence import Verdicts
from docmill.papers import is_no_title, letter_ends, subject_of
from schemas.document import RemovalReason

__all__ = ["Form", "form_of", "own_title"]

_MANY = 40  # lines of a text that the models know well
_WRAPPED = 0.1  # share of the lines that are wrapped, of a text that is no page's
_FURNITURE = frozenset((
    RemovalReason.NAVIGATION, RemovalReason.LOGIN_PROMPT, RemovalReason.COOKIE_BANNER, RemovalReason.SHARING,
    RemovalReason.RELATED_LINKS, RemovalReason.BREADCRUMB, RemovalReason.ADVERTISEMENT, RemovalReason.COMMENT,
    RemovalReason.SPAM,
))  # fmt: skip
_LEAST, _SHARE = 3, 0.03  # lines of furniture, and their share, of a page whose text is wrapped
_HEAD = 15  # lines among which the subject of a letter stands
_ADDRESS = 3  # lines below the heading of an address among which one of mail or a telephone is
_LABELS = 2  # lines of words of menus
_OPENING = 4  # lines among which the day of an article stands, below its title
_OPENS = re.compile(r"(?:\*\*)?[#«“\"'„(]*\s*(?:\d|[^\W\d_])")  # a word or number
_SEVERAL = re.compile(r"[|·•>›»/]")  # between labels
_RULE = re.compile(r"([=~^*#\"'`+_-])\1{2,}")
_RULES = frozenset("=~^*#\"'`+_-.")
_UNEVEN = 2  # characters by which a title is longer or shorter than the rule below it
_TITLES = 2
_DIRECTIVE = re.compile(r"\.\. (?:[a-z-]{2,30}::|_[^\n]{1,100}:)")
_MARK = re.compile(r"^#{1,6}\s+")  # of a heading in Markdown
_NO_TITLE = re.compile(r"(?<!\b\w)\.$|[.。][)）\"”’»]+$|[,;:!。，；：！、،؛]$|[←→<>|=]")
_PAGES = re.compile(r"(?=.*[←→«»‹›<>])(?:.*?\b\d{1,4}\s){3}")  # `← 1 2 3 … 14 Next >`
# A line of data, code or a table.
_DATA = re.compile(r"^\d{1,2}[.)]\s|^[^\w\"'„“«]|[={}<\[\]|:]")
_ANY_FIELD = re.compile(r"[^\W\d_][\w ./-]{0,30}\s?[:：]\s*\S")
# A line of code or of its output.
_CODE = re.compile(r"^[\"'{}\[\]$]|[{}\[\]\\]$|[\w\"'\])]\"?[,;]$|\(\)")
# What memos and messages begin with.
_FIELD = re.compile(
    r"\W*(?:from|to|cc|date|subject|re|von|an|datum|betreff|de|à|a|para|fecha|asunto|objet|от|кому|дата|тема|من|إلى|التاريخ"
    r"|发件人|收件人|日期|主题|發件人|主題)\s?[:：]"
)


class Form(Enum):
    """What judges the lines of a text.

    One of few lines is its own unless something tells that it is a page; a wrapped one is unless much does.
    """

    PAGE = "page"  # models and rules
    MIXED = "mixed"  # rules: a text of its own in which something of pages stands, or a page without running text
    OWN = "own"  # nothing: it has no furniture


def form_of(lines: Sequence[Line], reasons: Verdicts) -> Form:
    """Tell pages from texts of their own: of 650 dumps of pages 22 are taken for such, which have little furniture.

    Args:
        lines: The text's.
        reasons: What the rules say of each by itself.
    """
    if sum(line.is_wrapped for line in lines) > _WRAPPED * len(lines):
        return _form_of_wrapped(lines, reasons)
    if _is_marked_up(lines) and not _is_much(_furniture(lines, reasons), lines):
        return Form.OWN
    furnished = _is_furnished(lines, reasons)
    if not any(line.is_prose for line in lines):
        return Form.MIXED if furnished else Form.OWN
    if furnished:
        return Form.PAGE
    if len(lines) > _MANY or letter_ends([line.text for line in lines]) is not None:
        return Form.OWN  # long pages say things twice, and have notices; so have manuals, lists of licences and letters
    return Form.PAGE if _says_twice(lines) or _has_notice(lines, reasons) else Form.OWN


def _is_marked_up(lines: Sequence[Line]) -> bool:
    """Whether titles are underlined for all their length, as in reStructuredText, or directives stand there."""
    marks = [line for line in lines if line.text[:1] in _RULES]
    titles = sum(
        1
        for line in marks
        if line.index
        and not line.blank_before
        and abs(len(line.text) - len(lines[line.index - 1].text)) <= _UNEVEN
        and _RULE.fullmatch(line.text)
    )
    return titles + sum(_DIRECTIVE.match(line.text) is not None for line in marks) >= _TITLES


def _is_furnished(lines: Sequence[Line], reasons: Verdicts) -> bool:
    """Whether a line is furniture, some are labels, or of many one is; what is told soonest is looked for first."""
    likely = (at for at, reason in enumerate(reasons) if reason in _FURNITURE)
    return (
        any(_is_furniture(lines, reasons, at) for at in likely)
        or _labels(lines, reasons) >= (1 if len(lines) > _MANY else _LABELS)
        or any(_is_furniture(lines, reasons, at) for at in range(len(lines)))
    )


def _form_of_wrapped(lines: Sequence[Line], reasons: Verdicts) -> Form:
    furniture = _furniture(lines, reasons)
    if _is_much(furniture, lines):
        return Form.PAGE
    return Form.MIXED if furniture else Form.OWN


def _is_much(furniture: int, lines: Sequence[Line]) -> bool:
    """Whether so many lines are as many as in dumps of pages whose text is wrapped, or whose titles are underlined."""
    return furniture >= _LEAST and furniture > _SHARE * len(lines)


def _furniture(lines: Sequence[Line], reasons: Verdicts) -> int:
    return sum(_is_furniture(lines, reasons, at) for at in range(len(lines)))


def own_title(lines: Sequence[Line], reasons: Verdicts, found: str | None) -> str | None:
    """The title of a text that is no page: its first line if it stands by itself above the rest, else what is found.

    Neither a greeting nor a field such as `To: all staff` is one.
    """
    at = next((n for n, line in enumerate(lines[:-1]) if not (is_no_title(line.text) or _RULE.fullmatch(line.text))), 0)
    first = lines[at]
    alone = len(lines) > at + 1 and _stands_apart(lines[at + 1]) and first.words <= NUMBERS.title_words
    named = reasons[at] in (None, RemovalReason.LEGAL) and not is_no_title(first.text)
    if alone and named and _OPENS.match(first.text) and not _NO_TITLE.search(first.text):
        found = first.text
    if found is None or _FIELD.match(found.lower()) or is_no_title(found):
        return next((said for line in lines[:_HEAD] if (said := subject_of(line.text))), None)
    return _MARK.sub("", found).strip("*") if found.endswith("**") else _MARK.sub("", found)


def _stands_apart(below: Line) -> bool:
    """Whether a line is the first of another paragraph, or the rule that underlines a title, as in reStructuredText."""
    return below.blank_before or _RULE.fullmatch(below.text) is not None


def _is_furniture(lines: Sequence[Line], reasons: Verdicts, at: int) -> bool:
    line = lines[at]
    if of_programs(line) or (not line.is_prose and _PAGES.match(line.text) is not None):
        return not _CODE.search(line.text)
    if reasons[at] not in _FURNITURE or _CODE.search(line.text):
        return False
    return reasons[at] is not RemovalReason.NAVIGATION or not _is_heading(lines, reasons, at)


def _is_heading(lines: Sequence[Line], reasons: Verdicts, at: int) -> bool:
    """Whether a label such as `About us` stands right above running text or an address: press releases end so."""
    line = lines[at]
    if line.is_prose or line.words > NUMBERS.name_words or _SEVERAL.search(line.text) or len(lines) <= at + 1:
        return False
    return lines[at + 1].is_prose or RemovalReason.CONTACT in reasons[at + 1 : at + 1 + _ADDRESS]


def _has_notice(lines: Sequence[Line], reasons: Verdicts) -> bool:
    """Whether a line says who wrote an article or when, or who has the rights; fields, titles and letters' days not."""
    fields = _fields(lines)
    return any(at not in fields and _is_notice(lines[at], reasons[at]) for at in range(len(lines)))


def _is_notice(line: Line, reason: RemovalReason | None) -> bool:
    if reason is RemovalReason.BYLINE:
        is_named = "byline" in line.phrases  # or a day and hardly a word beside it
        return not _FIELD.match(line.lowered) if is_named else 0 < line.index < _OPENING
    return reason is RemovalReason.CAPTION_CREDIT or (reason is RemovalReason.LEGAL and line.index > 0)


def _fields(lines: Sequence[Line]) -> frozenset[int]:
    """Lines such as `Place: village hall` that stand together, as at the head of minutes, invitations and invoices."""
    found: set[int] = set()
    run: list[int] = []
    found.update(line.index for line in lines if sum(map(bool, map(_ANY_FIELD.match, line.text.split("\n")))) >= _LEAST)
    for line in [*lines, None]:
        if line is not None and _ANY_FIELD.match(line.text) and not (run and line.blank_before):
            run.append(line.index)
            continue
        if len(run) >= _LEAST:
            found.update(run)
        run = [line.index] if line is not None and _ANY_FIELD.match(line.text) else []
    return frozenset(found)


def _says_twice(lines: Sequence[Line]) -> bool:
    """Whether a title, a name or a label is there again; data such as `"size": 1` may be, and items of an agenda."""
    said = [line.lowered for line in lines if " " in line.text and not _DATA.search(line.text)]
    return len(set(said)) < len(said)


def _labels(lines: Sequence[Line], reasons: Verdicts) -> int:
    """How many lines are hardly more than words of menus; as many as tell a page, at most."""
    labels = 0
    for line in lines:
        tokens = () if line.is_prose or line.ends_sentence else line.tokens
        if not 0 < len(tokens) <= 2 * sum(token in MENU_WORDS for token in tokens):
            continue
        is_told = is_no_title(line.text) or _CODE.search(line.text) or reasons[line.index] is RemovalReason.CONTACT
        labels += not (is_told or _is_heading(lines, reasons, line.index))
        if labels == _LABELS:
            break
    return labels

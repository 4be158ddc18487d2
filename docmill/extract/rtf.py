"""RTF, its control words resolved by striprtf; title, author and dates from the file's information group."""

import re
from collections.abc import Iterator
from itertools import islice

from striprtf.striprtf import rtf_to_text

from docmill.author_names import declared_authors
from docmill.extract.collect import Collector
from docmill.extract.limits import Limits
from docmill.extract.ooxml import useful_title
from docmill.extract.rtf_tables import BEGINS_TABLE, with_marked_tables, with_whole_cells
from docmill.extract.unreadable import UnreadableError
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["read_rtf"]

_INFO = re.compile(r"\{\\(title|author)\b ?((?:[^{}\\]|\\[^{}])*)\}")
_DATE = re.compile(r"\{\\(creatim|revtim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_INFO_WITHIN = 200_000  # characters before which the information group stands
_CODE_PAGE = re.compile(r"\\ansicpg(\d+)")
_PICTURES = re.compile(r"[0-9a-fA-F\s]{2000,}")  # pictures in hexadecimal
_TEXT_BOX = re.compile(r"\{\\shptxt")
_NOTE = re.compile(r"\{(?:\\\*)?\\(?:footnote|annotation)\b(?:\\ftnalt\b)?")
_RUNNING = {
    RemovalReason.PAGE_HEADER: re.compile(r"\{\\header[lrf]?\b"),
    RemovalReason.PAGE_FOOTER: re.compile(r"\{\\footer[lrf]?\b"),
}
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)  # an escaped one is none
_NO_CHARACTER = re.compile(r"\\u-?\d{6,}")
_FONTS = re.compile(r"\{[^{}]*\\fonttbl")
_IN_TEXT = re.compile(r"\\(?:pard?|sectd?|cell)(?![a-z])")
_FONT = re.compile(r"\\f(?P<font>\d+)|\\fcharset(?P<set>\d+)")
_NO_COUNT = re.compile(r"\\uc(?![a-z\d-])")
_HIDERS = frozenset({"v", "deleted"})
_NOTHING: frozenset[str] = frozenset()
_HIDES = re.compile(r"\\(?:v|deleted)(?:[1-9]\d*)?(?![a-z\d])")
_NESTED_ROW = "{\\*\\nesttableprops"
_TOKEN = re.compile(r"\\'[0-9a-fA-F]{2}|\\(?P<word>[a-z]+)(?P<number>-?\d+)? ?|\\[^a-z]|[{}]", re.DOTALL)
_STYLE_SHEET = re.compile(r"\{\\stylesheet(?![a-z])")
_STYLE = re.compile(r"\{([^{}]*+)\}")
_NUMBER = re.compile(r"\\s(\d+)(?![a-z\d])")
_OUTLINE = re.compile(r"\\outlinelevel([0-8])(?!\d)")
_NAMED_HEADING = re.compile(r"(?:\s|^)(?:heading ([1-9])|title);\s*$", re.IGNORECASE)
_LINK = re.compile(r'\{\\\*?\\?fldinst[^"]{0,200}?HYPERLINK\s+"([^"\s{}\\]{1,2000})"')
_RESULT = "{\\fldrslt"
_RESULT_WITHIN = 500  # characters behind a link's address
_MOST_LINKS = 2000
_LONGEST_LINK = 5000  # characters of the markup of its text
# What tells of a paragraph's level: the end of those before, its style, its own; not within a list item's marker.
_TELLS_LEVEL = re.compile(
    r"\{\\listtext(?:[^{}]|\{[^{}]*\})*\}|\\(?:(?P<reset>pard)|s(?P<style>\d+)|outlinelevel(?P<own>\d)|ilvl(?P<depth>[0-8]))"
    r"(?![a-z\d]) ?"
)
_MARKS = re.compile(rf"[\x02\x04]\d|{BEGINS_TABLE}")
_IN_NO_LIST = 9
_MARK = re.compile(r"\x02(\d)")  # of the level of what follows; 0 of text
_DEPTH = re.compile(r"\x04(\d)")  # of its nesting in lists, from 0; 9 of what is in none
_DEEPEST = 6
_CELL = re.compile(r"\s*\|\s*")
_BULLET = re.compile(r"^(?:[•·▪◦‣\-–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s")


def read_rtf(data: bytes, limits: Limits) -> Extracted | Refusal:
    """Paragraphs, list items and table rows.

    Raises:
        UnreadableError: Its control words name what does not exist, or its font table does not end.
    """
    source = data[data.find(b"{\\rtf") :].decode("latin-1")
    into = Collector(limits)
    if source.count("{") - source.count("\\{") > source.count("}") - source.count("\\}"):
        into.warn("partly_read: the file's groups are not all closed; it may have been cut off")
    source = _NO_COUNT.sub(r"\\uc1", _NO_CHARACTER.sub(r"\\u65533", _PICTURES.sub(" ", source)))
    source, hidden = _without_hidden(_with_plain_fonts(source).replace("{\\pntext", "{\\listtext"))
    source = with_whole_cells(source.replace(_NESTED_ROW, "\\row" + _NESTED_ROW))
    try:
        for address, shown in _links(source):
            into.link(address, shown)
        # striprtf would write the address behind the text
        source = _LINK.sub(lambda link: link[0].replace("HYPERLINK", ""), source)
        marked = _with_levels(with_marked_tables(source))
        text = "\n".join([_plain(marked), *map(_plain, _groups(marked, _TEXT_BOX))])
        notes = [_plain(group).strip() for group in _groups(source, _NOTE)]
        running = [(reason, _plain(group)) for reason, name in _RUNNING.items() for group in _groups(source, name)]
        running += [(RemovalReason.UNREADABLE, _plain(f"{_prefix(source)}{group}}}")) for group in hidden]
    except (ValueError, LookupError) as error:
        raise UnreadableError(Reason.CORRUPT, f"The RTF is broken: {error}.") from None
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    if lost > len(text) / 10:
        message = f"{lost} of {len(text)} characters could not be decoded."
        return Refusal("extract", Reason.UNDECODABLE_TEXT, message)
    if lost:
        into.warn(f"undecodable_bytes: {lost} places could not be decoded")
    _body(text, into)
    for note in notes:
        into.add(BlockKind.NOTE, note)
    for reason, line in running:
        into.leave_out(reason, line)
    return into.extracted(_metadata(source[:_INFO_WITHIN]))


def _body(text: str, into: Collector) -> None:
    """Paragraphs, items and rows of the marked text, a line each; between two tables there may be but an empty one."""
    level, depth = 0, _IN_NO_LIST
    for marked in text.split("\n"):
        level = int([level, *_MARK.findall(marked)][-1])
        depth = int([depth, *_DEPTH.findall(marked)][-1])
        line = _MARKS.sub("", marked)
        stripped = line.strip()
        if not stripped or BEGINS_TABLE in marked:
            into.begin_table()
        if level:
            into.add(BlockKind.HEADING, line, level=min(level, _DEEPEST))
        elif "|" in stripped and stripped.endswith("|"):
            into.row(_CELL.split(stripped))
        elif _BULLET.match(stripped):
            into.add(BlockKind.LIST_ITEM, line, level=None if depth == _IN_NO_LIST else depth + 1)
        else:
            into.add(BlockKind.PARAGRAPH, line)


def _links(source: str) -> Iterator[tuple[str, str]]:
    """Addresses of links, and what they are shown as."""
    for link in islice(_LINK.finditer(source), _MOST_LINKS):
        begins = source.find(_RESULT, link.end(), link.end() + _RESULT_WITHIN)
        if begins >= 0:
            shown = source[begins + len(_RESULT) : min(_end(source, begins), begins + _LONGEST_LINK)]
            yield link[1], _plain(f"{_prefix(source)}{shown}}}")


def _with_levels(source: str) -> str:
    """The file with marks in its text where the outline's level may change, if it has headings."""
    levels: dict[str, int] = {}
    if sheet := _STYLE_SHEET.search(source):
        for style in _STYLE.finditer(source, sheet.end(), _end(source, sheet.start())):
            number = _NUMBER.search(style[1])
            outline, named = _OUTLINE.search(style[1]), _NAMED_HEADING.search(style[1])
            if number and (outline or named):
                levels[number[1]] = int(outline[1]) + 1 if outline else int(named[1] or 1) if named else 0
    if not levels and "\\outlinelevel" not in source and "\\ilvl" not in source:
        return source

    def marked(found: re.Match[str]) -> str:
        if found["reset"]:
            return f"\\pard \x020\x04{_IN_NO_LIST}"
        if found["depth"]:
            return f"{found[0].rstrip()} \x04{found['depth']}"
        if found["own"]:
            return f"{found[0].rstrip()} \x02{(int(found['own']) + 1) % 10}"
        return f"{found[0].rstrip()} \x02{levels[found['style']]}" if found["style"] in levels else found[0]

    return source[: sheet.start() if sheet else 0] + _TELLS_LEVEL.sub(marked, source[sheet.start() if sheet else 0 :])


def _with_plain_fonts(source: str) -> str:
    """The file with only numbers and character sets in its font table: striprtf takes cubic time to find them."""
    if not (opened := _FONTS.search(source)):
        return source
    end = _end(source, opened.start())
    if _IN_TEXT.search(source, opened.end(), end):
        raise UnreadableError(Reason.CORRUPT, "The RTF is broken: its font table does not end.")
    sets: dict[str, str] = {}
    font = "0"
    for found in _FONT.finditer(source, opened.end(), end):
        if found["font"]:
            font = found["font"]
        else:
            sets[font] = found["set"]
    table = "".join(f"{{\\f{font}\\fcharset{number} x;}}" for font, number in sets.items())
    return f"{source[: opened.end()]}{table}}}{source[end:]}"


def _without_hidden(source: str) -> tuple[str, list[str]]:
    """The file without text that is marked as hidden, and the stretches of it."""
    if not _HIDES.search(source):
        return source, []
    kept: list[str] = []
    hidden: list[str] = []
    open_groups: list[frozenset[str]] = []
    hides, end = _NOTHING, 0
    run: list[str] = []
    for token in _TOKEN.finditer(source):
        (run if hides else kept).append(source[end : token.start()])
        end = token.end()
        word = token["word"]
        is_text = token[0] not in "{}" and (word is None or word == "u")
        if word not in _HIDERS:
            (run if hides and is_text else kept).append(token[0])
        if token[0] == "{":
            open_groups.append(hides)
        elif token[0] == "}":
            hides = open_groups.pop() if open_groups else _NOTHING
        elif word == "plain":
            hides = _NOTHING
        elif word in _HIDERS:
            hides = hides - {word} if token["number"] == "0" else hides | {word}
        if run and not hides:
            hidden.append("".join(run))
            run = []
    return "".join(kept) + source[end:], hidden


def _plain(source: str) -> str:
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # characters written as two halves


def _groups(source: str, opening: re.Pattern[str]) -> Iterator[str]:
    """Groups that striprtf passes over, each as a document of its own."""
    prefix = _prefix(source)
    end = 0
    while opened := opening.search(source, end):
        end = _end(source, opened.start())
        yield prefix + source[opened.end() : end] + "}"


def _end(source: str, start: int) -> int:
    """Where the group ends that begins there, or the file."""
    depth = 0
    for brace in _BRACE.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if not depth:
            return brace.end()
    return len(source)


def _prefix(source: str) -> str:
    page = _CODE_PAGE.search(source, 0, _INFO_WITHIN)
    return f"{{\\rtf1\\ansi\\ansicpg{page[1] if page else '1252'} "


def _metadata(head: str) -> Metadata:
    prefix = _prefix(head)
    fields = {name: _plain(prefix + value + "}").strip() for name, value in _INFO.findall(head)}
    dates = {name: f"{year}-{int(month):02}-{int(day):02}" for name, year, month, day in _DATE.findall(head)}
    return Metadata(
        title=useful_title(fields.get("title")),
        authors=declared_authors(fields.get("author", "")),
        published=dates.get("creatim"),
        modified=dates.get("revtim"),
    )

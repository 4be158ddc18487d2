"""Lines to blocks: paragraphs joined over line, column and page breaks; headings by their type; hyphens resolved."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from docmill.extract.pdf.code import are_code, code_text
from docmill.extract.pdf.page import HYPHEN, Piece
from docmill.extract.pdf.tables import TABLE_GAP, table_at
from docmill.hygiene import CONJUNCTIONS
from schemas.document import BlockKind

__all__ = ["Found", "blocks_of", "dehyphenated", "joined", "levels"]

Line = tuple[Piece, ...]
_SIGN = re.compile(r"[•·▪◦‣●○■□▶➢\uf0b7]\s+\S")
_BULLET = re.compile(r"^(?:[•·▪◦‣●○■□▶➢\uf0b7–—-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+\S")
_CAPTION = re.compile(
    r"^(?:fig(?:ure|\.)?|table|tab\.|abb(?:ildung|\.)|tabelle|tableau|figura|tabla|рис\.|таблица|图|表)\s?\d",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…:;。！？；：؟۔][\"'”’»)\]]*$")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_BREAK = re.compile(rf"(\w+)(?:{HYPHEN}|[-\u2010]\n|\u00ad\n)(\w+)")
_TIED = re.compile(rf"(?:\w[-\u2010\u2013]|{HYPHEN}|\u00ad)$")
_LEADERS = re.compile(r"(?:\s?[.·…_]){4,}\s*(?=(?:\d+|[ivxl]+)$)")  # from a title to its page, in a table of contents
_HEADING_SIZE = 1.12  # times the body's
_SAME_SIZE = 0.08  # share by which type of one paragraph may differ
_PARAGRAPH_GAP = 1.45  # times the line pitch
_DEEPEST = 6
_INITIAL = 1.7  # times the body's type
_WORDS = ("A", "I")  # letters that are words: rather these than the beginnings of some
_HEADING_CHARACTERS = 200
_NARROW, _VERSES = 0.5, 5  # of the lines' usual width; lines of any width
_SPACE = 0.3  # of the type's size
_ROOMY = 0.7  # of the usual line's width
_SHORT_LINE = 0.8  # of the column's width: a line that ends a paragraph


@dataclass(frozen=True, slots=True)
class Found:
    """A block before its hyphens are resolved, which takes the whole document's words."""

    kind: BlockKind
    text: str
    page: int
    size: float | None = None  # of a heading's type
    begins: bool = False  # whether a table begins with it, whatever stands above


def blocks_of(lines: list[Line]) -> Iterator[Found]:
    """Blocks of a document's lines in reading order, running headers gone."""
    body = _body_size(lines)
    pitch, width = _pitch(lines, body), _width(lines)
    group: list[Piece] = []
    lines = list(_with_initials(lines, body))
    code: list[Line] = []
    last_row: Piece | None = None
    coded = are_code(lines)
    beyond = 0  # the table that was read last
    for at, line in enumerate(lines):
        if at < beyond:
            continue
        if coded[at]:
            yield from _closed(group, body, width)
            group = []
            code.append(line)
            continue
        yield from _coded(code)
        code = []
        if _has_leaders(line):
            yield from _closed(group, body, width)
            group = []
            text = _LEADERS.sub(" … ", " ".join(piece.text for piece in line))
            yield Found(BlockKind.PARAGRAPH, text, line[0].page)
            continue
        if len(line) > 1:
            yield from _closed(group, body, width)
            group = []
            step = last_row.bottom - line[0].y0 if last_row and last_row.page == line[0].page else 0.0
            begins = step > TABLE_GAP * line[0].size
            rows, beyond = table_at(lines, at, lambda place: not coded[place] and not _has_leaders(lines[place]))
            for first, text in rows:
                yield Found(BlockKind.TABLE, text, first[0].page, begins=begins)
                begins = False
            last_row = min(lines[beyond - 1], key=lambda piece: piece.bottom)
            continue
        if group and not _goes_on(group, line[0], pitch, width):
            yield from _closed(group, body, width)
            group = []
        group.append(line[0])
    yield from _coded(code)
    yield from _closed(group, body, width)


def _has_leaders(line: Line) -> bool:
    return _LEADERS.search(line[-1].text) is not None


def _coded(lines: list[Line]) -> Iterator[Found]:
    if lines:
        yield Found(BlockKind.CODE, code_text(lines), lines[0][0].page)


def _with_initials(lines: list[Line], body: float) -> Iterator[Line]:
    """The lines, a large letter at the beginning of a text put before what it begins."""
    initial: Piece | None = None
    for line in lines:
        if initial is not None:
            first = line[0]
            goes_on = first.page == initial.page and first.size < initial.size and first.text[:1].islower()
            if goes_on:
                text = initial.text + (" " if initial.text in _WORDS else "") + first.text
                yield (replace(first, text=text), *line[1:])
            else:
                yield (initial,)
                yield line
            initial = None
        elif len(line) == 1 and len(line[0].text) == 1 and line[0].text.isupper() and line[0].size > _INITIAL * body:
            initial = line[0]
        else:
            yield line
    if initial is not None:
        yield (initial,)


def levels(founds: list[Found]) -> list[int | None]:
    """The level of each block that is a heading: those in the largest type have the first."""
    sizes = sorted({found.size for found in founds if found.size is not None}, reverse=True)
    ranks: dict[float, int] = {}
    for before, size in zip([None, *sizes], sizes, strict=False):
        same = before is not None and before - size <= _SAME_SIZE * before
        ranks[size] = ranks[before] if same and before is not None else min(len(set(ranks.values())) + 1, _DEEPEST)
    return [None if found.size is None else ranks[found.size] for found in founds]


def _closed(group: list[Piece], body: float, width: float) -> Iterator[Found]:
    if group:
        lines = [piece.text for piece in group]
        text = joined(lines)
        kind = _kind(group, text, body)
        if kind is BlockKind.PARAGRAPH and (parted := _parted(group, width)):
            text = "\n".join(map(joined, parted))
        yield Found(kind, text, group[0].page, group[0].size if kind is BlockKind.HEADING else None)


def _parted(group: list[Piece], width: float) -> list[list[str]]:
    """Lines that end where they do on purpose, as those of an address, with what goes on below each.

    Most of them had room for the next one's first word, or all begin as addresses and verses do. None where these are
    lines of running text.
    """
    if any(below.page != line.page or below.y0 >= line.y0 for line, below in pairwise(group)):
        return []
    edge = max(piece.x1 for piece in group)
    roomy = [
        edge - line.x1 > _SPACE * line.size + (below.x1 - below.x0) * len(_first_word(below)) / len(below.text)
        for line, below in pairwise(group)
    ]
    share = (edge - min(piece.x0 for piece in group)) / max(width, 1.0)
    verses = _begin_alike(group) and (share < _NARROW or len(group) >= _VERSES)
    if not (verses or 2 * sum(roomy) >= len(roomy) > 0) or any(_TIED.search(line.text) for line in group):
        return []
    parted = [[group[0].text]]
    for line, is_roomy in zip(group[1:], roomy, strict=True):
        if is_roomy or verses or share < _SHORT_LINE:
            parted.append([])
        parted[-1].append(line.text)
    return parted


def _begin_alike(group: list[Piece]) -> bool:
    """Whether all lines begin with capitals or figures, as those of addresses and verses do."""
    return len(group) > 1 and all(piece.text[0].isupper() or piece.text[0].isdigit() for piece in group)


def _first_word(piece: Piece) -> str:
    return "x" if _CJK.match(piece.text) else piece.text.split(maxsplit=1)[0]


def _body_size(lines: list[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        for piece in [piece for piece in line if not piece.turned]:
            sizes[round(piece.size * 2) / 2] += len(piece.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _pitch(lines: list[Line], body: float) -> float:
    """The usual distance from a line to the next."""
    steps: Counter[float] = Counter()
    for before, after in pairwise(lines):
        step = before[0].y0 - after[0].y0
        if before[0].page == after[0].page and 0.5 * body < step < 3 * body:
            steps[round(step * 2) / 2] += 1
    return steps.most_common(1)[0][0] if steps else 1.2 * body


def _width(lines: list[Line]) -> float:
    """How wide the lines of the text are: but for the widest tenth of them."""
    widths = sorted(line[-1].x1 - line[0].x0 for line in lines)
    return widths[len(widths) * 9 // 10] if widths else 0.0


def _goes_on(group: list[Piece], piece: Piece, pitch: float, width: float) -> bool:
    """Whether a line continues the paragraph."""
    last = group[-1]
    if piece.turned or last.turned or _ends_item(group, piece, width):
        return False
    if abs(piece.size - last.size) > _SAME_SIZE * max(last.size, 1) or piece.bold != last.bold:
        return last.text.endswith(HYPHEN)
    if _BULLET.match(piece.text) or _CAPTION.match(piece.text):
        return False
    unfinished = last.text.endswith((HYPHEN, "-")) or not _SENTENCE_END.search(last.text)
    step = last.y0 - piece.y0
    if piece.page != last.page or step < -pitch / 2:  # a new page or column
        return unfinished and (piece.text[:1].islower() or last.text.endswith(HYPHEN))
    is_beside = step > 0 and piece.x0 > max(one.x1 for one in group)
    if is_beside or step > _PARAGRAPH_GAP * max(pitch, last.size) or _is_set_otherwise(last, piece, pitch):
        return False
    width = max(one.x1 for one in group) - min(one.x0 for one in group)
    indented = piece.x0 > last.x0 + 0.7 * piece.size and not _BULLET.match(group[0].text)
    ended = last.x1 - last.x0 < _SHORT_LINE * max(width, piece.x1 - piece.x0)
    return unfinished or not (ended or indented)


def _ends_item(group: list[Piece], piece: Piece, width: float) -> bool:
    """Whether an item's last line had room for the word that begins below it, which is none of a sentence going on."""
    last = group[-1]
    if not _BULLET.match(group[0].text) or piece.page != last.page or not piece.text[:1].isupper():
        return False
    word = _SPACE * last.size + (piece.x1 - piece.x0) * len(_first_word(piece)) / len(piece.text)
    return last.x1 + word < group[0].x0 + _ROOMY * width


def _is_set_otherwise(line: Piece, below: Piece, pitch: float) -> bool:
    """Whether a line of large type stands further left than that above it, and they are not centred: two headings."""
    apart = abs(line.x0 + line.x1 - below.x0 - below.x1) / 2
    return line.size > pitch and min(apart, line.x0 - below.x0) > line.size


def _kind(group: list[Piece], text: str, body: float) -> BlockKind:
    first = group[0]
    if _CAPTION.match(text):
        return BlockKind.CAPTION
    if first.turned:
        return BlockKind.PARAGRAPH
    if _SIGN.match(text):
        return BlockKind.LIST_ITEM
    short = len(text) <= _HEADING_CHARACTERS and len(group) <= 3 and any(c.isalpha() for c in text)  # noqa: PLR2004
    large = first.size >= _HEADING_SIZE * body
    if short and (large or (first.bold and first.size >= 0.95 * body and not text.endswith((".", ",", ";")))):
        return BlockKind.HEADING
    return BlockKind.LIST_ITEM if _BULLET.match(text) else BlockKind.PARAGRAPH


def joined(lines: list[str]) -> str:
    """Lines of a paragraph as one; what may be a broken word keeps its break for `dehyphenated`."""
    text = lines[0]
    for line in lines[1:]:
        if text.endswith((HYPHEN, "\u00ad")):
            text = text.rstrip("\u00ad" + HYPHEN) + HYPHEN + line
        elif text.endswith(("-", "\u2010")) and line[:1].islower():
            text = text[:-1] + HYPHEN + line
        elif _TIED.search(text) and line[:1].isalnum():
            text += line
        else:
            text += ("" if _CJK.match(text[-1:]) and _CJK.match(line[:1]) else " ") + line
    return text


def dehyphenated(texts: list[str]) -> list[str]:
    """Words broken at line ends, whole: with their hyphen if the document elsewhere writes them so."""
    words = Counter(word.casefold() for text in texts for word in re.findall(r"\w+(?:-\w+)*", text))

    def whole(parts: re.Match[str]) -> str:
        if parts[2].casefold() in CONJUNCTIONS:
            return f"{parts[1]}- {parts[2]}"
        if parts[2][0].isdigit() or (parts[2][0].isupper() and not parts[1].isupper()):
            return f"{parts[1]}-{parts[2]}"
        bare, hyphened = parts[1] + parts[2], f"{parts[1]}-{parts[2]}"
        return hyphened if words[hyphened.casefold()] > words[bare.casefold()] else bare

    return [_BREAK.sub(whole, text).replace(HYPHEN, "-") if HYPHEN in text else text for text in texts]

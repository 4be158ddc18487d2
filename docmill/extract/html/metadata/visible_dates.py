"""Dates as readers see them: about the heading, in elements marked as dates, and after a label anywhere."""

import re
from collections.abc import Iterator
from itertools import pairwise

from selectolax.lexbor import LexborNode

from docmill.bylines import label_of, read_fields
from docmill.dates import MENTION, find_dates
from docmill.extract.html.metadata.candidates import Candidates, Field
from docmill.extract.html.metadata.landmarks import Landmarks
from docmill.extract.html.metadata.surroundings import Surroundings
from docmill.extract.html.metadata.walk import Header, Near

__all__ = ["read_visible_dates"]

_AFTER, _BEFORE = 200, 80  # nodes of the page looked at after and before the heading
_PROSE = 160  # characters of a text that is no byline
_MAX_PROSE = 4  # such texts, until the header has ended
_BYLINE = 80  # characters of who edited, and of the words before it
_SENTENCE = 11  # words of a byline without a label, at most
_BELOW = 0.6  # what a date counts less for each such text before it
_MAX_CHARACTERS = 200_000
_BESIDE = 4  # nodes looked at on each side of a `time` element for another
_MODIFIED = re.compile(
    r"updat|modif|revis|edit(?:ed|-date)|aktuali[sz]|lastmod|actuali[sz]|atualiz|aggiorn|mis à jour"
    r"|bijgewerkt|(?:op|opp|upp)dater|güncelle|diperbarui|cập nhật|обновл|оновл"
    r"|ενημ[εέ]ρ|更新|수정|تحديث|עודכן|अपडेट|päivit|frissít",
    re.IGNORECASE,
)
_LAST_EDITED = re.compile(
    r"\blast (?:edited|modified|updated|changed)\b|zuletzt (?:am|bearbeitet|geändert|aktualisiert)\b"
    r"|dernière modification|última (?:edición|modificación)"
    r"|последн(?:ее|яя) (?:изменение|правка)|最后(?:修订|编辑|更新)",
    re.IGNORECASE,
)
_UNTIL = "au|to|bis|al|a|по|до|إلى|至|到"  # between two days
# From a day to a day, as events are announced.
_RANGE = re.compile(rf"(?<![\d.:/-])\d{{1,2}}\.?\s?(?:[-–—]|{_UNTIL})\s?\d{{1,2}}\b\.?\s[^\W\d_]{{3}}", re.IGNORECASE)
_TO = re.compile(rf"\s*(?:[-–—－~～]|{_UNTIL})\s*", re.IGNORECASE)
# Who took a picture, which may say when.
_CREDIT = re.compile(
    r"(?:\b(?:photo|foto|bild|image|picture|fotografía|fotograf|zdjęcie|fot\.|фото|φωτο|صورة|תמונה)\b"
    r"|图片?|圖片?|照片|写真|사진)(?: by| von| de| di)?\s?[:：/]",
    re.IGNORECASE,
)
# When a program made the page of it.
_MADE = re.compile(r"\b(?:generated|rendered|exported) (?:by|on|at|from)\b|\bretrieved (?:on|from)\b", re.IGNORECASE)
# Since when someone writes in a forum.
_MEMBER = re.compile(
    r"\W*(?:(?:joined|join date|registered|registration date|member since|registriert|mitglied seit|dabei seit|inscrit"
    r"|inscription|membre depuis|registrado|miembro desde|регистрация|зарегистрирован|εγγραφή|μέλος από)\b"
    r"|注册(?:时间|日期))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DIGIT = re.compile(r"\d")


class _Reader:
    def __init__(self, found: Candidates, around: Surroundings, *, day_first: bool | None) -> None:
        self.found = found
        self.around = around
        self.day_first = day_first

    def date(self, text: str) -> str | None:
        return next(find_dates(text, day_first=self.day_first), None)

    def add(self, kind: str | None, text: str, weight: float) -> None:
        field: Field = "modified" if kind == "modified" else "published"
        self.found.add(field, self.date(text), "visible_text", weight + (kind == "date"))

    def text(self, text: str, label: str | None, weight: float) -> None:
        """Note the first date of a text, or of each of its labelled parts and what stands before them.

        A date in a sentence is no byline.
        """
        fields = [(name, value) for name, value in read_fields(text) if name in ("date", "modified")]
        if not (fields or label) and len(text.split()) > _SENTENCE:
            return
        for name, value in fields:
            self.add(name, value, weight)
        if fields and self.date(before := text[: text.find(fields[0][1])]):
            self.add(label, before, weight)
        if not any(self.date(value) for _, value in fields) and (
            label or not (_CREDIT.search(text) or _MADE.search(text) or _is_range(text))
        ):
            self.add(label or _told(text), text, weight + (0.5 if len(text) < 50 else 0))  # noqa: PLR2004

    def near(self, near: Near, label: str | None, weight: float) -> None:
        """Note the date of a node about the heading, unless it is another page's."""
        if near.is_time:
            if not self.around.are_teaser(near.node):
                self.time(near.node, weight)
        elif self.date(near.text) and not self.around.are_teaser(near.node):
            self.text(near.text, label, weight)

    def time(self, node: LexborNode, weight: float) -> None:
        """Note a `time` element; its class or what stands beside it tells an update from the publication."""
        attributes, parent = node.attributes, node.parent
        stated = attributes.get("datetime") or attributes.get("content") or attributes.get("title") or ""
        about = f"{attributes.get('class')} {attributes.get('itemprop')} {attributes.get('id')}"
        if parent is not None:
            about += f" {parent.attributes.get('class')} {_beside(node, parent)}"
        modified = _MODIFIED.search(about) and "publish" not in about.casefold()
        self.add(
            "modified" if modified else None, stated if self.date(stated) else node.text(separator=" ")[:200], weight
        )


def _told(text: str) -> str | None:
    """What a text says of its date without a label: `This page was last edited on 14 February 2022`."""
    day = MENTION.search(text)
    return "modified" if day and _LAST_EDITED.search(text, 0, day.start()) else None


def _told_by(previous: str, earlier: str) -> str | None:
    """What texts before a date say of it: `last modified by`, `Jane Doe`, `on`."""
    said = earlier + previous
    return "modified" if len(said) < _BYLINE and _LAST_EDITED.search(earlier) and not _DIGIT.search(said) else None


def _is_range(text: str) -> bool:
    """Whether a text says from when to when something is: `14-20 January`, `31 December 2021 - 6 January 2022`."""
    if _RANGE.search(text):
        return True
    days = [day.span() for day in MENTION.finditer(text)]
    return any(_TO.fullmatch(text, end, start) for (_, end), (start, _) in pairwise(days))


def _beside(node: LexborNode, parent: LexborNode) -> str:
    """What a node's parent says itself; of two `time` elements side by side, what stands before each."""
    before: list[str] = []
    other, steps = node.prev, 0
    while other is not None and other.tag != "time" and steps < _BESIDE:
        before.append(other.text(deep=False) if other.tag == "-text" else "")
        other, steps = other.prev, steps + 1
    after = node.next
    while after is not None and after.tag != "time" and steps < 2 * _BESIDE:
        after, steps = after.next, steps + 1
    if any(one is not None and one.tag == "time" for one in (other, after)):
        return "".join(reversed(before))[-60:]
    return parent.text(deep=False)[:60]


def read_visible_dates(  # noqa: PLR0913
    texts: list[str],
    landmarks: Landmarks,
    header: Header | None,
    around: Surroundings,
    found: Candidates,
    *,
    day_first: bool | None,
) -> None:
    """Note the dates that stand about the heading, and those marked as such; with neither, the labelled ones.

    Args:
        texts: The page's, in reading order.
        landmarks: Where dates may be.
        header: What stands about the heading.
        around: Tells whose a date is.
        found: Where they are noted.
        day_first: How to read `3/4/2021`, if it is known.
    """
    reader = _Reader(found, around, day_first=day_first)
    if header is not None:
        _read_header(header, reader)
    _read_marked(landmarks, reader)
    if not found.of("published"):
        _read_labelled(texts, reader)
    if not found.of("published") and landmarks.titles:
        reader.add(None, landmarks.titles[0].text(), 1)
    if not found.of("published"):
        _read_description(landmarks, reader)


def _read_description(landmarks: Landmarks, reader: _Reader) -> None:
    """The one day that the description in the head names, as a last resort."""
    described = next((a.get("content") or "" for a in landmarks.metas if a.get("name") == "description"), "")
    if _YEAR.search(described) and len({day[:10] for day in find_dates(described, day_first=reader.day_first)}) == 1:
        reader.add(None, described, 1)


def _read_header(header: Header, reader: _Reader) -> None:
    prose = 0
    earlier = previous = ""
    for near in header.after(_AFTER):
        weight = 1.5 - near.distance / 100 - _BELOW * prose
        text = near.text
        if near.is_time:
            reader.near(near, None, 5 + weight)
        elif len(text) > _PROSE:
            prose += 1
            if prose > _MAX_PROSE:
                break
        else:
            if _DIGIT.search(text) and not (_MEMBER.match(text) or _MEMBER.match(previous)):
                reader.near(near, label_of(previous) or _told_by(previous, earlier), 4 + weight)
            earlier, previous = previous, text
    for near in header.before(_BEFORE):
        weight = 1 - near.distance / 50
        if near.is_time:
            reader.near(near, None, 4.5 + weight)
        elif len(near.text) <= _PROSE and _DIGIT.search(near.text):
            reader.near(near, None, 3.5 + weight)


def _read_marked(landmarks: Landmarks, reader: _Reader) -> None:
    around = reader.around
    for node in landmarks.times:
        if not around.are_foreign(node) and not around.are_teaser(node):
            reader.time(node, 3.5)
    for node in landmarks.dates:
        text = " ".join(node.text(separator=" ")[:_PROSE].split())
        if _DIGIT.search(text) and reader.date(text) and not around.are_foreign(node) and not around.are_teaser(node):
            marks = f"{node.attributes.get('class')} {node.attributes.get('id')}"
            label = "modified" if _MODIFIED.search(marks) else None
            reader.text(text, label, 2.5)


def _read_labelled(texts: list[str], reader: _Reader) -> None:
    """Dates with a label anywhere in the page, such as under the text."""
    previous = ""
    for line in _lines(texts):
        if len(line) <= _PROSE and ("20" in line or "19" in line) and _YEAR.search(line):
            if (label := label_of(previous)) in ("date", "modified"):
                reader.add(label, line, 1)
            for name, value in read_fields(line):
                if name in ("date", "modified"):
                    reader.add(name, value, 1)
        previous = line


def _lines(texts: list[str]) -> Iterator[str]:
    seen = 0
    for text in texts:
        seen += len(text)
        if seen > _MAX_CHARACTERS:
            return
        yield from text.split("\n") if "\n" in text else (text,)

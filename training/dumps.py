"""Plain-text dumps with labelled lines, made from web pages whose main content is known.

People dump pages in many ways; a model that has seen one way only learns its habits. So each page is rendered in
several styles, and each line is labelled by finding its words in the page's main content.
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["STYLES", "Style", "events", "label", "render"]

_SKIPPED = frozenset(
    [
        "-comment",
        "-cdata",
        "audio",
        "canvas",
        "head",
        "iframe",
        "math",
        "noscript",
        "object",
        "script",
        "style",
        "svg",
        "template",
        "title",
        "video",
    ]
)
_CELLS = frozenset({"td", "th"})
_MARGINS = frozenset(
    ["blockquote", "dl", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"]
)
_SECTIONS = frozenset(["article", "aside", "fieldset", "footer", "form", "header", "main", "nav", "section"])
_ROWS = frozenset(
    [
        "address",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dt",
        "figcaption",
        "legend",
        "li",
        "optgroup",
        "option",
        "summary",
        "tbody",
        "tfoot",
        "thead",
        "tr",
    ]
)
_SPACE = re.compile(r"\s+")
# Chinese, Japanese and Thai letters count as a word each.
_UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")

Event = tuple[str, str]  # ("text", its words), ("open", tag) or ("close", tag)


@dataclass(frozen=True, slots=True)
class Style:
    """How a page becomes lines."""

    name: str
    spaced: frozenset[str] = _MARGINS  # elements set apart by a blank line
    cells_apart: bool = False  # table cells on lines of their own
    options: bool = False  # the choices of forms are shown
    bullet: str = ""
    width: int | None = None  # where lines are broken, in characters


STYLES = (
    Style("margins", _MARGINS | _SECTIONS, options=True),
    Style("paragraphs", _MARGINS),
    Style("rows", _MARGINS | _SECTIONS | _ROWS, cells_apart=True),
    Style("solid", frozenset(), cells_apart=True, options=True),
    Style("bullets", _MARGINS, bullet="• "),
    Style("wrapped", _MARGINS | _SECTIONS, bullet="* ", width=78),
)


def events(html: str) -> list[Event]:
    """A page's visible text and the elements around it, in order."""
    root = LexborHTMLParser(html).body
    return [] if root is None else list(_walk(root))


def _walk(root: LexborNode) -> Iterator[Event]:
    stack: list[LexborNode | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield "close", node
            continue
        tag = node.tag or ""
        if tag == "-text":
            yield "text", node.text_content or ""
        elif tag not in _SKIPPED:
            yield "open", tag
            stack.append(tag)
            children = list(node.iter(include_text=True))
            stack.extend(reversed(children))


def render(found: Iterable[Event], style: Style) -> list[str]:  # noqa: C901  one small state machine
    """The lines of a page in one style; blank ones are empty strings, never two in a row."""
    lines: list[str] = []
    parts: list[str] = []
    bullet = ""
    hidden = preformatted = 0

    def end(*, blank: bool) -> None:
        nonlocal bullet
        text = _SPACE.sub(" ", "".join(parts)).strip()
        parts.clear()
        if text:
            lines.append(bullet + text)
            bullet = ""
        if blank and lines and lines[-1]:
            lines.append("")

    for kind, value in found:
        if kind == "text":
            if preformatted:
                first, *rest = value.split("\n")
                parts.append(first)
                for line in rest:
                    end(blank=False)
                    parts.append(line)
            elif not hidden:
                parts.append(value)
            continue
        if value == "select" and not style.options:
            hidden += 1 if kind == "open" else -1
        elif value == "pre":
            preformatted += 1 if kind == "open" else -1
        if value == "br" or (value in _CELLS and style.cells_apart):
            end(blank=False)
        elif value in _CELLS or value == "option":
            parts.append(" ")
        elif value in style.spaced:
            end(blank=True)
        elif value in _MARGINS or value in _SECTIONS or value in _ROWS:
            end(blank=False)
        if value == "li":
            bullet = style.bullet if kind == "open" else ""
    end(blank=False)
    return lines if style.width is None else _wrapped(lines, style.width)


def _wrapped(lines: list[str], width: int) -> list[str]:
    return [part for line in lines for part in (textwrap.wrap(line, width, break_long_words=False) or [""])]


_GRAM = 4
_SURE, _NONE = 0.85, 0.15  # shares of a line's words found in the content from which it counts wholly
_NEAR = 8  # lines around a short one that are asked where in the content they stand


def words(text: str) -> list[str]:
    """The words labels are decided by."""
    return _WORD.findall(text.lower())


def label(lines: list[str], content: str, title: str | None) -> list[float | None]:
    """Each line's share of words that are content, 0..1; None where it cannot be told (blank, a repeat, the title)."""
    gold = words(content)
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(gold) - _GRAM + 1):
        places.setdefault(tuple(gold[at : at + _GRAM]), []).append(at)
    used = bytearray(len(gold))
    tokens = [words(line) for line in lines]
    named = words(title or "")
    labels: list[float | None] = []
    spans: list[tuple[int, int] | None] = []
    cursor = 0
    for line in tokens:
        if len(line) < _GRAM:
            labels.append(None)
            spans.append(None)
            continue
        covered, fresh, span = _cover(line, places, used, cursor)
        share = covered / len(line)
        value: float | None = 1.0 if share >= _SURE else 0.0 if share <= _NONE else share
        if line == named or (share > _NONE and fresh < covered / 2):
            value, span = None, None
        labels.append(value)
        spans.append(span if share >= _SURE and value is not None else None)
        if spans[-1] is not None:
            cursor = spans[-1][1]
    return [
        _short_label(index, tokens, spans, gold) if 0 < len(tokens[index]) < _GRAM and tokens[index] != named else value
        for index, value in enumerate(labels)
    ]


def _cover(
    line: list[str], places: dict[tuple[str, ...], list[int]], used: bytearray, cursor: int
) -> tuple[int, int, tuple[int, int] | None]:
    """How many of a line's words are in the content, how many of these for the first time, and where."""
    covered = bytearray(len(line))
    taken: set[int] = set()
    fresh = 0
    first = last = None
    for at in range(len(line) - _GRAM + 1):
        found = places.get(tuple(line[at : at + _GRAM]))
        if not found:
            continue
        covered[at : at + _GRAM] = b"\1" * _GRAM
        expected = cursor if last is None else last + 1
        place = min(found, key=lambda p: (used[p] and p not in taken, abs(p - expected)))
        first, last = (place if first is None else first), place
        for k in range(place, place + _GRAM):
            if not used[k]:
                used[k] = 1
                fresh += 1
                taken.add(k)
    span = None if first is None or last is None or last < first else (first, last + _GRAM)
    return sum(covered), fresh, span


def _short_label(
    index: int, tokens: list[list[str]], spans: list[tuple[int, int] | None], gold: list[str]
) -> float | None:
    """A line of few words is content where it stands between the same neighbours in the content."""
    line = tokens[index]
    before = next((s[1] for s in reversed(spans[max(0, index - _NEAR) : index]) if s), None)
    after = next((s[0] for s in spans[index + 1 : index + 1 + _NEAR] if s), None)
    if before is None and after is None:
        return 0.0
    start = before if before is not None else max(0, after - 12 * _NEAR)  # type: ignore[operator]
    stop = after if after is not None else start + 12 * _NEAR
    window = gold[start:stop]
    if any(window[k : k + len(line)] == line for k in range(len(window) - len(line) + 1)):
        return 1.0
    return 0.0

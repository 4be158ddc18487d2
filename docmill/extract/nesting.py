"""How deep a page's markup nests, read as the HTML standard's parser reads it, and never taken to be less deep.

A stack of what is open is kept, of which an end tag closes as much as the standard says: nothing, where something
stands between that it does not reach through, as a table or, for most names, any block. What a parser closes by itself
stays open here. Of drawings and formulas, whose elements close themselves, a stack of their own is kept; where one
breaks a rule (as a `p` within a drawing, which ends it), from there on every tag counts, whatever it stands in.
"""

import re
from collections import Counter, defaultdict
from functools import cache

from docmill.extract.markup import MARK, RAW, after_comment, after_raw

__all__ = ["FLAT", "too_deep"]

# Elements that hold nothing, or that the next of their kind closes.
FLAT = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
     "p", "tr", "td", "th", "option", "thead", "tbody")
)  # fmt: skip
_PAGE = frozenset(("html", "head", "body"))  # are opened once, and closed with the page
ITEMS = frozenset(("li", "dd", "dt"))  # close others of their kind, up to a block
_PASSED = frozenset(("address", "div"))  # blocks that they look through for it
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))  # end with an end tag of any of them
_HEADING = "h1-h6"
_GONE = "form, ended"
_FOREIGN = ("svg", "math")
# Parts of both in which the rules of HTML hold again.
_OF_HTML = frozenset(("foreignobject", "title", "desc", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"))
# What ends a drawing or a formula that it stands in.
_ENDING = frozenset(
    ("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "font", "h1",
     "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre",
     "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var")
)  # fmt: skip
# What end tags do not reach through, and what those of items do not.
_SCOPES = frozenset(("table", "template", "object", "marquee", "applet", "select", "caption")) | _OF_HTML
# Blocks whose end tags reach through others; what else has an end tag of these names is reached by it alone.
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "button", "center", "details", "dialog", "dir", "div", "dl",
     "fieldset", "figcaption", "figure", "footer", "header", "hgroup", "listing", "main", "menu", "nav", "ol", "pre",
     "section", "summary", "ul", _HEADING, "li", "dd", "dt", "object", "marquee", "applet", "caption")
)  # fmt: skip
_SPECIAL = _BLOCKS | _SCOPES | frozenset(
    ("form", _GONE, "search", "frameset", "noscript", "plaintext", "xmp", "iframe", "colgroup", "tfoot", "basefont",
     "bgsound", "frame", "keygen", "noembed", "noframes", "script", "style", "textarea", "image")
)  # fmt: skip
# Those that are opened again in whatever follows until their own end.
_FORMATTING = frozenset(
    ("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
)
# Kinds of open elements.
_SCOPE, _ANY_BLOCK, _STOPPING = "a scope", "a block", "a block items do not look through"


def too_deep(text: str, most: int) -> int | None:
    """Where a page's markup first nests deeper than so many levels."""
    return _Scan(text, most).run()


class _Scan:
    def __init__(self, text: str, most: int) -> None:
        self._text, self._most = text, most
        self._open: list[str] = []
        self._places: defaultdict[str, list[int]] = defaultdict(list)  # by name and by kind, where in that stack
        self._formatting = Counter[str]()  # of those in the innermost scope
        self._outer: list[Counter[str]] = []  # those of the scopes around it
        self._formatted = 0  # in all
        self._drawing: list[str] = []  # open elements of the drawing or formula that the scan is in
        self._strict = False  # whether every tag counts

    def run(self) -> int | None:
        at = 0
        while mark := MARK.search(self._text, at):
            at = mark.end()
            if mark["comment"]:
                at = at if self._strict else after_comment(self._text, at)
            elif mark["other"]:
                self._strict |= bool(self._drawing)  # maybe text, in which a comment's beginning is none
            elif self._drawing and not self._strict:
                self._part(mark)
            else:
                at = self._element(mark, at)
            if len(self._open) + self._formatted + len(self._drawing) > self._most:
                return mark.start()
        return None

    def _element(self, mark: re.Match[str], at: int) -> int:
        """Count a tag; where to go on."""
        name = mark["name"].lower()
        if name in FLAT and (name in _ENDING or not self._strict):  # in a drawing the others nest
            return at
        if name in _PAGE:
            return at
        if mark["end"]:
            self._close(_HEADING if name in _HEADINGS else name)
            return at
        if name in _FOREIGN and not self._strict:
            if not _closes_itself(mark):
                self._drawing.append(name)
            return at
        if name in RAW and not self._strict:
            return self._after_raw(name, at)
        self._begin(name)
        return at

    def _begin(self, name: str) -> None:
        if name in _FORMATTING:
            self._formatting[name] += 1
            self._formatted += 1
            return
        if name in ITEMS:
            self._end_item(name == "li")
        elif name in _SCOPES:
            self._outer.append(self._formatting)
            self._formatting = Counter()
        name = _HEADING if name in _HEADINGS else name
        for kind in _kinds(name):
            self._places[kind].append(len(self._open))
        self._open.append(name)

    def _end_item(self, is_of_list: bool) -> None:  # noqa: FBT001  a condition, told where it is met
        """Close the item before one, up to which there is no block."""
        at = self._last(_STOPPING)
        if at >= 0 and self._open[at] in ITEMS and (self._open[at] == "li") == is_of_list:
            self._cut(at)

    def _close(self, name: str) -> None:
        """Close what an end tag is found to be of, with what is open in it."""
        if name in _FORMATTING:
            if self._formatting[name]:
                self._formatting[name] -= 1
                self._formatted -= 1
            return
        at = self._last(name)
        if at < 0 or any(self._last(wall) > at for wall in _walls(name)):
            return
        if name == "form" and at + 1 < len(self._open):  # is taken out from among what is open in it
            self._places[name].pop()
            self._open[at] = _GONE
            self._places[_GONE].append(at)
        else:
            self._cut(at)

    def _last(self, kind: str) -> int:
        """Where the innermost open element of a name or kind is in the stack, or -1."""
        places = self._places[kind]
        return places[-1] if places else -1

    def _cut(self, at: int) -> None:
        """Close an open element and those in it; formatting elements are opened again behind it."""
        while len(self._open) > at:
            one = self._open.pop()
            for kind in _kinds(one):
                self._places[kind].pop()
            if one in _SCOPES and self._outer:
                self._outer[-1].update(self._formatting)
                self._formatting = self._outer.pop()

    def _after_raw(self, name: str, at: int) -> int:
        """The end of an element that holds no tags: there the end tag is, or the page ends."""
        # In these parsers leave out most of them.
        end = None if "select" in self._open or "frameset" in self._open else after_raw(self._text, name, at)
        self._strict = end is None
        return at if end is None else end

    def _part(self, mark: re.Match[str]) -> None:
        """Note a tag in a drawing or formula."""
        name = mark["name"].lower()
        inner = self._drawing[-1] in _OF_HTML
        if mark["end"]:
            if name in self._drawing and not (inner and name != self._drawing[-1]):
                while self._drawing.pop() != name:
                    pass
                return
        elif name not in _ENDING and not inner:
            if not _closes_itself(mark):
                self._drawing.append(name)
            return
        self._strict = True
        for one in self._drawing:
            self._begin(one)
        self._drawing.clear()
        self._element(mark, 0)


@cache
def _walls(name: str) -> tuple[str, ...]:
    """Names and kinds of elements that end tags of a name do not reach through."""
    match name:
        case "template":
            return ()
        case "table":
            return ("template",)
        case "li":
            return (_SCOPE, "ul", "ol")
        case "form":
            return (_SCOPE,)
    return (_SCOPE,) if name in _BLOCKS else (_ANY_BLOCK,)


def _kinds(name: str) -> tuple[str, ...]:
    """What an open element is found by."""
    if name not in _SPECIAL:
        return (name,)
    blocks = (name, _ANY_BLOCK) if name in _PASSED else (name, _ANY_BLOCK, _STOPPING)
    return (*blocks, _SCOPE) if name in _SCOPES else blocks


def _closes_itself(mark: re.Match[str]) -> bool:
    """Whether a tag ends with a slash that is not part of a value without quotes."""
    return mark[0].endswith("/>") and mark.end("bare") != mark.end() - 1

"""How deep a page's markup nests, read as the HTML standard's tokenizer reads it, and never taken to be less deep.

What elements are open is counted by name, which is at least as many as a parser has open: it closes some by itself.
Only of drawings and formulas, whose elements close themselves, a stack is kept; where one breaks a rule (as a `p`
within a drawing, which ends it), from there on every tag counts, whatever it stands in.
"""

import re
from collections import Counter

__all__ = ["FLAT", "RAW", "too_deep"]

# Elements that hold nothing, or that the next of their kind closes.
FLAT = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
     "p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody")
)  # fmt: skip
_BLANK = r" \t\n\f\r"
_ATTRIBUTE = (
    rf"[^{_BLANK}/>][^{_BLANK}/>=]*+"
    rf"""(?:[{_BLANK}]*+=[{_BLANK}]*+(?:"[^"]*+"|'[^']*+'|(?P<bare>[^{_BLANK}>"'][^{_BLANK}>]*+))?)?"""
)
# A comment's beginning, what else is none of the page's text, a tag, or what stands where one cannot be.
_MARK = re.compile(
    rf"<(?:(?P<comment>!--)|(?P<other>!|\?|/(?![a-zA-Z]))[^>]*+>?"
    rf"|(?P<end>/?)(?P<name>[a-zA-Z][^{_BLANK}/>]*+)(?:[{_BLANK}/]++|{_ATTRIBUTE})*+>?)"
)
_COMMENT_END = re.compile("--!?>")
RAW = {
    name: re.compile(rf"</{name}(?=[{_BLANK}/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}  # elements that hold no tags, and where each ends
_FOREIGN = ("svg", "math")
# What ends a drawing or a formula that it stands in.
_ENDING = frozenset(
    ("b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed", "font", "h1",
     "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta", "nobr", "ol", "p", "pre",
     "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var")
)  # fmt: skip
# Parts of both in which the rules of HTML hold again.
_OF_HTML = frozenset(("foreignobject", "title", "desc", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"))


def too_deep(text: str, most: int) -> int | None:
    """Where a page's markup first nests deeper than so many levels."""
    return _Scan(text, most).run()


class _Scan:
    def __init__(self, text: str, most: int) -> None:
        self._text, self._most = text, most
        self._open: Counter[str] = Counter()
        self._depth = 0
        self._drawing: list[str] = []  # open elements of the drawing or formula that the scan is in
        self._strict = False  # whether every tag counts

    def run(self) -> int | None:
        at = 0
        while mark := _MARK.search(self._text, at):
            at = mark.end()
            if mark["comment"]:
                at = self._after_comment(at)
            elif mark["other"]:
                self._strict |= bool(self._drawing)  # maybe text, in which a comment's beginning is none
            elif self._drawing and not self._strict:
                self._part(mark)
            else:
                at = self._element(mark, at)
            if self._depth + len(self._drawing) > self._most:
                return mark.start()
        return None

    def _after_comment(self, at: int) -> int:
        if self._strict:
            return at
        end = _COMMENT_END.search(self._text, at - 2)  # `<!-->` is one
        return end.end() if end else len(self._text)

    def _element(self, mark: re.Match[str], at: int) -> int:
        """Count a tag; where to go on."""
        name = mark["name"].lower()
        if name in FLAT and (name in _ENDING or not self._strict):  # in a drawing the others nest
            return at
        if mark["end"]:
            if self._open[name]:
                self._open[name] -= 1
                self._depth -= 1
            return at
        if name in _FOREIGN and not self._strict:
            if not _closes_itself(mark):
                self._drawing.append(name)
            return at
        if name in RAW and not self._strict:
            return self._after_raw(name, at)
        self._open[name] += 1
        self._depth += 1
        return at

    def _after_raw(self, name: str, at: int) -> int:
        """The end of an element that holds no tags: there the end tag is, or the page ends."""
        if self._open["select"] or self._open["frameset"]:  # in which parsers leave out most of them
            self._strict = True
            return at
        found = RAW[name].search(self._text, at)
        end = found.start() if found else len(self._text)
        comment = self._text.find("<!--", at, end) if name == "script" else -1
        # Behind such a beginning and another script's, a script's end is none.
        self._strict = comment >= 0 and "<script" in self._text[comment:end].lower()
        return at if self._strict else end

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
        self._open.update(self._drawing)
        self._depth += len(self._drawing)
        self._drawing.clear()
        self._element(mark, 0)


def _closes_itself(mark: re.Match[str]) -> bool:
    """Whether a tag ends with a slash that is not part of a value without quotes."""
    return mark[0].endswith("/>") and mark.end("bare") != mark.end() - 1

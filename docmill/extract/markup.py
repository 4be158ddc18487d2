"""A page's markup as the HTML standard's tokenizer reads it: tags, comments, and elements that hold no tags."""

import re

__all__ = ["MARK", "RAW", "after_comment", "after_raw"]

_BLANK = r" \t\n\f\r"
_ATTRIBUTE = (
    rf"[^{_BLANK}/>][^{_BLANK}/>=]*+"
    rf"""(?:[{_BLANK}]*+=[{_BLANK}]*+(?:"[^"]*+"|'[^']*+'|(?P<bare>[^{_BLANK}>"'][^{_BLANK}>]*+))?)?"""
)
# A comment's beginning, what else is none of the page's text, a tag, or what stands where one cannot be.
MARK = re.compile(
    rf"<(?:(?P<comment>!--)|(?P<other>!|\?|/(?![a-zA-Z]))[^>]*+>?"
    rf"|(?P<end>/?)(?P<name>[a-zA-Z][^{_BLANK}/>]*+)(?:[{_BLANK}/]++|{_ATTRIBUTE})*+>?)"
)
_COMMENT_END = re.compile("--!?>")
RAW = {
    name: re.compile(rf"</{name}(?=[{_BLANK}/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
}  # elements that hold no tags, and where each ends


def after_comment(text: str, at: int) -> int:
    """Where a comment ends whose beginning ends there, or the text."""
    end = _COMMENT_END.search(text, at - 2)  # `<!-->` is one
    return end.end() if end else len(text)


def after_raw(text: str, name: str, at: int) -> int | None:
    """Where the end tag stands of an element that holds no tags, or the text ends.

    None of a script that holds the beginning of a comment and behind it another script's, as its end is then none.
    """
    found = RAW[name].search(text, at)
    end = found.start() if found else len(text)
    comment = text.find("<!--", at, end) if name == "script" else -1
    return None if comment >= 0 and "<script" in text[comment:end].lower() else end

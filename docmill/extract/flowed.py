"""Plain text whose lines are broken only for the way (RFC 3676, format=flowed)."""

import re

__all__ = ["unflowed"]

_LINE = re.compile(r"(>*) ?(.*)", re.DOTALL)  # marks of quotation, and a space that only keeps the line as it is
_SIGNATURE = "-- "


def unflowed(text: str, *, without_space: bool) -> str:
    """The text with lines that end in a space joined to the next, if that is quoted as deeply.

    Args:
        text: The body.
        without_space: Whether that space is no part of the text, as between Chinese characters (DelSp=yes).
    """
    lines: list[list[str]] = []
    depth, flows = 0, False
    for raw in text.replace("\r\n", "\n").split("\n"):
        found = _LINE.fullmatch(raw)
        marks, line = found.groups() if found else ("", raw)
        goes_on = flows and len(marks) == depth and line != _SIGNATURE
        depth, flows = len(marks), line.endswith(" ") and line != _SIGNATURE
        if flows and without_space:
            line = line[:-1]
        if goes_on:
            lines[-1].append(line)
        else:
            lines.append([f"{marks} " if marks else "", line])
    return "\n".join("".join(pieces) for pieces in lines)

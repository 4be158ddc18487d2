"""Jupyter notebooks (nbformat 3 and 4): cells in order, with what running them showed; no pictures."""

import re
from typing import Any

from docmill.extract.collect import Collector
from docmill.extract.embedded import html_blocks
from docmill.extract.limits import Limits
from docmill.extract.markdown import read_markdown
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind

__all__ = ["is_notebook", "read_notebook"]

_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}m")
_TABLE = "<table"


def is_notebook(data: Any) -> bool:  # noqa: ANN401  whatever JSON holds
    """Whether JSON is a notebook's: it says which version of their format it has, and holds cells."""
    return isinstance(data, dict) and "nbformat" in data and bool({"cells", "worksheets"} & data.keys())


def read_notebook(data: dict[str, Any], limits: Limits) -> Extracted | Refusal:
    """Text of its Markdown, code, and what cells print, as code; tables as such. Pictures and widgets are left out."""
    into = Collector(limits)
    sheets = data.get("worksheets")
    parts = sheets if isinstance(sheets, list) else [data]
    for cell in [cell for part in parts for cell in _listed(part, "cells")]:
        _cell(cell, into)
    return into.extracted(_metadata(data.get("metadata")))


def _cell(cell: dict[str, Any], into: Collector) -> None:
    source = _text(cell.get("source", cell.get("input")))
    match cell.get("cell_type"):
        case "markdown":
            _markdown(source, into)
        case "heading":
            level = cell.get("level")
            into.add(BlockKind.HEADING, source, level=level if isinstance(level, int) and 1 <= level <= 6 else 1)  # noqa: PLR2004
        case "code":
            into.add(BlockKind.CODE, source)
            for output in _listed(cell, "outputs"):
                _output(output, into)
        case _:
            into.add(BlockKind.PARAGRAPH, source)


def _output(output: dict[str, Any], into: Collector) -> None:
    data = output.get("data")
    shown = data if isinstance(data, dict) else {}
    if markdown := _text(shown.get("text/markdown")):
        _markdown(markdown, into)
    elif _TABLE in (html := _text(shown.get("text/html", output.get("html")))):
        into.take(html_blocks(html))
    else:
        error = f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}" if "ename" in output else ""
        into.add(BlockKind.CODE, _COLOURS.sub("", error or _text(shown.get("text/plain", output.get("text")))))


def _markdown(text: str, into: Collector) -> None:
    found = read_markdown(text)
    into.take(found.blocks)
    for link in found.links:
        into.link(link.url, link.text)


def _listed(data: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401
    listed = data.get(name) if isinstance(data, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _text(value: Any) -> str:  # noqa: ANN401
    """A string, or the lines it is kept as."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _metadata(data: Any) -> Metadata:  # noqa: ANN401
    title = data.get("title") if isinstance(data, dict) else None
    authors = [author.get("name") for author in _listed(data, "authors")]
    return Metadata(
        title=title if isinstance(title, str) else None,
        authors=tuple(author for author in authors if isinstance(author, str)),
    )

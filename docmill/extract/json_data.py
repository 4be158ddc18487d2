"""JSON and JSON Lines: strings and numbers with their names, in the data's order; lists of flat records as tables."""

import json
import re
from collections.abc import Iterator
from typing import Any

from docmill.author_names import declared_authors
from docmill.dates import read_timestamp
from docmill.extract.cells import as_row
from docmill.extract.collect import Collector
from docmill.extract.embedded import html_blocks, is_html
from docmill.extract.limits import Limits
from docmill.extract.notebook import is_notebook, read_notebook
from docmill.extract.unreadable import UnreadableError
from docmill.json_text import parsed
from docmill.stage import Extracted, Metadata, Refusal
from schemas.document import BlockKind, Reason, RemovalReason

__all__ = ["read_json", "read_json_lines"]

_MOST_DEPTH = 200
_PROSE = 60  # characters from which a string stands by itself, without its name
_ENCODED = re.compile(r"(?:data:[\w/+.-]{0,60};base64,)?[A-Za-z0-9+/_\r\n-]+={0,2}\s*")
_LEAST_ENCODED, _LEAST_LINE = 200, 60  # characters of pictures and the like in base64, and of their lines
_TITLES = ("title", "headline", "subject", "name")
_AUTHORS = ("authors", "author", "byline", "creator")
_DATES = ("published", "date_published", "datepublished", "publication_date", "date", "created_at", "created")
_MODIFIED = ("modified", "date_modified", "datemodified", "updated_at", "updated")
_URLS = ("url", "link", "canonical_url")
_LANGUAGES = ("language", "lang")


def read_json(text: str, limits: Limits) -> Extracted | Refusal:
    """Blocks of a JSON text.

    Raises:
        UnreadableError: It is cut off, is no JSON, or is nested too deeply.
    """
    try:
        data = parsed(text)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        rest = text[getattr(error, "pos", 0) :].strip()
        if not rest or "Unterminated string" in str(error):
            raise UnreadableError(Reason.TRUNCATED, "The JSON ends in the middle: the file was cut off.") from None
        raise UnreadableError(Reason.CORRUPT, f"The JSON is broken: {error}.") from None
    if is_notebook(data):
        return read_notebook(data, limits)
    into = Collector(limits)
    _blocks(data, into)
    return into.extracted(_metadata(data))


def read_json_lines(text: str, limits: Limits) -> Extracted | Refusal:
    """Blocks of all records of JSON Lines; a line that is no JSON is left out with a warning."""
    into = Collector(limits)
    bad = 0
    for line in text.split("\n"):
        if not line.strip() or into.full:
            continue
        try:
            _blocks(parsed(line), into)
        except (ValueError, RecursionError):
            bad += 1
    if bad:
        into.warn(f"partly_read: {bad} lines are no JSON and were left out")
    return into.extracted()


def _blocks(data: Any, into: Collector) -> None:  # noqa: ANN401  whatever JSON holds
    for kind, text in _walk(data, "", 0):
        if kind is BlockKind.PARAGRAPH and _is_encoded(text):
            into.leave_out(RemovalReason.UNREADABLE, text)
        elif kind is BlockKind.PARAGRAPH and is_html(text):
            into.take(html_blocks(text))
        else:
            into.add(kind, text)
        if into.full:
            break


def _is_encoded(text: str) -> bool:
    """Whether a string is a picture or the like in base64: no text has such long words of letters and digits."""
    if len(text) < _LEAST_ENCODED or not _ENCODED.fullmatch(text):
        return False
    *lines, _ = text.split() or [""]
    some = text[:_LEAST_ENCODED]
    mixed = any(map(str.isdigit, some)) and any(map(str.isupper, some)) and any(map(str.islower, some))
    return mixed and all(len(line) >= _LEAST_LINE for line in lines)


def _walk(data: Any, name: str, depth: int) -> Iterator[tuple[BlockKind, str]]:  # noqa: ANN401
    if depth > _MOST_DEPTH:
        raise _too_deep()
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _walk(value, key, depth + 1)
    elif isinstance(data, list):
        yield from _walk_list(data, name, depth)
    elif isinstance(data, str) and (len(data) >= _PROSE or not name or (data[:1] == "<" and is_html(data))):
        yield BlockKind.PARAGRAPH, data
    elif shown := _shown(data):
        yield BlockKind.LINE, f"{name}: {shown}" if name else shown


def _walk_list(data: list[Any], name: str, depth: int) -> Iterator[tuple[BlockKind, str]]:
    if name and any(isinstance(item, str | int | float) for item in data):
        yield from _scalar_list(data, name, depth)
    elif _is_table(data):
        yield BlockKind.TABLE, as_row(map(str, data[0]))
        for record in data:
            yield BlockKind.TABLE, as_row(map(_shown, record.values()))
    else:
        for item in data:
            yield from _walk(item, name, depth + 1)


def _scalar_list(data: list[Any], name: str, depth: int) -> Iterator[tuple[BlockKind, str]]:
    short = [_shown(item) for item in data if not isinstance(item, dict | list)]
    if all(len(item) < _PROSE for item in short):
        yield BlockKind.LINE, f"{name}: {', '.join(short)}"
    else:
        yield from ((BlockKind.PARAGRAPH, item) for item in short)
    for item in data:
        if isinstance(item, dict | list):
            yield from _walk(item, name, depth + 1)


def _is_table(data: list[Any]) -> bool:
    """Records with the same names and short plain values."""
    if len(data) < 2 or not isinstance(data[0], dict) or not data[0]:  # noqa: PLR2004
        return False
    names = data[0].keys()
    return all(
        isinstance(record, dict)
        and record.keys() == names
        and all(not isinstance(v, dict | list) and len(_shown(v)) <= 4 * _PROSE for v in record.values())
        for record in data
    )


def _shown(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _metadata(data: Any) -> Metadata:  # noqa: ANN401
    fields = {str(k).lower(): v for k, v in data.items()} if isinstance(data, dict) else {}

    def first(names: tuple[str, ...]) -> str | None:
        return next((" ".join(v.split()) for n in names if isinstance(v := fields.get(n), str) and v.strip()), None)

    def moment(names: tuple[str, ...]) -> str | None:
        given = (fields.get(name) for name in names)
        dates = (read_timestamp(str(v)) for v in given if isinstance(v, str | int) and not isinstance(v, bool))
        return next((date for date in dates if date), None)

    listed = next((fields[name] for name in _AUTHORS if fields.get(name)), ())
    authors = [
        author.get("name") if isinstance(author, dict) else author
        for author in (listed if isinstance(listed, list) else [listed])
    ]
    return Metadata(
        title=first(_TITLES),
        authors=declared_authors("; ".join(author for author in authors if isinstance(author, str))),
        published=moment(_DATES),
        modified=moment(_MODIFIED),
        url=first(_URLS),
        language=first(_LANGUAGES),
    )


def _too_deep() -> UnreadableError:
    return UnreadableError(Reason.CORRUPT, "The JSON is nested too deeply to be a document.")

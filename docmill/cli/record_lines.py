"""What a record says of its document, in lines for a person: labels and what spoke for them, and what was removed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from docmill.cli.console import shown

__all__ = ["record_lines"]

WIDTH = 100  # characters of one piece of evidence


def record_lines(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Names and texts of lines; none for a rejection, whose row says all there is.

    Args:
        record: Of the output's schema, from JSON.
    """
    if record["status"] != "enriched":
        return
    yield "title", shown(record["title"], 200)
    yield "language", f"{record['language']['code']}, confidence {record['language']['confidence']:.2f}"
    kinds = [("type", record["content_type"])] if record["content_type"] else []
    for name, label in [*kinds, *(("topic", topic) for topic in record["topics"])]:
        yield name, f"{shown(label['id'])}, confidence {label['confidence']:.2f}"
        for evidence in label["evidence"]:
            yield "", f"  {evidence['weight']:+.2f} {evidence['kind']}: {shown(evidence['text'], WIDTH)}"
    for warning in record["warnings"]:
        yield "warning", shown(str(warning), 300)
    removed = Counter(str(cut["reason"]) for cut in record["removed"])
    yield "removed", ", ".join(f"{count} {shown(reason)}" for reason, count in removed.most_common()) or "nothing"

"""What commands that process documents print: results as they come, or what went wrong and a last line."""

import threading
from typing import TYPE_CHECKING

import click

from docmill.cli.console import print_json, say, shown

if TYPE_CHECKING:
    from docmill.report import Summary
    from docmill.result import Result

__all__ = ["Outcomes"]

SHOWN = 20
TROUBLE = {"rejected", "failed"}


class Outcomes:
    """Prints results; to be told of each, from any thread, and closed at the end. Holds no more than it shows.

    Args:
        as_json: Print one JSON object a document, at once.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._lock = threading.Lock()
        self._troubled: list[Result] = []

    def __call__(self, result: "Result") -> None:
        """Take note of a result."""
        with self._lock:
            if self._as_json:
                print_json(_as_json(result))
            elif result.ending in TROUBLE and len(self._troubled) < SHOWN:
                self._troubled.append(result)

    def close(self, summary: "Summary", message: str, *, completed: bool) -> int:
        """Print what is left to say, and tell the exit code."""
        troubled = sum(count for ending, count in summary.endings.items() if ending in TROUBLE)
        if not self._as_json:
            for result in self._troubled:
                reason = f" ({result.row.reason})" if result.row and result.row.reason else ""
                click.echo(f"{result.ending}{reason}: {shown(result.source.key, 80)}: {shown(result.message, 160)}")
            if troubled > len(self._troubled):
                say(f"and {troubled - len(self._troubled)} more")
            click.echo(message)
        return 1 if troubled or not completed else 0


def _as_json(result: "Result") -> dict[str, object]:
    row = result.row.model_dump(mode="json", exclude={"sequence"}) if result.row else {}
    return row | {
        "key": result.source.key,
        "etag": result.source.etag,
        "ending": result.ending,
        "message": result.message,
        "members": result.members,
        "members_rejected": result.members_rejected,
    }

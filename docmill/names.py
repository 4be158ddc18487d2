"""Members' names, made harmless for people to look at. They are never paths."""

import unicodedata

__all__ = ["SEPARATOR", "display_name"]

SEPARATOR = "/!/"  # between a container and its member
_MOST = 500  # characters
_CONTROLS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def display_name(name: str) -> str:
    """The name as found, but for what could fool a reader or a terminal: composed (NFC), on one line, cut."""
    name = unicodedata.normalize("NFC", name[: 4 * _MOST])
    shown = "".join("\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in _CONTROLS else c for c in name)
    return (shown if len(shown) <= _MOST else shown[: _MOST - 1] + "…") or "unnamed"

"""UTF-8 that was read as Latin-1: told from other text by the control characters this makes of its bytes."""

import re

__all__ = ["undone"]

# Sequences of UTF-8, byte by byte as characters.
_SEQUENCE = re.compile("[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile("[\x80-\x9f]")


def undone(text: str) -> str:
    """The text with such sequences as the characters they stand for.

    To be asked before control characters are taken out, without which nobody can tell; those without any are left to
    hygiene, which looks at what stands around them.
    """

    def character(found: re.Match[str]) -> str:
        if not _CONTROL.search(found[0]):
            return found[0]
        try:
            return found[0].encode("latin-1").decode()
        except UnicodeDecodeError:
            return found[0]

    return _SEQUENCE.sub(character, text)

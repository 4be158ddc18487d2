"""Work out what a document's entities would expand to before a parser expands them."""

import re

from docmill.detect.text import BOMS, wide_encoding
from docmill.extract.limits import Limits
from docmill.extract.unreadable import UnreadableError
from schemas.document import Reason

__all__ = ["check_entities"]

_DECLARED = re.compile(r"""<!ENTITY\s+(%\s+)?([\w:.-]+)\s+(?:"([^"]*)"|'([^']*)'|(?:SYSTEM|PUBLIC)\s)""")
_REFERENCE = re.compile(r"&([A-Za-z_:][\w:.-]*);")
_MARK = "<!ENTITY"


def check_entities(data: bytes, limits: Limits) -> bool:
    """Whether the document declares entities.

    Raises:
        UnreadableError: They expand to more than the limit, refer to themselves, or are built from parameter entities.
    """
    text = _decoded(data)
    if _MARK not in text:
        return False
    bodies: dict[str, str] = {}
    for parameter, name, double, single in _DECLARED.findall(text):
        if parameter:
            raise UnreadableError(Reason.CORRUPT, "The XML builds its entities from parameter entities.")
        bodies.setdefault(name, double or single)
    sizes = _sizes(bodies, limits.entity_bytes)
    total = 0
    for reference in _REFERENCE.finditer(text, text.rfind(_MARK)):
        total += sizes.get(reference[1], 0)
        if total > limits.entity_bytes:
            raise _too_much(limits.entity_bytes)
    return True


def _decoded(data: bytes) -> str:
    bom = next((name for mark, name in BOMS if data.startswith(mark)), None)
    return data.decode(bom or wide_encoding(data[:4096]) or "latin-1", "replace")


def _sizes(bodies: dict[str, str], most: int) -> dict[str, int]:
    """The length each entity expands to."""
    sizes: dict[str, int] = {}
    references = {name: _REFERENCE.findall(body) for name, body in bodies.items()}
    waiting = dict(bodies)
    while waiting:
        ready = [name for name in waiting if all(r in sizes or r not in bodies for r in references[name])]
        if not ready:
            raise UnreadableError(Reason.CORRUPT, "The XML's entities refer to themselves.")
        for name in ready:
            sizes[name] = len(waiting.pop(name)) + sum(sizes.get(r, 0) for r in references[name])
            if sizes[name] > most:
                raise _too_much(most)
    return sizes


def _too_much(most: int) -> UnreadableError:
    return UnreadableError(Reason.TOO_LARGE, f"The XML's entities expand to more than {most} bytes.")

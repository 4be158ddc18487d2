"""Where the objects of a presentation (PPT) lie: each save adds those that it changed ([MS-PPT] 2.1.2)."""

from itertools import pairwise

from docmill.extract.binary import number
from docmill.extract.ppt.records import Code, Record, record_at, records
from docmill.extract.unreadable import UnreadableError
from schemas.document import Reason

__all__ = ["Objects"]

_LOCKED = 0xF3D1C4DF  # begins what the `Current User` stream says of an encrypted file
_LOCKED_EDIT = 32  # bytes of a save's record, where it names the key
_NUMBER_BITS = 20
_NUMBER = (1 << _NUMBER_BITS) - 1


class Objects:
    """A presentation's objects by their numbers; each is given once."""

    def __init__(self, stream: bytes, current: bytes) -> None:
        """Follow the saves from the last one on.

        Args:
            stream: The presentation.
            current: The stream that says where the last save is.

        Raises:
            UnreadableError: It is encrypted, or holds no save.
        """
        self._stream = stream
        edit = record_at(stream, number(current, 16, 4), len(stream))
        if edit.code != Code.EDIT:
            edits = [one for one in records(stream, 0, len(stream)) if one.code == Code.EDIT]
            if not edits:
                raise UnreadableError(Reason.CORRUPT, "The presentation does not say where its slides are.")
            edit = edits[-1]
        if number(current, 12, 4) == _LOCKED or edit.ends - edit.begins >= _LOCKED_EDIT:
            raise UnreadableError(Reason.ENCRYPTED, "The file is locked with a password.")
        self._places: dict[int, int] = {}
        self._document = edit.number(16, 4)
        seen: set[int] = set()
        while edit.code == Code.EDIT and edit.begins not in seen:
            seen.add(edit.begins)
            self._read_directory(record_at(stream, edit.number(12, 4), len(stream)))
            edit = record_at(stream, edit.number(8, 4), len(stream))
        ordered = sorted({*self._places.values(), len(stream)})
        self._ends = dict(pairwise(ordered))

    @property
    def document(self) -> Record | None:
        """What tells of all slides."""
        return self.take(self._document)

    def take(self, index: int) -> Record | None:
        """An object, up to where the next one begins; None if there is none, or it was given before."""
        place = self._places.get(index)
        end = self._ends.pop(place, None) if place is not None else None
        return None if end is None or place is None else record_at(self._stream, place, end)

    def _read_directory(self, directory: Record) -> None:
        if directory.code != Code.DIRECTORY:
            return
        at = 0
        while at + 4 <= directory.ends - directory.begins:
            first, count = directory.number(at, 4) & _NUMBER, directory.number(at, 4) >> _NUMBER_BITS
            for index in range(min(count, (directory.ends - directory.begins - at) // 4)):
                self._places.setdefault(first + index, directory.number(at + 4 + 4 * index, 4))
            at += 4 + 4 * count

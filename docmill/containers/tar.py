"""Members of a tar, in one pass over a stream."""

import tarfile
from tarfile import InvalidHeaderError, ReadError, TruncatedHeaderError  # type: ignore[attr-defined]  # not in the stubs
from typing import IO, Self, cast

from docmill.containers.base import Budget, Member, Problem, Skipped, TooMuchError, Yield, read_member
from docmill.containers.unpack import ERRORS, Metered, problem_of
from schemas.document import Reason

__all__ = ["read_tar"]

_AT_END = 3  # reads
_KINDS = {tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link", tarfile.LNKTYPE: "link"}


def read_tar(stream: Metered, budget: Budget) -> Yield:
    """The regular files, in the order of the archive."""
    count = 0
    try:
        # A stream is never sought, so a header with a false offset cannot lead back.
        with tarfile.open(fileobj=cast("IO[bytes]", _Ending(stream)), mode="r|", tarinfo=_Header) as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # or it would remember them all
                count += 1
                yield _item(archive, info, budget)
    except TooMuchError as error:
        yield error.problem.refusal()
    except ReadError as error:
        reason = Reason.TRUNCATED if "unexpected end" in str(error) else Reason.CORRUPT
        yield Problem(reason, f"The archive cannot be read on after {count} entries: {error}.").refusal()
    except (tarfile.TarError, RecursionError, *ERRORS) as error:
        yield problem_of(error, stream.count).refusal()


class _Ending:
    """A stream that raises when it is read on at its end: tarfile skips a false size of a terabyte bit by bit."""

    def __init__(self, stream: Metered) -> None:
        self._stream = stream
        self._empty = 0

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size) or b""
        self._empty = 0 if data else self._empty + 1
        if self._empty > _AT_END:
            raise EOFError("the archive ends within a member")
        return data


class _Header(tarfile.TarInfo):
    """A header; of one that is damaged tarfile would make the archive's end, and leave the rest out in silence."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except TruncatedHeaderError:
            raise ReadError("unexpected end of data") from None
        except InvalidHeaderError as error:
            raise ReadError(f"a header is broken ({error})") from None


def _item(archive: tarfile.TarFile, info: tarfile.TarInfo, budget: Budget) -> Member | Skipped:
    if not info.isreg():
        return Skipped(_KINDS.get(info.type, "device"))
    file = archive.extractfile(info)
    if file is None:
        return Skipped("link")
    try:
        return Member(info.name, read_member(file, budget, declared=info.size))
    except ReadError:
        return Member(
            info.name, Problem(Reason.TRUNCATED, f"The archive ends before the member's {info.size} bytes do.")
        )

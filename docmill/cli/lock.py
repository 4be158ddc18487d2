"""One `docmill up` a state folder: two servers over one database would spoil it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from docmill.errors import ServiceError

__all__ = ["folder_lock"]


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; the system lets go of it however the process ends.

    Raises:
        ServiceError: Another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        try:
            _take(file)
        except OSError as error:
            raise ServiceError(
                f"another docmill uses the folder {folder}", hint="stop it, or set DOCMILL_STATE_DIR to another folder"
            ) from error
        yield  # the file stays: whoever has it open already would lock one that is no longer there


def _take(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

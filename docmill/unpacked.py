"""Models as they are in memory, kept in the user's cache folder: to unpack what packages bring takes a second.

A file there is named by a digest of what it was made from and of the code that made it, so none is ever out of date,
and any number of processes may use the folder. Where it cannot be written to, models are unpacked each time.
"""

import hashlib
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from unicodedata import unidata_version

import numpy as np

from docmill.arrays import Arrays

__all__ = ["cache_folder", "character_tables", "files_digest", "unpacked"]

_UNUSED_SECONDS = 30 * 86_400  # after which what nobody reads any more is removed
_DIGITS = 16


def unpacked(name: str, made_from: str, unpack: Callable[[], Arrays]) -> Arrays:
    """What `unpack` returns: read, if it was made before, else made and kept.

    Args:
        name: The model's.
        made_from: Says all that the arrays depend on: digests of files, of code, choices.
        unpack: Makes the arrays.
    """
    folder = cache_folder()
    if folder is None:
        return unpack()
    file = folder / f"{name}-{hashlib.sha256(made_from.encode()).hexdigest()[:_DIGITS]}.npz"
    if (found := _read(file)) is None:
        found = unpack()
        with suppress(OSError):  # no room, no right: it is made anew next time
            _write(file, found)
            _remove_unused(folder)
    return found


def character_tables(name: str, module: str, make: Callable[[], Arrays]) -> Arrays:
    """As `unpacked`, of what a module's file makes of Unicode's characters alone."""
    return unpacked(name, f"{files_digest([Path(module)])} {unidata_version}", make)


def cache_folder() -> Path | None:
    """Ours among the user's caches, where the system has them; none for a user without a home."""
    try:
        if sys.platform == "win32":
            caches = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            caches = Path.home() / "Library" / "Caches"
        else:
            caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    return caches / "docmill" if caches.is_absolute() else None


def files_digest(paths: Iterable[Path]) -> str:
    """Of files' contents, in their order."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _read(file: Path) -> Arrays | None:
    """Nothing if it is not there, or damaged: each array has a checksum."""
    try:
        with file.open("rb") as data, np.load(data, allow_pickle=False) as stored:
            found = dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    with suppress(OSError):
        os.utime(file)  # it is in use
    return found


def _write(file: Path, arrays: Arrays) -> None:
    """At once, for whoever reads it, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(dir=file.parent, suffix=file.suffix)
    try:
        with os.fdopen(descriptor, "wb") as out:
            np.savez(out, allow_pickle=False, **arrays)
        Path(part).replace(file)
    finally:
        Path(part).unlink(missing_ok=True)


def _remove_unused(folder: Path) -> None:
    """Of other versions, and what a process that was killed had begun."""
    for file in folder.glob("*.npz"):
        if time.time() - file.stat().st_mtime > _UNUSED_SECONDS:
            file.unlink(missing_ok=True)

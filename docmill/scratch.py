"""Room for temporary files: of models that are unpacked, large listings, and Prefect's temporary server."""

import tempfile
from shutil import disk_usage

from docmill.errors import ConfigError

__all__ = ["check_scratch"]

LEAST = 100_000_000  # bytes; the language model alone takes 68 million while it is loaded


def check_scratch() -> None:
    """Make sure that there is room, before documents are blamed for a full disk.

    Raises:
        ConfigError: The folder for temporary files is all but full.
    """
    folder = tempfile.gettempdir()
    if (free := disk_usage(folder).free) < LEAST:
        raise ConfigError(
            f"the folder for temporary files, {folder}, has {free / 1e6:.0f} MB left and takes {LEAST / 1e6:.0f}",
            hint="free some space, or set TMPDIR to another folder",
        )

"""An empty database for Prefect servers to start with: migrating one takes longer than all else of a start."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from waiting import within

__all__ = ["PrefectDatabase"]

NAME = "prefect.db"  # as Prefect calls it in its home
SECONDS = 200  # others may be at it


class PrefectDatabase:
    """Made by whichever process comes first, and copied by all.

    Args:
        folder: Where it is kept; the same for all processes of a session, and not there before.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = folder / NAME

    def put(self, home: Path, name: str = NAME) -> None:
        """Have a server whose home this is find it."""
        self._make()
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._made, home / name)

    def _make(self) -> None:
        try:
            self._folder.mkdir()
        except FileExistsError:
            assert within(SECONDS, self._made.exists), f"{self._made} was not made"
            return
        home = self._folder / "home"
        subprocess.run(
            (sys.executable, "-m", "prefect", "server", "database", "upgrade", "-y"),
            env=os.environ | {"PREFECT_HOME": str(home)}, capture_output=True, check=True, timeout=SECONDS,
        )  # fmt: skip
        whole = self._folder / "whole.db"
        with closing(sqlite3.connect(home / NAME)) as database:
            database.execute("VACUUM INTO ?", (str(whole),))
        whole.replace(self._made)

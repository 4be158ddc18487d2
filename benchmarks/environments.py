"""An environment of its own for each contender: made on demand from its pinned requirements, kept in a cache folder."""

import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

__all__ = ["environment", "install", "versions"]

REQUIREMENTS = Path(__file__).parent / "contenders" / "requirements"


def environment(name: str) -> Path:
    """Where the environment of these requirements is, or would be; new pins or another Python make another one."""
    digest = hashlib.sha256(_pins(name).encode() + sys.version.encode()).hexdigest()[:10]
    return _cache() / f"{name}-{digest}"


def python(name: str) -> Path | None:
    """The interpreter of an environment, if it is installed."""
    folder = environment(name)
    path = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return path if (folder / "installed").is_file() else None


def install(name: str) -> None:
    """Make the environment, unless it is there.

    Raises:
        subprocess.CalledProcessError: pip could not; it says why.
    """
    if python(name):
        return
    folder = environment(name)
    print(f"installing {name} into {folder}", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    pip = [folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--requirement", REQUIREMENTS / f"{name}.txt"], check=True)
    (folder / "installed").touch()


def versions(name: str) -> dict[str, str]:
    """The pinned versions of what the requirements ask for by name."""
    asked = re.findall(r"^[\w.-]+", (REQUIREMENTS / f"{name}.in").read_text(), re.MULTILINE)
    pinned = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", _pins(name), re.MULTILINE))
    return {package: pinned[package] for package in asked}


def _pins(name: str) -> str:
    return (REQUIREMENTS / f"{name}.txt").read_text()


def _cache() -> Path:
    if chosen := os.environ.get("BENCHMARKS_CACHE"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docmill-benchmarks"

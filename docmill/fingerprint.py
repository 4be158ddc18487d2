"""The pipeline fingerprint: a hash over everything that can change an output."""

import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from docmill import annotate, classify, clean, containers, decode, describe, extract, language

__all__ = ["DOCMILL_VERSION", "STAGES", "fingerprint"]

DOCMILL_VERSION = version("docmill")
STAGES = {
    "unpack": containers.VERSION,
    "decode": decode.VERSION,
    "extract": extract.VERSION,
    "clean": clean.VERSION,
    "describe": describe.VERSION,
    "language": language.VERSION,
    "classify": classify.VERSION,
    "annotate": annotate.VERSION,
}
_LIBRARIES = (
    "chardet", "selectolax", "py3langid", "markdown-it-py", "ftfy", "onnxruntime", "lxml", "pypdfium2", "pypdf",
    "striprtf", "olefile", "msoffcrypto-tool", "pycld2", "rjieba", "babel", "google-re2", "numpy",
)  # fmt: skip
_DATA_FILES = frozenset({".toml", ".onnx", ".npz", ".json"})
_LENGTH = 16  # hexadecimal digits


def fingerprint(chosen: dict[str, object]) -> str:
    """A short hash over the stages, libraries and data of this installation, the same on every machine.

    Args:
        chosen: What the settings add to them, JSON-able.
    """
    parts = chosen | {
        "docmill": DOCMILL_VERSION,
        "stages": STAGES,
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "data": _data_digest(),
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def _version(name: str) -> str | None:
    """A library's; None of one that is not installed, as there is no pycld2 for newer Pythons."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


@cache
def _data_digest() -> str:
    """Of every data file of the package: phrases, tables, models."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(path for path in root.rglob("*") if path.suffix in _DATA_FILES):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()

"""The documents that are measured on: a folder of files, docmill's samples, or a mixture of real pages and texts.

python -m benchmarks.corpus FOLDER [--evaldata FOLDER] [--documents 1000]

writes the mixture: half HTML pages of `wcxb_dev.jsonl.xz`, half texts of `lines.jsonl` (line by line), by turns. The
sets are not part of docmill; without them the command says so and ends with 2.
"""

import argparse
import hashlib
import itertools
import json
import lzma
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

__all__ = ["Corpus", "Document", "load"]

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "docmill" / "samples"
EVALDATA = ROOT.parent / "shared" / "evaldata"
PAGES, TEXTS = "wcxb_dev.jsonl.xz", "lines.jsonl"
_READABLE = {".html", ".txt", ".md"}  # of the samples: what every contender reads


@dataclass(frozen=True, slots=True)
class Document:
    """One file, and the key it goes by."""

    key: str
    path: Path


@dataclass(frozen=True)
class Corpus:
    """The documents of one run, in the order of their keys."""

    name: str
    documents: tuple[Document, ...]

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def size(self) -> int:
        """Bytes in all."""
        return sum(document.path.stat().st_size for document in self.documents)

    @cached_property
    def digest(self) -> str:
        """A hash of all keys and contents: two results with the same one are of the same documents."""
        digest = hashlib.sha256()
        for document in self.documents:
            content = hashlib.sha256(document.path.read_bytes()).digest()
            digest.update(document.key.encode() + b"\0" + content)
        return digest.hexdigest()[:16]

    def repeated(self, times: int) -> "Corpus":
        """The same documents so many times, each time under other keys."""
        if times == 1:
            return self
        rounds = itertools.product(range(times), self.documents)
        copies = tuple(Document(f"{number:03}/{document.key}", document.path) for number, document in rounds)
        return Corpus(f"{self.name} x {times}", copies)


def load(folder: Path | None, count: int | None) -> Corpus:
    """The first `count` files of a folder, or all; without a folder, docmill's samples, repeated under other names.

    Raises:
        ValueError: The folder holds no files.
    """
    files = sorted(file for file in (folder or SAMPLES).rglob("*") if file.is_file() and not file.name.startswith("."))
    if folder is None:
        return _samples([file for file in files if file.suffix in _READABLE and file.name != "README.md"], count)
    chosen = files[:count]
    if not chosen:
        raise ValueError(f"there are no files in {folder}")
    return Corpus(folder.resolve().name, tuple(Document(file.relative_to(folder).as_posix(), file) for file in chosen))


def _samples(files: list[Path], count: int | None) -> Corpus:
    files = [file for file in files if "broken" not in file.parts]
    repeated = itertools.islice(itertools.cycle(files), count or len(files))
    named = (Document(f"{number:06}{file.suffix}", file) for number, file in enumerate(repeated))
    return Corpus("samples", tuple(named))


def main() -> None:
    """Write the mixture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write the files")
    parser.add_argument("--evaldata", type=Path, default=EVALDATA, help=f"folder with {PAGES} and {TEXTS}")
    parser.add_argument("--documents", type=int, default=1000)
    arguments = parser.parse_args()
    missing = [name for name in (PAGES, TEXTS) if not (arguments.evaldata / name).is_file()]
    if missing:
        print(f"skipped: {arguments.evaldata} has no {' and no '.join(missing)}", file=sys.stderr)
        raise SystemExit(2)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    written = 0
    for number, (page, text) in enumerate(zip(_pages(arguments.evaldata), _texts(arguments.evaldata), strict=False)):
        for name, data in ((f"{number:04}a.html", page), (f"{number:04}b.txt", text)):
            if written < arguments.documents:
                (arguments.folder / name).write_bytes(data)
                written += 1
        if written == arguments.documents:
            break
    print(f"{written} documents in {arguments.folder}")


def _pages(evaldata: Path) -> Iterator[bytes]:
    with lzma.open(evaldata / PAGES, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["html"].encode()


def _texts(evaldata: Path) -> Iterator[bytes]:
    with (evaldata / TEXTS).open(encoding="utf-8") as lines:
        for line in lines:
            yield "\n".join(json.loads(line)["lines"]).encode()


if __name__ == "__main__":
    main()

"""Reading a corpus, of enriched records or of anything refine reads: a bucket's prefix, a folder or a JSONL file."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from docmill.errors import ConfigError, ObjectNotFoundError
from docmill.retry import retrying
from docmill.sandbox import RefinePool
from docmill.store.base import ObjectStore
from schemas.document import EnrichedDocument
from schemas.settings import Settings, split_location
from schemas.source import RawDocument

__all__ = ["OpenStore", "Refiner", "read_corpus"]

OpenStore: TypeAlias = Callable[[str], ObjectStore]  # by bucket name
Item: TypeAlias = tuple[str, Callable[[], bytes]]  # key, and how to read it


@dataclass(frozen=True)
class Refiner:
    """Makes documents of bytes, in sandboxed processes, without classifying them."""

    pool: RefinePool

    @classmethod
    def of(cls, settings: Settings) -> "Refiner":
        """With the settings' number of processes."""
        return cls(RefinePool(settings.model_copy(update={"taxonomies": ()})))

    def document(self, key: str, data: bytes) -> EnrichedDocument | None:
        """An enriched record as it is, everything else refined; none for what is rejected."""
        if data.lstrip()[:1] == b"{":
            try:
                row = json.loads(data)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict) and "schema_version" in row and row.get("status") in ("enriched", "rejected"):
                return _record(data, row["status"])
            if isinstance(row, dict) and isinstance(row.get("text"), str):
                text = "\n\n".join(str(part) for part in (row.get("title"), row["text"]) if part)
                # It may hold half a surrogate pair, where it was cut in an emoji.
                data = text.encode("utf-8", "replace")
                return self._refined(str(row.get("key") or row.get("id") or key), data, "text/plain")
        return self._refined(key, data, None)

    def _refined(self, key: str, data: bytes, media_type: str | None) -> EnrichedDocument | None:
        refined = self.pool.refine(RawDocument(data=data, key=key, media_type=media_type))
        return _record(refined.record, refined.status)


def read_corpus(
    location: str | Path, refiner: Refiner, open_store: OpenStore, *, most: int, threads: int
) -> Iterator[EnrichedDocument]:
    """The documents there, in a fixed order; of more than `most`, as many evenly spread.

    Args:
        location: s3://bucket/prefix, a folder, or a JSONL file of `{"text", "title", "key"}` or of enriched records.
        refiner: Makes documents of what is found.
        open_store: Opens a bucket.
        most: Documents to read.
        threads: Documents to read at the same time.

    Raises:
        ConfigError: There is nothing there.
    """
    items = _items(str(location), open_store)
    if not items:
        raise ConfigError(f"nothing to learn from in {location}", hint="give an s3:// prefix, a folder or a JSONL file")
    step = -(-len(items) // most)

    def one(item: Item) -> EnrichedDocument | None:
        key, read = item
        try:
            return refiner.document(key, read())
        except (ObjectNotFoundError, FileNotFoundError):  # gone since it was listed: sweeps may be at work
            return None

    with ThreadPoolExecutor(threads) as pool:
        for document in pool.map(one, items[::step]):
            if document is not None:
                yield document


def _items(location: str, open_store: OpenStore) -> Sequence[Item]:
    if "://" in location:
        return _objects(location, open_store)
    path = Path(location)
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        return [(str(p.relative_to(path)), p.read_bytes) for p in files]
    try:
        lines = path.read_bytes().removeprefix(BOM_UTF8).split(b"\n")
    except OSError as error:
        raise ConfigError(f"{location} cannot be read: {error.strerror}", hint="check the path") from error
    return [(f"line {n}", lambda line=line: line) for n, line in enumerate(lines, start=1) if line.strip()]  # type: ignore[misc]


def _objects(location: str, open_store: OpenStore) -> Sequence[Item]:
    try:
        bucket, prefix = split_location(location)
    except ValueError as error:
        raise ConfigError(f"{location}: {error}", hint="as in s3://my-bucket/enriched") from error
    store = open_store(bucket)
    keys = sorted(info.key for info in retrying(lambda: list(store.list(prefix))) if info.size)
    return [(key, lambda key=key: retrying(lambda: store.get(key)).data) for key in keys]  # type: ignore[misc]


def _record(data: bytes, status: str) -> EnrichedDocument | None:
    if status != "enriched":
        return None
    try:
        return EnrichedDocument.model_validate_json(data)
    except ValidationError:
        return None  # of another major version of the contract

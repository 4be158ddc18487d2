"""The two ends of a flow run in these tests."""

from dataclasses import dataclass

from docmill.catalog import Catalog
from docmill.store import MemoryStore

__all__ = ["Stores"]


@dataclass(frozen=True)
class Stores:
    """Where a run reads and where it writes."""

    inbox: MemoryStore
    output: MemoryStore
    catalog: Catalog

"""The two ends of a flow run in these tests, and an API that refuses what a run says."""

from dataclasses import dataclass

from httpx import HTTPStatusError, Request, Response

from docmill.catalog import Catalog
from docmill.store import MemoryStore

__all__ = ["Stores", "refuse"]


@dataclass(frozen=True)
class Stores:
    """Where a run reads and where it writes."""

    inbox: MemoryStore
    output: MemoryStore
    catalog: Catalog


async def refuse(*_a: object, **_k: object) -> None:
    """In the place of a call to Prefect's API."""
    raise HTTPStatusError("database is locked", request=Request("POST", "http://a"), response=Response(500))

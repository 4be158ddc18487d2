"""Long work of a flow, in a thread that hears when nobody waits for it any more."""

import asyncio
from collections.abc import Callable
from threading import Event
from typing import TypeVar

__all__ = ["in_thread"]

T = TypeVar("T")


async def in_thread(work: Callable[[], T], stopped: Event) -> T:
    """What takes long, in a thread that is told if nobody waits for it any more: a process does not end before it."""
    try:
        return await asyncio.to_thread(work)
    except asyncio.CancelledError:
        stopped.set()
        raise

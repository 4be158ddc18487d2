"""Listing a bucket: its folders side by side, without holding the listing."""

import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from docmill.store.base import ObjectInfo, ObjectStore

__all__ = ["list_objects"]

THREADS = 8  # boto3 spends the processor on parsing pages: more would not help
PAGE = 1000
PAGES_WAITING = 16
MAX_DEPTH = 8


def list_objects(store: ObjectStore, prefix: str) -> Iterator[ObjectInfo]:
    """Every object under the prefix once, in no order. Folders are listed at the same time, where there are several."""
    objects, folders = _split(store, prefix)
    if folders is None:
        yield from store.list(prefix)
        return
    yield from objects
    if len(folders) == 1:
        yield from store.list(folders[0])
    elif folders:
        yield from _side_by_side(store, folders)


def _split(store: ObjectStore, prefix: str) -> tuple[list[ObjectInfo], list[str] | None]:
    """The objects at the first level that forks, and its folders; None if there are too many entries to tell."""
    for _ in range(MAX_DEPTH):
        page = store.list_level(prefix)
        if page is None:
            return [], None
        objects, folders = page
        if objects or len(folders) != 1:
            return objects, folders
        prefix = folders[0]
    return [], [prefix]


def _side_by_side(store: ObjectStore, folders: list[str]) -> Iterator[ObjectInfo]:
    pages: queue.Queue[list[ObjectInfo] | BaseException | None] = queue.Queue(PAGES_WAITING)
    stopped = threading.Event()

    def put(page: list[ObjectInfo] | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                return pages.put(page, timeout=0.2)
            except queue.Full:
                continue

    def work(folder: str) -> None:
        try:
            found = store.list(folder)
            while not stopped.is_set() and (page := list(islice(found, PAGE))):
                put(page)
            put(None)
        except BaseException as error:  # noqa: BLE001  raised where the listing is read
            put(error)

    with ThreadPoolExecutor(min(THREADS, len(folders)), thread_name_prefix="docmill-list") as threads:
        futures = [threads.submit(work, folder) for folder in folders]
        try:
            for _ in folders:
                while (page := pages.get()) is not None:
                    if isinstance(page, BaseException):
                        raise page
                    yield from page
        finally:
            stopped.set()
            for future in futures:
                future.cancel()

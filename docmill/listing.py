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
    pages = _Pages()
    with ThreadPoolExecutor(min(THREADS, len(folders)), thread_name_prefix="docmill-list") as threads:
        futures = [threads.submit(pages.gather, store, folder) for folder in folders]
        try:
            for _ in folders:
                while page := pages.take():
                    yield from page
        finally:
            pages.stop()
            for future in futures:
                future.cancel()


class _Pages:
    """Pages on their way from the threads that list to the one that reads; a few wait, no more."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[list[ObjectInfo] | BaseException] = queue.Queue(PAGES_WAITING)
        self._stopped = threading.Event()

    def gather(self, store: ObjectStore, folder: str) -> None:
        """List a folder: its pages, then an empty one or what went wrong."""
        try:
            found = store.list(folder)
            while not self._stopped.is_set() and (page := list(islice(found, PAGE))):
                self._put(page)
            self._put([])
        except BaseException as error:  # noqa: BLE001  raised where the listing is read
            self._put(error)

    def take(self) -> list[ObjectInfo]:
        """The next page; empty where a folder ends."""
        page = self._waiting.get()
        if isinstance(page, BaseException):
            raise page
        return page

    def stop(self) -> None:
        """Have the threads end."""
        self._stopped.set()

    def _put(self, page: list[ObjectInfo] | BaseException) -> None:
        while not self._stopped.is_set():
            try:
                self._waiting.put(page, timeout=0.2)
            except queue.Full:
                continue
            return

"""Which documents may have records already: one page of a listing tells it of many, else each takes two requests."""

import threading
from collections.abc import Iterable, Sequence
from itertools import pairwise
from os.path import commonprefix

from docmill.errors import StoreError
from docmill.keys import FOLDERS, Status, output_key
from docmill.store.base import ObjectStore

__all__ = ["Lookahead"]

GROUP = 64  # documents told of at once, about: few, for what is told grows old while they are done
FEWEST = 16  # of which it is worth a listing, for which S3 charges as much as for a dozen looks


class Lookahead:
    """Tells of documents, before each is begun, which records there may be of them. Threads may share it.

    It asks no more once a page has told of less than half of a group: too many other records lie between.

    Args:
        output: Where records are.
        prefix: Of the output location.
        keys: Of the documents' objects, about in the order in which they will be done, neighbours together.
    """

    def __init__(self, output: ObjectStore, prefix: str, keys: Sequence[str]) -> None:
        self._output = output
        self._prefix = prefix
        size = -(-len(keys) // max(1, round(len(keys) / GROUP)))  # of even groups: no small one is left
        groups = [keys[start : start + size] for start in range(0, len(keys), size or 1)]
        self._groups = {key: group for group in groups for key in group}
        self._without: dict[tuple[str, Status], set[str]] = {}  # by a group's first key
        self._worth_it = len(keys) >= FEWEST
        self._asking = threading.Lock()

    def statuses(self, key: str) -> Iterable[Status]:
        """Those a record of this object may have; all, where a listing is not worth it or does not tell."""
        group = self._groups[key]
        return [status for status in FOLDERS if len(group) < FEWEST or key not in self._told(group, status)]

    def doubled(self) -> set[str]:
        """Keys of the objects that have both records by now, of those of which it was told that they have none."""
        with self._asking:
            keys = {key for without in self._without.values() for key in without}
        for status in reversed(tuple(FOLDERS)):  # few are rejected
            keys = self._having(keys, status)
        return keys

    def _having(self, keys: set[str], status: Status) -> set[str]:
        """Those of the objects that have a record of this status now; page by page, as far as listings tell."""
        having, left = set[str](), keys
        while left:
            there, missing = self._listed(left, status)
            having |= there
            if not there | missing:
                break
            left = left - there - missing
        return having

    def _told(self, group: Sequence[str], status: Status) -> set[str]:
        """Keys of a group's objects that had no record of this status when it was first asked for one of them."""
        asked = group[0], status
        with self._asking:
            if asked not in self._without:
                there, without = self._listed(group, status) if self._worth_it else (set(), set())
                self._worth_it = 2 * len(there | without) >= len(group)
                self._without[asked] = without
            return self._without[asked]

    def _listed(self, keys: Iterable[str], status: Status) -> tuple[set[str], set[str]]:
        """Keys of the objects that have a record of this status now, and of those that have none."""
        sources = {output_key(self._prefix, status, key): key for key in keys}
        there, missing = _listed(self._output, sorted(sources, key=str.encode))
        return {sources[key] for key in there}, {sources[key] for key in missing}


def _listed(store: ObjectStore, keys: Sequence[str]) -> tuple[set[str], set[str]]:
    """Those of some sorted keys that are objects, and those that are none; of the others one page does not tell."""
    after = keys[0][:-1]  # no other key comes between
    try:
        found, more = store.keys_after(commonprefix(keys), after)  # noqa: RUF071  keys are no paths
    except StoreError:
        return set(), set()
    if any(first.encode() >= second.encode() for first, second in pairwise([after, *found])):
        return set(), set()  # the store has another order, or does not begin where it is asked to
    there, end = set(found).intersection(keys), found[-1].encode() if found else b""
    return there, {key for key in keys if key not in there and not (more and key.encode() > end)}

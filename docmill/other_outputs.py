"""Output locations of other settings within an inbox: what lies there is docmill's, and no document.

Such as an earlier one, or that of another pipeline over the same bucket: two would refine each other's records without
end. An output location is known by the schema that docmill writes to it before all else.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from docmill.keys import OWN_FOLDERS
from docmill.store.base import ObjectStore

__all__ = ["folders_of", "output_root", "within_outputs"]

_BEGINNING = "schemas/docmill-"
_SCHEMA = re.compile(r"((?:.*/)?)schemas/docmill-\d+\.\d+\.schema\.json", re.DOTALL)


def output_root(key: str) -> str | None:
    """The output location's prefix, if the object under this key shows that there is one."""
    found = _SCHEMA.fullmatch(key) if _BEGINNING in key else None
    return found[1] if found else None


def folders_of(roots: Iterable[str]) -> tuple[str, ...]:
    """What the keys of docmill's own objects at these output locations begin with."""
    return tuple(root + folder for root in roots for folder in OWN_FOLDERS)


def within_outputs(store: ObjectStore, prefix: str) -> Callable[[str], bool]:
    """Tells whether a key lies in another output location, as a listing of the inbox would; asks once a location.

    Args:
        store: The inbox's bucket.
        prefix: The inbox's.
    """
    known: dict[str, bool] = {}

    def is_root(root: str) -> bool:
        if root not in known:
            known[root] = any(output_root(info.key) == root for info in store.list(root + _BEGINNING))
        return known[root]

    return lambda key: any(is_root(root) for root in _possible_roots(key) if root.startswith(prefix))


def _possible_roots(key: str) -> Iterator[str]:
    for folder in OWN_FOLDERS:
        if key.startswith(folder):
            yield ""
        at = key.find(f"/{folder}")
        while at >= 0:
            yield key[: at + 1]
            at = key.find(f"/{folder}", at + 1)

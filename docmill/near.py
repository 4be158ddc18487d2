"""What somebody may have meant who asks for a key that nobody knows."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from docmill.catalog.table import Catalog, literal
from docmill.inbox import find
from docmill.names import SEPARATOR
from docmill.store.base import ObjectStore

__all__ = ["key_of_record", "near_keys", "near_members"]

MOST = 5
LISTED = 1000  # keys of a folder that are compared
ALIKE = 0.75


def key_of_record(record_key: str, catalog: Catalog) -> str | None:
    """The document that a record is of, as the catalog knows it: a key, or a container's and a member's.

    Raises:
        CatalogError: The catalog cannot be read.
    """
    for batch in catalog.scan(["key", "member"], f"output_key = {literal(record_key)}"):
        for row in batch.to_pylist():
            return _named(row)
    return None


def near_keys(key: str, inbox: ObjectStore, catalog: Catalog) -> list[str]:
    """Keys like one of which nothing is known: of a container's member, of the same name elsewhere, or misspelt.

    Raises:
        StoreError: The store does not answer.
        CatalogError: The catalog cannot be read.
    """
    found = [*_in_containers(key, inbox, catalog), *_so_called(key, inbox.bucket, catalog), *_alike(key, inbox)]
    return list(dict.fromkeys(found))[:MOST]


def near_members(name: str, names: Iterable[str]) -> list[str]:
    """Of a container's members those that are called so in another folder, or nearly so."""
    names = list(names)
    last = name.rpartition("/")[2]
    elsewhere = [other for other in names if other.rpartition("/")[2] == last]
    return list(dict.fromkeys(elsewhere + get_close_matches(name, names, MOST, ALIKE)))[:MOST]


def _in_containers(key: str, inbox: ObjectStore, catalog: Catalog) -> Iterator[str]:
    """Members, where the key is a container's and the member's name without what stands between."""
    parts = key.split("/")
    for count in range(len(parts) - 1, 0, -1):
        container, name = "/".join(parts[:count]), "/".join(parts[count:])
        if find(inbox, container) is None or not (rows := catalog.rows_of(container)):
            continue
        members = (member.member or "" for member in catalog.members_of(rows[-1]))
        yield from (container + SEPARATOR + member for member in near_members(name, members))


def _so_called(key: str, bucket: str, catalog: Catalog) -> Iterator[str]:
    """Documents of which the last part of the name is the same."""
    name = key.rpartition("/")[2]
    if not name:
        return
    this, there = literal(name), literal("/" + name)
    so_called = " OR ".join(f"{column} = {this} OR ends_with({column}, {there})" for column in ("key", "member"))
    for batch in catalog.scan(["key", "member"], f"bucket = {literal(bucket)} AND ({so_called})"):
        for row in batch.to_pylist():
            own = row["key"].rpartition("/")[2] == name
            if row["member"] is None or not own:  # else a container is called so, not this member
                yield _named(row)


def _alike(key: str, inbox: ObjectStore) -> list[str]:
    """Objects of the same folder."""
    folder, slash, name = key.rpartition("/")
    folder += slash
    listed = {
        info.key.removeprefix(folder): info.key
        for beginning in (folder + name[:2], folder)
        for info in islice(inbox.list(beginning), LISTED)
    }
    return [listed[other] for other in get_close_matches(name, listed, MOST, ALIKE)]


def _named(row: Mapping[str, str | None]) -> str:
    return SEPARATOR.join(part for part in (row["key"], row["member"]) if part is not None)
